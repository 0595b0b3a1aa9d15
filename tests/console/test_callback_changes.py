"""Stopping or moving a callback at the desk: who may, what is refused, and what a talk asks."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from agents.permissions import Grant, grant
from agents.roles import ROLES
from calls.change_rules import CHANGES, REFUSALS, WHYS
from calls.models import CallbackDecision
from calls.policy import current_policy
from cases.models import TimelineEvent
from cases.services import note_event
from cases.taking import take_part
from core import clock
from core.database import reading, transaction
from tests.console.callback_people import NUMBER, Owed, attempt, moved, operator, owed, row_of
from tests.console.callback_people import undecided as undecided_one
from tests.console.test_callback_permissions import CELLS, OFFICES, granted, made_for
from tests.console_cases.people import Desk, hired, opened_case
from webapp.console import change_words
from webapp.console.case_words import CATALOGUE

pytestmark = pytest.mark.usefixtures("friday")

RADIO = re.compile(r'type="radio" id="change-(\w+)"')
WORDS = "แม่บอกว่า <b>ไม่สะดวก</b>"
STOP = {"change": "no_call", "seen": "0", "why": "caller_said"}
MOVE = {
    "change": "other_hours",
    "seen": "0",
    "day": "2026-11-23",
    "start": "16:00",
    "end": "18:00",
}


def sent(desk: Desk, made: Owed, **form: str) -> tuple[int, str]:
    answer = desk.post(f"/callbacks/{made.id}/change", **form)
    return answer.status_code, answer.get_data(as_text=True)


def kinds(made: Owed) -> list[str]:
    """What the timeline tells."""
    with reading() as session:
        found = select(TimelineEvent.kind).where(TimelineEvent.case_id == made.case.case_id)
        return list(session.scalars(found.order_by(TimelineEvent.id)))


def test_every_rule_and_choice_has_words() -> None:
    """A rule that is new in the service must not reach people as a code."""
    assert set(change_words.REFUSALS) == set(REFUSALS) - {"not_allowed"}
    assert set(change_words.CHOICES) == {*CHANGES, "at_once"}
    assert set(change_words.WHYS) == set(WHYS)
    assert [why for why in WHYS if f"call_off_why.{why}" not in CATALOGUE] == []


@pytest.mark.parametrize(("role", "relation"), CELLS)
def test_a_change_is_taken_from_whom_the_table_grants_it(
    app: Flask, role: str, relation: str
) -> None:
    desk = Desk(app, operator((role, OFFICES[relation])))
    made = made_for(desk, relation, owed)
    may = granted(role, "callback.change", relation)
    assert desk.get(f"/callbacks/{made.id}/change").status_code == (200 if may else 404)
    assert sent(desk, made, **STOP)[0] == (303 if may else 404)
    assert row_of(made).state == ("withdrawn" if may else "due")


def test_whoever_decides_or_calls_may_also_stop_or_move() -> None:
    for role in ROLES:
        for relation in ("own", "descendant", "assigned"):
            for action in ("callback.call", "callback.decide"):
                if grant(role, action, relation) > Grant.DENY:
                    assert grant(role, "callback.change", relation) == Grant.ALLOW
    assert grant("agent", "callback.change", "assigned") == Grant.ALLOW
    assert grant("agent", "callback.change", "own") == Grant.DENY


def test_the_page_offers_what_the_rules_leave_and_no_number(app: Flask) -> None:
    desk = Desk(app, operator(language="en"))
    calm = desk.get(f"/callbacks/{owed().id}/change").get_data(as_text=True)
    assert RADIO.findall(calm) == ["keep", "other_hours", "no_call"]
    assert re.search(r'id="change-keep"[^>]* checked', calm)
    danger = owed(answers={"danger": True}, severity="emergency")
    pressing = desk.get(f"/callbacks/{danger.id}/change").get_data(as_text=True)
    assert RADIO.findall(pressing) == ["keep", "at_once", "other_hours", "no_call"]
    assert NUMBER[-7:] not in calm + pressing


def test_no_call_any_more_ends_it_and_keeps_who_and_why(app: Flask) -> None:
    viewer = operator()
    desk, made = Desk(app, viewer), owed()
    status, _ = sent(desk, made, **STOP, words=WORDS)
    assert status == 303
    assert row_of(made).state == "withdrawn"
    with reading() as session:
        kept = session.scalars(select(CallbackDecision)).one()
        assert (kept.staff_id, kept.choice, kept.words) == (viewer.staff_id, "no_call", WORDS)
    html = desk.get(f"/cases/{made.case.reference}").get_data(as_text=True)
    assert "ยกเลิกการโทรกลับ: ผู้แจ้งไม่ต้องการให้โทร" in html
    assert "&lt;b&gt;ไม่สะดวก&lt;/b&gt;" in html
    assert f"/callbacks/{made.id}/change" not in html


def test_other_hours_are_shown_with_their_day(app: Flask) -> None:
    desk, made = Desk(app, operator(language="en")), owed()
    assert sent(desk, made, **MOVE)[0] == 303
    kept = row_of(made)
    assert (kept.state, kept.window_start, kept.window_end) == ("due", "16:00", "18:00")
    for path in (f"/cases/{made.case.reference}", "/callbacks", f"/callbacks/{made.id}/change"):
        html = desk.get(path).get_data(as_text=True)
        assert "Safe for the caller: 16:00–18:00 · from 23 Nov 2026 on" in html, path
    case = desk.get(f"/cases/{made.case.reference}").get_data(as_text=True)
    assert "The caller named other hours for the callback: from 23 Nov 2026 on, 16:00–18:00" in case


def test_at_once_rings_at_any_hour_where_there_is_danger(app: Flask) -> None:
    desk = Desk(app, operator())
    evening = {"window_start": "18:00", "window_end": "20:00"}
    made = owed(answers={"danger": True}, severity="emergency", due_at=None, **evening)
    assert sent(desk, made, change="at_once", seen="0")[0] == 303
    kept = row_of(made)
    assert kept.immediate
    assert kept.due_at is not None
    assert kept.due_at <= clock.now()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"change": ""}, "Choose what is to be done"),
        ({"change": "'; --"}, "Choose what is to be done"),
        ({"change": "ring"}, "Choose what is to be done"),
        ({"change": "at_once"}, "only for danger"),
        ({"change": "no_call", "why": ""}, "Choose why nobody"),
        ({"change": "no_call", "why": "<b>"}, "Choose why nobody"),
        ({"change": "no_call", "why": "other", "words": "  "}, "in a few words why"),
        ({"change": "no_call", "words": "x" * 2001}, "shorten your words"),
        ({"change": "other_hours", "day": ""}, "Choose the day from the list"),
        ({"change": "other_hours", "day": "23.11.2026"}, "Choose the day from the list"),
        ({"change": "other_hours", "day": "2026-11-19"}, "This day is over"),
        ({"change": "other_hours", "day": "2569-11-23"}, "too far ahead"),
        (
            {"change": "other_hours", "day": "2026-11-20", "start": "08:00", "end": "09:30"},
            "over for today",
        ),
        ({"change": "other_hours", "start": ""}, "Choose from when until when"),
        ({"change": "other_hours", "start": "ab:cd"}, "Choose both times"),
        ({"change": "other_hours", "start": "19:00"}, "later than the"),
        ({"change": "other_hours", "start": "17:30"}, "one hour long"),
        ({"change": "other_hours", "start": "06:00"}, "outside the hours"),
    ],
)
def test_what_cannot_be_changed_is_said_and_nothing_typed_is_lost(
    app: Flask, form: dict[str, str], said: str
) -> None:
    desk, made = Desk(app, operator(language="en")), owed()
    before = row_of(made).version
    status, html = sent(desk, made, **{**MOVE, "why": "talked", "words": WORDS, **form})
    assert status == 400
    assert said in html
    assert 'role="alert"' in html
    if "words" not in form:
        assert "&lt;b&gt;ไม่สะดวก&lt;/b&gt;" in html
    assert row_of(made).version == before


def test_danger_needs_words_before_nobody_is_called(app: Flask) -> None:
    desk = Desk(app, operator())
    made = owed(answers={"danger": True}, severity="emergency")
    status, html = sent(desk, made, **STOP)
    assert (status, "จำเป็นต้องมีเพื่อความปลอดภัยของเด็ก" in html) == (400, True)
    assert sent(desk, made, **STOP, words=WORDS)[0] == 303


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("claimed", "Somebody is calling at this moment"),
        ("dialling_operator", "Somebody is calling at this moment"),
        ("dialling_caller", "Somebody is calling at this moment"),
        ("connected", "Somebody is calling at this moment"),
        ("done", "does not wait any more"),
        ("withdrawn", "does not wait any more"),
    ],
)
def test_whoever_is_being_called_goes_on_being_called(app: Flask, state: str, said: str) -> None:
    desk, made = Desk(app, operator(language="en")), owed()
    moved(made, state)
    for form in (STOP, MOVE):
        status, html = sent(desk, made, **form, words=WORDS)
        assert (status, said in html, made.case.reference in html) == (409, True, True)
        assert "&lt;b&gt;ไม่สะดวก&lt;/b&gt;</textarea>" in html
    assert row_of(made).state == state
    answer = desk.get(f"/callbacks/{made.id}/change")
    assert answer.status_code == 303


@pytest.mark.parametrize("seen", ["0", "", "x", "-1", "99999999999999999999"])
def test_an_older_page_is_told_and_comes_back_as_it_was_filled_in(app: Flask, seen: str) -> None:
    desk, made = Desk(app, operator(language="en")), owed()
    assert sent(desk, made, **MOVE)[0] == 303
    status, html = sent(desk, made, **(STOP | {"seen": seen, "words": WORDS}))
    assert (status, "has changed or decided" in html) == (409, True)
    assert "&lt;b&gt;ไม่สะดวก&lt;/b&gt;</textarea>" in html
    assert re.search(r'id="change-no_call"[^>]* checked', html)
    assert "from 23 Nov 2026 on" in html
    assert row_of(made).state == "due"
    [now_seen] = re.findall(r'name="seen" value="(\d+)"', html)
    assert sent(desk, made, **(STOP | {"seen": now_seen, "words": WORDS}))[0] == 303
    assert row_of(made).state == "withdrawn"


def test_nobody_learns_of_a_callback_that_is_not_theirs(app: Flask) -> None:
    desk = Desk(app, operator(("head_operator", "ESA-9201")))
    made = owed()
    for send in (desk.get, desk.post):
        denied = send(f"/callbacks/{made.id}/change")
        for other in (987_654, 10**20):
            missing = send(f"/callbacks/{other}/change")
            assert (denied.status_code, missing.status_code) == (404, 404)


def spent() -> Owed:
    """A callback whose caller was rung in all rounds and never answered."""
    policy = current_policy()
    made = undecided_one("tries_spent", state="exhausted", tries=policy.max_tries)
    for number in range(1, policy.max_rounds * policy.max_tries + 1):
        at = clock.now() - timedelta(hours=1)
        more: dict[str, Any] = {"outcome": "no_answer", "state": "ended"}
        attempt(made, number, caller_rung_at=at, ended_at=at, **more)
    return made


def test_rounds_that_are_spent_are_shown_with_what_is_left(app: Flask) -> None:
    desk, made = Desk(app, operator(language="en")), spent()
    html = desk.get(f"/callbacks/{made.id}/decision").get_data(as_text=True)
    assert "3 of 3" in html
    assert "as many rounds as the rules allow" in html
    assert re.findall(r'id="choice-(\w+)"', html) == ["other_way", "no_call"]
    assert f'href="/desk/callbacks/{made.id}/change"' in html
    status, _ = sent(desk, made, **MOVE)
    assert (status, row_of(made).state) == (303, "due")


def talk(app: Flask, *, language: str = "th", **values: Any) -> tuple[Desk, Owed]:
    """An agent of the centre who talked with a caller to whom a call is promised."""
    agent = hired("อรทัย ทดสอบ", ("agent", "HQ"), language=language)
    made = owed(case=opened_case(office="ESA-9202"), **values)
    with transaction() as session:
        now = clock.now()
        note_event(session, made.case.case_id, "talked", {"staff_id": agent.staff_id}, now)
        take_part(session, made.case.case_id, agent.staff_id, now=now)
    return Desk(app, agent), made


def test_a_talk_asks_about_the_call_that_is_still_promised(app: Flask) -> None:
    desk, made = talk(app)
    html = desk.get(f"/cases/{made.case.reference}").get_data(as_text=True)
    assert f'id="after-talk-{made.id}"' in html
    # The default: whoever answers nothing leaves it as it is.
    assert row_of(made).state == "due"
    assert sent(desk, made, change="keep")[0] == 303
    assert (row_of(made).state, kinds(made)[-1]) == ("due", "callback_kept")
    html = desk.get(f"/cases/{made.case.reference}").get_data(as_text=True)
    assert f'id="after-talk-{made.id}"' not in html


@pytest.mark.parametrize("form", [STOP, MOVE])
def test_the_agent_who_talked_stops_or_moves_it(app: Flask, form: dict[str, str]) -> None:
    desk, made = talk(app)
    assert sent(desk, made, **form)[0] == 303
    html = desk.get(f"/cases/{made.case.reference}").get_data(as_text=True)
    assert f'id="after-talk-{made.id}"' not in html


def test_a_new_talk_asks_anew(app: Flask) -> None:
    desk, made = talk(app)
    sent(desk, made, change="keep")
    with transaction() as session:
        data = {"staff_id": desk.viewer.staff_id}
        note_event(session, made.case.case_id, "talked", data, clock.now())
    html = desk.get(f"/cases/{made.case.reference}").get_data(as_text=True)
    assert f'id="after-talk-{made.id}"' in html


def test_whoever_did_not_talk_and_what_was_never_allowed_is_not_asked_about(app: Flask) -> None:
    _, made = talk(app)
    other = Desk(app, operator())
    page = other.get(f"/cases/{made.case.reference}").get_data(as_text=True)
    assert "after-talk-" not in page
    desk, never = talk(app, state="decision", reason="unanswered", consent=False)
    page = desk.get(f"/cases/{never.case.reference}").get_data(as_text=True)
    assert "after-talk-" not in page


def test_an_operator_who_called_back_is_asked_about_the_other_number(app: Flask) -> None:
    viewer = operator()
    reached = owed()
    attempt(reached, staff_id=viewer.staff_id, outcome="reached", state="ended")
    moved(reached, "done")
    case_id = reached.case.case_id
    with transaction() as session:
        data = {"callback_id": reached.id, "number": 1, "outcome": "reached"}
        note_event(session, case_id, "callback_attempt", data, clock.now())
    other = owed(case=reached.case, call_sid="CA" + "d" * 32)
    html = Desk(app, viewer).get(f"/cases/{other.case.reference}").get_data(as_text=True)
    assert re.findall(r'id="after-talk-(\d+)"', html) == [str(other.id)]
