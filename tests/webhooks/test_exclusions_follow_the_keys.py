"""Safety rule 7 in a call that goes on: who is shut out by its keys follows the keys, by a key."""

from typing import Any

import pytest

from cases.access import Viewer
from cases.conflict_rules import Conflict
from cases.conflicts import shut_out
from cases.exclusions import barred_offices, exclude_office
from cases.models import CaseExclusion, TimelineEvent
from core import clock
from core.database import reading, transaction
from ivr.facts import CallIdentity
from ivr.finishing import write_case
from tests.webhooks.looking import agent, lead, live, rows, the_case
from tests.webhooks.telephone import Caller

pytestmark = pytest.mark.backends("postgresql", "sqlite")
RATSADA, PALIAN = "ESA-9202", "ESA-9201"
# A child was hurt, at a primary school of Ratsada; the key 0 for a person writes the case before
# the question about staff is answered, and nobody answers.
WRITTEN_EARLY = ("2", "1", "3", "3", "3", "1", "92160", "1", "0", "")
YES = ("2", "1", "1", "3", "1", "92160", "1", "1", "2")
PALIAN_DISTRICT = {"code": "9204", "province_code": "92", "th": "ปะเหลียน", "en": "Palian"}


def shut() -> list[str]:
    """The offices that must not know."""
    return [row.office_code for row in rows(CaseExclusion)]


def said_so() -> int:
    """How often the timeline says that somebody may know again."""
    return [row.kind for row in rows(TimelineEvent)].count("let_in")


def says(call: Caller, *, ended: bool = False, **changed: Any) -> None:
    """The call is written with some facts changed; None is a fact that was taken back."""
    state = live(call.sid).state
    facts = {name: one for name, one in (state["facts"] | changed).items() if one is not None}
    now = clock.now()
    identity = CallIdentity(call.sid, "AC" + "0" * 32, now)
    with transaction() as session:
        write_case(session, the_case().id, facts, state["visits"], call=identity, ended=ended)


def test_safety_rule_07_a_later_no_lets_the_office_have_the_case(call: Caller) -> None:
    call.press(*WRITTEN_EARLY)
    assert shut() == [RATSADA]
    assert lead(the_case().id).office_code != RATSADA
    assert live(call.sid).state["node"] == "conflict"
    call.press("2")
    call.hang_up()
    assert (the_case().conflict, shut(), said_so()) == ("no", [], 1)
    assert lead(the_case().id).office_code == RATSADA


@pytest.mark.parametrize("keys", [("3",), ("", ""), ("",), ("1",), ("3", "2"), ()])
def test_safety_rule_07_nothing_but_a_no_lets_it_in(keys: tuple[str, ...], call: Caller) -> None:
    call.press(*WRITTEN_EARLY)
    call.press(*keys)
    call.hang_up()
    assert (shut(), said_so()) == ([RATSADA], 0)
    assert lead(the_case().id).office_code != RATSADA


def test_a_yes_after_a_no_shuts_it_out_again(call: Caller) -> None:
    call.press(*YES)
    says(call, conflict="no")
    assert (shut(), lead(the_case().id).office_code) == ([], RATSADA)
    says(call, conflict="yes")
    assert shut() == [RATSADA]
    assert lead(the_case().id).office_code != RATSADA


def test_another_place_shuts_out_its_own_office_and_no_longer_the_first(call: Caller) -> None:
    call.press(*YES)
    assert shut() == [RATSADA]
    says(call, district=PALIAN_DISTRICT, ended=True)
    assert (shut(), said_so()) == ([PALIAN], 1)
    assert lead(the_case().id).office_code not in (RATSADA, PALIAN)


@pytest.mark.parametrize(
    "changed",
    [
        {"district": None, "place": None, "postal_code": None, "candidates": None},
        {"district": PALIAN_DISTRICT, "place": "district_unconfirmed"},
        {"district": PALIAN_DISTRICT, "place": None},
        {"district": PALIAN_DISTRICT, "level": None},
        {"district": PALIAN_DISTRICT, "conflict": None},
        {"place": "unknown"},
        {"conflict": None},
        {"conflict": "unanswered"},
        {"conflict": None, "subcat": None},
    ],
)
@pytest.mark.parametrize("ended", [False, True])
def test_safety_rule_07_what_was_only_taken_back_or_left_open_lets_nobody_in(
    changed: dict[str, Any], ended: bool, call: Caller
) -> None:
    call.press(*YES)
    says(call, ended=ended, **changed)
    assert RATSADA in shut()
    assert lead(the_case().id).office_code != RATSADA


def test_whom_a_person_has_named_too_stays_shut_out_whatever_key_comes(call: Caller) -> None:
    staff_id = agent(role="operator", office="HQ")
    call.press(*YES)
    viewer = Viewer(staff_id, (("operator", "HQ"),))
    with transaction() as session:
        conflict = Conflict("ญาติของผู้ถูกกล่าวหา", RATSADA)
        shut_out(session, the_case().id, conflict, viewer=viewer, now=clock.now())
    says(call, conflict="no")
    assert (shut(), said_so()) == ([RATSADA], 0)
    assert lead(the_case().id).office_code != RATSADA


def test_once_the_call_is_over_it_stays(call: Caller) -> None:
    call.press(*YES)
    with reading() as session:
        assert barred_offices(session, the_case().id).by_answers == {RATSADA}
    call.hang_up()
    with reading() as session:
        barred = barred_offices(session, the_case().id)
    assert (barred.offices, barred.by_answers) == ({RATSADA}, frozenset())


def test_whom_somebody_else_shut_out_first_is_not_the_keys_to_let_in(call: Caller) -> None:
    call.press("2", "1")
    with transaction() as session:
        exclude_office(session, the_case().id, RATSADA)
    call.press("1", "3", "1", "92160", "1", "1", "2")
    says(call, conflict="no", ended=True)
    assert (shut(), said_so()) == ([RATSADA], 0)
