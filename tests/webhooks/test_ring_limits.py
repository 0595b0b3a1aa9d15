"""Danger of one number again and again, over HTTP: it waits its turn, and nobody is refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from calls.breaking import rings_to_break
from calls.legs import APPROVAL, KEPT_FREE, NOTICE, OPERATOR, ring_result, take_person
from calls.limit_policy import current_limits
from calls.models import Leg
from core import clock
from core.database import reading, transaction
from tests.ivr.documents import FLOW
from tests.webhooks.looking import AGENT_PHONES, agent, legs, live, the_callback
from tests.webhooks.telephone import Caller, Person, new_sid

pytestmark = pytest.mark.backends("postgresql", "sqlite")
Phone = Callable[..., Caller]
AGAIN, OTHER = "+66810000055", "+66810000077"
MOST = current_limits().rings.most
IN_DANGER = ("1", "1")


def test_another_numbers_danger_is_rung_for_before_a_second_ring_for_the_same(
    phone: Phone,
) -> None:
    """Two calls in danger from one number, one from another, one person: the other comes first."""
    agent()
    first, second, other = phone(AGAIN), phone(AGAIN), phone(OTHER)
    assert first.press(*IN_DANGER).rings == [AGENT_PHONES[0]]
    assert second.press(*IN_DANGER).rings == []
    assert other.press(*IN_DANGER).rings == []
    assert first.dial_over().rings == [], "the person is kept for the other number"
    assert second.press("").rings == []
    assert other.press("").rings == [AGENT_PHONES[0]]
    assert other.dial_over().rings == [AGENT_PHONES[0]], "both were rung for once: no more yielding"


def test_with_people_enough_nobody_waits_for_anybody(phone: Phone) -> None:
    agent()
    agent(1)
    first, other = phone(AGAIN), phone(OTHER)
    assert first.press(*IN_DANGER).rings == [AGENT_PHONES[0]]
    assert other.press(*IN_DANGER).rings == [AGENT_PHONES[1]]
    assert first.dial_over().rings == [AGENT_PHONES[0]]


def test_a_caller_who_was_lost_on_the_way_holds_up_nobody(phone: Phone) -> None:
    """The other hung up, and the provider's word of it came: the one who waits is rung for."""
    agent()
    first, other = phone(AGAIN), phone(OTHER)
    first.press(*IN_DANGER)
    other.press(*IN_DANGER)
    assert first.dial_over().rings == []
    other.hang_up()
    assert first.press("").rings == [AGENT_PHONES[0]]


@pytest.mark.parametrize("number", [AGAIN, OTHER, "anonymous"])
def test_an_ordinary_call_rings_nobody_whom_a_call_in_danger_needs(
    number: str, phone: Phone
) -> None:
    """One person: rung for an ordinary call, then kept for the danger that came in between."""
    agent()
    ordinary, danger = phone(AGAIN), phone(number)
    ordinary.press("0")
    assert ordinary.press("").rings == [AGENT_PHONES[0]]
    assert danger.press(*IN_DANGER).rings == []
    assert ordinary.dial_over().rings == []
    assert ordinary.press("").rings == [], "the person is kept for the danger"
    assert danger.press("").rings == [AGENT_PHONES[0]]


def test_who_picks_up_for_an_ordinary_call_is_given_back_to_danger(phone: Phone) -> None:
    agent()
    ordinary, danger = phone(AGAIN), phone(OTHER)
    ordinary.press("0", "")
    person = Person(ordinary.provider, ordinary.heard)
    danger.press(*IN_DANGER)
    heard = person.pick_up()
    assert heard.verbs == ["Say", "Hangup"]
    assert heard.spoken == FLOW.live_leg.gives_way["th"]
    assert [leg.accepted for leg in legs()] == [False]
    assert ordinary.dial_over("completed", DialBridged="false").verbs == ["Gather"]
    assert danger.press("").rings == [AGENT_PHONES[0]]


def test_a_key_to_take_an_ordinary_call_comes_too_late_for_danger(phone: Phone) -> None:
    agent()
    ordinary, danger = phone(AGAIN), phone(OTHER)
    ordinary.press("0", "")
    person = Person(ordinary.provider, ordinary.heard)
    offer = person.pick_up()
    assert offer.verbs == ["Gather", "Hangup"]
    danger.press(*IN_DANGER)
    assert person.ask(offer.action, Digits="1").verbs == ["Say", "Hangup"]


def test_with_people_enough_an_ordinary_call_gives_way_to_nobody(phone: Phone) -> None:
    agent()
    agent(1)
    ordinary, danger = phone(AGAIN), phone(OTHER)
    ordinary.press("0", "")
    person = Person(ordinary.provider, ordinary.heard)
    assert danger.press(*IN_DANGER).rings == [AGENT_PHONES[1]]
    assert person.pick_up().verbs == ["Gather", "Hangup"]
    assert person.press("1").verbs == []


def test_a_silent_call_gives_way_to_danger_and_goes_before_an_ordinary_one(phone: Phone) -> None:
    agent()
    silent, danger, ordinary = phone(AGAIN), phone(OTHER), phone("+66810000078")
    silent.press("", "", "", "", "")
    assert silent.heard.rings == [AGENT_PHONES[0]]
    ordinary.press("0", "")
    assert ordinary.heard.rings == []
    silent.dial_over()
    assert ordinary.press("").rings == [], "the person is kept for the silent call"
    danger.press(*IN_DANGER)
    assert danger.heard.rings == [AGENT_PHONES[0]]


