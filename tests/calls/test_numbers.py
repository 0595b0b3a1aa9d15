"""Numbers that are never rung: at entry, again before every ring, and once more at the caller."""

import pytest

from agents.models import Staff
from agents.numbers import number_fingerprint
from calls.models import Callback
from calls.numbers import IN_DIRECTORY, NOT_DIALABLE, can_be_dialled, number_refusal
from core import runtime
from core.database import reading, transaction
from core.phones import normalise
from tests.calls.callback_world import World

# (as somebody might give it, whether it may be rung); the sources are in domain.md, §4.
NUMBERS = [
    ("+66810000001", True),  # mobile
    ("081 000 0001", True),
    ("02 000 0001", True),  # fixed, Bangkok
    ("043 000 001", True),  # fixed, a province
    ("060 000 0001", True),  # VoIP
    ("1900 000 001", False),  # premium
    ("+661900000001", False),
    ("1800 000 001", False),  # toll-free
    ("001 800 00 001", False),
    ("191", False),  # short
    ("1669", False),
    ("1300", False),
    ("1387", False),
    ("1113", False),  # premium short
    ("1509", False),
    ("1556", False),
    ("+697 1234567", False),  # premium abroad
    ("+698 1234567", False),
    ("+1 900 555 1234", False),
    ("+44 20 7946 0000", False),  # foreign
    ("+8656696", False),  # what stands for a withheld number
    ("+266696687", False),
    ("001 66 81 000 0001", True),  # the long way to a telephone in Thailand
    ("001 1 212 555 0100", False),  # an international prefix
    ("02 126 6565", False),  # our own
    ("anonymous", False),
    ("client:nobody", False),
    ("", False),
]


@pytest.mark.parametrize(("given", "may"), NUMBERS, ids=[given for given, _ in NUMBERS])
def test_only_a_thai_telephone_that_is_not_ours_is_rung(
    world: World, given: str, may: bool
) -> None:
    own = runtime.current().settings.hotline_number
    assert own == "+6621266565"
    assert can_be_dialled(normalise(given)) is may
    assert can_be_dialled(given) is (may and given.startswith("+"))


def changed(world: World, number: str) -> None:
    """The callback's number becomes another one, as a wrong hand in the database would do it."""
    with transaction() as session:
        callback = session.get_one(Callback, world.callback_id)
        callback.number, callback.number_fingerprint = number, number_fingerprint(number)


def hired(world: World) -> None:
    """The caller's number becomes a staff member's."""
    staff_id = world.operator(8)
    with transaction() as session:
        staff = session.get_one(Staff, staff_id)
        staff.phone, staff.phone_fingerprint = PHONE, number_fingerprint(PHONE)


PHONE = "+66810000001"


@pytest.mark.parametrize("number", ["+661900000001", "+6621266565", "+6971234567"])
def test_a_number_that_slipped_in_is_refused_before_anybody_is_rung(
    world: World, number: str
) -> None:
    world.owe()
    changed(world, number)
    world.dial()
    assert world.exchange.rings == []
    assert (world.callback.state, world.callback.reason) == ("decision", NOT_DIALABLE)


@pytest.mark.backends("postgresql", "sqlite")
def test_a_number_that_has_become_a_colleagues_is_a_persons_decision(world: World) -> None:
    """3a.8: it was nobody's when the caller gave it."""
    world.owe()
    hired(world)
    world.dial()
    assert world.exchange.rings == []
    assert (world.callback.state, world.callback.reason) == ("decision", IN_DIRECTORY)
    world.decide("ring", staff_id=world.operator(2, role="head_operator"))
    world.dial()
    assert len(world.exchange.rings) == 1


def test_a_number_is_looked_at_once_more_when_the_operator_has_taken_the_call(
    world: World,
) -> None:
    world.owe()
    key, sid = world.ring_operator()
    world.body(key, 0, sid)
    hired(world)
    assert b"<Dial" not in world.body(key, 1, sid, Digits="1")
    assert world.attempts[0].caller_rung_at is None
    assert world.attempts[0].outcome == "failed"


def test_one_function_says_why(world: World) -> None:
    world.owe()
    hired(world)
    with reading() as session:
        assert number_refusal(session, PHONE, decided=False) == IN_DIRECTORY
        assert number_refusal(session, PHONE, decided=True) is None
        assert number_refusal(session, "+661900000001", decided=True) == NOT_DIALABLE
        assert number_refusal(session, None, decided=True) == NOT_DIALABLE
