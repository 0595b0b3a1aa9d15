"""Deciding about a callback: why, what is known, the choices there are, and what each one does."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from calls.call_rules import REFUSALS as CALL_RULES
from calls.decision_rules import BY_REASON
from calls.decision_rules import CHOICES as EVERY_CHOICE
from calls.decision_rules import REFUSALS as DECISION_RULES
from calls.models import CallbackDecision
from core import clock
from core.database import reading
from tests.console.callback_people import NUMBER, attempt, operator, owed, row_of, undecided
from tests.console_cases.people import Desk
from webapp.console import callback_words

pytestmark = pytest.mark.usefixtures("friday")

RADIO = re.compile(r'type="radio" id="choice-(\w+)"')
OPTION = re.compile(r"<option>(\d\d:\d\d)</option>")
WORDS = "ครูไปเยี่ยมบ้านแล้ว <b>พบเด็ก</b>"


def page_of(desk: Desk, callback_id: int) -> str:
    answer = desk.get(f"/callbacks/{callback_id}/decision")
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def decided(desk: Desk, callback_id: int, **form: str) -> tuple[int, str]:
    answer = desk.post(f"/callbacks/{callback_id}/decision", **form)
    return answer.status_code, answer.get_data(as_text=True)


def test_every_rule_has_words() -> None:
    """A rule that is new in the services must not reach people as a code."""
    silent = {"not_allowed"}  # answered as a page that does not exist
    assert set(callback_words.CALL_REFUSALS) == set(CALL_RULES) - silent
    assert set(callback_words.DECISION_REFUSALS) == set(DECISION_RULES) - silent
    assert set(callback_words.REASONS) == set(BY_REASON)
    assert set(callback_words.CHOICES) == set(EVERY_CHOICE)


@pytest.mark.parametrize("reason", BY_REASON)
def test_the_page_says_why_and_offers_what_the_rules_leave(app: Flask, reason: str) -> None:
    has_consent = reason != "unanswered"
    values = {"consent": has_consent, "number": NUMBER if has_consent else None}
    if reason in ("window_open", "not_now", "now_without_danger"):
        values |= {"window_start": None, "window_end": None}
    made = undecided(reason, **values)
    html = page_of(Desk(app, operator(language="en")), made.id)
    assert callback_words.REASONS[reason].split("'")[0] in html
    assert set(RADIO.findall(html)) == set(BY_REASON[reason])
    assert NUMBER[-7:] not in html


def test_the_hours_to_choose_from_are_full_and_half_hours_that_are_safe(app: Flask) -> None:
    made = undecided("window_open", window_start=None, window_end=None)
    times = OPTION.findall(page_of(Desk(app, operator()), made.id))
    assert (times[0], times[-1]) == ("08:00", "20:00")
    assert {one[3:] for one in times} == {"00", "30"}


def test_what_was_tried_is_shown(app: Flask) -> None:
    made = undecided("tries_spent", state="exhausted", tries=3)
    attempt(made, outcome="machine", ended_at=clock.now())
    html = page_of(Desk(app, operator()), made.id)
    assert "โทรหาผู้แจ้งแล้ว 3 จาก 3 ครั้ง" in html
    assert "เครื่องตอบรับ" in html


def test_calling_again_puts_it_back_on_the_list(app: Flask) -> None:
    desk, made = Desk(app, operator()), undecided("tries_spent", state="exhausted", tries=3)
    status, _ = decided(desk, made.id, choice="ring")
    assert status == 303
    kept = row_of(made)
    assert (kept.state, kept.tries) == ("due", 0)
    assert "บันทึกการตัดสินใจแล้ว" in desk.get("/callbacks?decided=yes").get_data(as_text=True)


def test_hours_that_were_chosen_are_the_callers_window_from_now_on(app: Flask) -> None:
    desk = Desk(app, operator())
    made = undecided("window_open", window_start=None, window_end=None)
    form = {"choice": "ring_in_window", "start": "16:00", "end": "18:30"}
    assert decided(desk, made.id, **form)[0] == 303
    kept = row_of(made)
    assert (kept.state, kept.window_start, kept.window_end) == ("due", "16:00", "18:30")


@pytest.mark.parametrize("choice", ["other_way", "no_call"])
def test_not_calling_needs_words_and_keeps_them_sealed_with_the_name(
    app: Flask, choice: str
) -> None:
    viewer = operator()
    desk, made = Desk(app, viewer), undecided("stopped")
    status, html = decided(desk, made.id, choice=choice)
    assert status == 400
    assert "เขียนสั้น ๆ ว่าเพราะอะไร" in html
    assert re.search(rf'id="choice-{choice}"[^>]* checked', html)
    assert row_of(made).decided_at is None
    assert decided(desk, made.id, choice=choice, words=WORDS)[0] == 303
    with reading() as session:
        kept = session.scalars(select(CallbackDecision)).one()
        assert (kept.staff_id, kept.choice, kept.words) == (viewer.staff_id, choice, WORDS)
    assert str(made.id) not in re.findall(
        r'id="callback-(\d+)"', desk.get("/callbacks").get_data(as_text=True)
    )


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Choose what is to be done"),
        ({"choice": "ring"}, "Choose what is to be done"),
        ({"choice": "'; --"}, "Choose what is to be done"),
        ({"choice": "ring_in_window"}, "Choose from when until when"),
        ({"choice": "ring_in_window", "start": "10:00"}, "Choose from when until when"),
        ({"choice": "ring_in_window", "start": "10:00", "end": "10:30"}, "one hour long"),
        (
            {"choice": "ring_in_window", "start": "12:00", "end": "10:00"},
            "later than the",
        ),
        ({"choice": "ring_in_window", "start": "06:00", "end": "09:00"}, "outside the hours"),
        ({"choice": "ring_in_window", "start": "ab:cd", "end": "25:99"}, "Choose both times"),
        ({"choice": "no_call", "words": "   "}, "Write in a few words"),
        ({"choice": "no_call", "words": "x" * 2001}, "shorten your words"),
    ],
)
def test_what_cannot_be_decided_is_said_and_nothing_typed_is_lost(
    app: Flask, form: dict[str, str], said: str
) -> None:
    desk = Desk(app, operator(language="en"))
    made = undecided("window_open", window_start=None, window_end=None)
    status, html = decided(desk, made.id, **{"words": WORDS} | form)
    assert status == 400
    assert said in html
    assert 'role="alert"' in html
    if "words" not in form:
        assert "&lt;b&gt;พบเด็ก&lt;/b&gt;" in html
    if form.get("end") == "10:30":
        assert html.count("<option selected>") == 2
    assert row_of(made).decided_at is None


def test_whoever_comes_second_gets_the_case_and_that_it_is_decided(app: Flask) -> None:
    made = undecided("unanswered", consent=False, number=None)
    assert decided(Desk(app, operator()), made.id, choice="no_call", words=WORDS)[0] == 303
    status, html = decided(Desk(app, operator()), made.id, choice="other_way", words="อื่น")
    assert status == 409
    assert "มีคนตัดสินใจไปแล้ว" in html
    with reading() as session:
        assert session.scalars(select(CallbackDecision)).one().choice == "no_call"


def test_what_needs_no_decision_leads_to_the_case(app: Flask) -> None:
    made = owed()
    answer = Desk(app, operator()).get(f"/callbacks/{made.id}/decision")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"/desk/cases/{made.case.reference}")


def test_a_decision_that_waits_too_long_is_shown_as_overdue(app: Flask) -> None:
    made = undecided("not_now", late_at=clock.now() - timedelta(hours=1))
    assert "เลยกำหนดตั้งแต่ 09:" in page_of(Desk(app, operator()), made.id)