def test_beyond_the_bound_a_number_waits_and_comes_to_the_callback_and_is_rung_for_later(
    phone: Phone,
) -> None:
    agent()
    phone(AGAIN).press(*IN_DANGER)
    _rings_lately(MOST)
    caller = phone(AGAIN)
    assert caller.press(*IN_DANGER).rings == []
    for _ in range(6):
        if live(caller.sid).state["node"] != "urgent_queue":
            break
        assert caller.press("").rings == []
    caller.press("2", "1")
    caller.hang_up()
    assert (the_callback().state, the_callback().consent) == ("due", True)
    _age(timedelta(minutes=current_limits().rings.minutes))
    assert phone(AGAIN).press(*IN_DANGER).rings == [AGENT_PHONES[0]]


def test_withheld_numbers_share_no_rings(phone: Phone) -> None:
    agent()
    phone("anonymous").press(*IN_DANGER)
    _rings_lately(MOST)
    assert phone("anonymous").press(*IN_DANGER).rings == [AGENT_PHONES[0]]


def _rings_lately(times: int) -> None:
    """The one leg that there is, and so many more like it, all over."""
    leg = legs()[0]
    with transaction() as session:
        for number in range(1, times):
            session.add(
                Leg(
                    key=f"{number:043d}",
                    kind=leg.kind,
                    account_sid=leg.account_sid,
                    parent_call_sid=leg.parent_call_sid,
                    staff_id=leg.staff_id,
                    state="ended",
                    created_at=leg.created_at,
                    touched_at=leg.touched_at,
                )
            )
        session.flush()
        session.execute(update(Leg).values(state="ended"))


def _age(by: timedelta) -> None:
    with transaction() as session:
        session.execute(update(Leg).values(created_at=clock.now() - by))


def test_a_ring_for_an_ordinary_call_is_broken_off_for_danger_and_was_no_try(
    phone: Phone,
) -> None:
    staff_id = agent()
    ordinary, danger = phone(AGAIN), phone(OTHER)
    ordinary.press("0", "")
    person = Person(ordinary.provider, ordinary.heard)
    person.status("ringing", 1)
    waits = danger.press(*IN_DANGER)
    assert (waits.rings, waits.verbs[-2:]) == ([], ["Pause", "Redirect"])
    assert waits.tree.findall("Pause")[-1].get("length") == "3"
    assert [leg.broken_at is not None for leg in legs()] == [True]
    with reading() as session:
        assert rings_to_break(session, staff_id) == [(legs()[0].account_sid, person.sid)]
    person.status("canceled", 2)
    assert ring_result(legs()[0]) == "gave_way"
    with transaction() as session:
        account, now = legs()[0].account_sid, clock.now()
        for kind in (NOTICE, APPROVAL, OPERATOR):
            assert not take_person(session, staff_id, account, kind, now=now), "kept for danger"
        assert take_person(session, staff_id, account, NOTICE, now=now + KEPT_FREE)
    assert danger.press("").rings == [AGENT_PHONES[0]]
    assert ordinary.dial_over("canceled").rings == []
    assert live(ordinary.sid).state["rung"] == []


def test_what_matters_least_gives_way_first(phone: Phone) -> None:
    people = [agent(number) for number in range(3)]
    ordinary, silent = phone(AGAIN), phone(OTHER)
    ordinary.press("0", "")
    Person(ordinary.provider, ordinary.heard).status("ringing", 1)
    while not silent.heard.rings:
        silent.press("")
    Person(silent.provider, silent.heard).status("ringing", 1)
    (free,) = set(people) - {leg.staff_id for leg in legs()}
    long_ago = clock.now() - timedelta(seconds=20)
    notice = Leg(key="n" * 43, kind=NOTICE, account_sid=legs()[0].account_sid, staff_id=free)
    notice.call_sid, notice.state, notice.status = new_sid(), "ringing", "ringing"
    notice.created_at = notice.touched_at = long_ago
    with transaction() as session:
        session.add(notice)
    cut: list[str | None] = []
    for number in ("+66810000081", "+66810000082", "+66810000083"):
        phone(number).press(*IN_DANGER)
        cut += [leg.parent_call_sid for leg in legs() if leg.broken_at and _is_new(leg, cut)]
    assert cut == [None, ordinary.sid, silent.sid]


def _is_new(leg: Leg, known: list[str | None]) -> bool:
    return leg.parent_call_sid not in known


def test_a_ring_that_gave_way_counts_as_none_of_its_number(phone: Phone) -> None:
    agent()
    phone(AGAIN).press(*IN_DANGER)
    _rings_lately(MOST)
    with transaction() as session:
        session.execute(update(Leg).values(broken_at=clock.now(), status="canceled"))
    assert phone(AGAIN).press(*IN_DANGER).rings == [AGENT_PHONES[0]]


def test_a_telephone_that_was_picked_up_is_not_broken_off(phone: Phone) -> None:
    agent()
    ordinary, danger = phone(AGAIN), phone(OTHER)
    ordinary.press("0", "")
    person = Person(ordinary.provider, ordinary.heard)
    person.status("ringing", 1)
    person.pick_up()
    danger.press(*IN_DANGER)
    assert [leg.broken_at for leg in legs()] == [None]
