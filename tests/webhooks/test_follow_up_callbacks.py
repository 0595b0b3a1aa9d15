"""A caller who phones again: what becomes of the call that was promised before."""

from collections.abc import Callable

import pytest

from calls.models import Callback
from cases.models import CasePerson, TimelineEvent
from tests.webhooks.looking import agent, rows
from tests.webhooks.telephone import Caller, Person
from tests.webhooks.walking import older_case

Phone = Callable[..., Caller]
ASKS_FOR_A_CALL = ("4715", "2", "2", "1", "2")


def promised(phone: Phone) -> str:
    """A follow-up call in which the caller asked for a call; the reference."""
    reference = older_case()
    caller = phone()
    caller.press("3", reference, *ASKS_FOR_A_CALL)
    caller.hang_up()
    return reference


@pytest.mark.backends("postgresql", "sqlite")
def test_a_new_wish_stands_for_the_older_one_and_keeps_its_place(phone: Phone) -> None:
    reference = promised(phone)
    place = rows(Callback)[0].place
    again = phone()
    again.press("3", reference, *ASKS_FOR_A_CALL)
    again.hang_up()
    older, newer = sorted(rows(Callback), key=lambda one: int(one.id))
    assert (older.state, older.reason) == ("withdrawn", "superseded")
    assert (newer.state, newer.call_sid, newer.place) == ("due", again.sid, place)


@pytest.mark.backends("postgresql", "sqlite")
def test_a_talk_leaves_the_promise_as_it_is_and_the_agent_has_the_case(phone: Phone) -> None:
    """Nothing promised is lost by a talk; whoever talked is asked about it on the case's page."""
    reference, talker = promised(phone), agent()
    again = phone()
    again.press("3", reference, "4715", "2", "")
    person = Person(again.provider, again.heard)
    person.pick_up()
    person.press("1")
    again.dial_over("completed", DialBridged="true")
    again.hang_up()
    (kept,) = rows(Callback)
    assert (kept.state, kept.consent) == ("due", True)
    assert [one.staff_id for one in rows(CasePerson)] == [talker]
    assert "talked" in [one.kind for one in rows(TimelineEvent)]
