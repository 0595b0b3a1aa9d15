"""The button "call now": it rings whoever pressed it, says how it goes, and why it will not."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from core import clock
from tests.console.callback_people import FRIDAY, Owed, attempt, moved, operator, owed, row_of
from tests.console_cases.people import Desk

CALL = '/call"'
pytestmark = [pytest.mark.backends("postgresql", "sqlite"), pytest.mark.usefixtures("friday")]


def pressed(desk: Desk, made: Owed, **form: str) -> tuple[int, str]:
    """The status and the page after the button."""
    answer = desk.post(f"/callbacks/{made.id}/call", **form)
    return answer.status_code, answer.get_data(as_text=True)


def test_the_button_asks_for_a_ring_at_once_and_shows_it(app: Flask) -> None:
    viewer = operator()
    desk, made = Desk(app, viewer), owed(due_at=FRIDAY + timedelta(minutes=30))
    answer = desk.post(f"/callbacks/{made.id}/call")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/desk/callbacks?called={made.id}"
    kept = row_of(made)
    assert kept.wanted_staff_id == viewer.staff_id
    assert kept.due_at is not None
    assert kept.due_at <= clock.now()
    html = desk.get(f"/callbacks?called={made.id}").get_data(as_text=True)
    assert "โทรศัพท์ของคุณกำลังจะดัง" in html
    assert f'action="/desk/callbacks/{made.id}/call"' not in html


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("claimed", "โทรศัพท์ของคุณกำลังจะดัง"),
        ("dialling_operator", "รับสายแล้วกด 1"),
        ("dialling_caller", "กำลังโทรหาผู้แจ้ง อย่าพูดถึงสายด่วน"),
        ("connected", "ผู้แจ้งกดปุ่มแล้ว กำลังคุยกันอยู่"),
    ],
)
def test_the_page_says_at_which_step_the_own_call_is(app: Flask, state: str, said: str) -> None:
    viewer = operator()
    desk, made = Desk(app, viewer), owed(state=state, wanted_staff_id=viewer.staff_id)
    attempt(made, staff_id=viewer.staff_id)
    html = desk.get("/callbacks").get_data(as_text=True)
    assert said in html
    assert html.count('aria-current="step"') == 1
    stranger = Desk(app, operator(("operator", "ESA-9202"), phone="+66810000143"))
    assert 'class="steps"' not in stranger.get("/callbacks").get_data(as_text=True)


@pytest.mark.parametrize(
    ("state", "outcome", "values", "said"),
    [
        ("done", "reached", {}, ("ผล: ได้คุย", "บันทึกสิ่งที่คุยกันไว้", "#notes")),
        (
            "retry",
            "no_answer",
            {"due_at": FRIDAY + timedelta(hours=1)},
            ("ไม่รับสาย", "11:00\N{NO-BREAK SPACE}น."),
        ),
        ("stopped", "stopped", {}, ("ขอไม่ให้โทรอีก", "ต้องมีคนตัดสินใจ", "/decision")),
        ("due", "operator_no_answer", {"due_at": FRIDAY}, ("เจ้าหน้าที่ไม่รับสาย", "จะโทรอีกครั้ง")),
    ],
)
def test_the_page_says_how_the_own_call_ended_and_what_follows(
    app: Flask, state: str, outcome: str, values: dict[str, object], said: tuple[str, ...]
) -> None:
    viewer = operator()
    desk, made = Desk(app, viewer), owed()
    attempt(made, staff_id=viewer.staff_id, outcome=outcome, ended_at=clock.now())
    moved(made, state, **values)
    html = desk.get(f"/callbacks?called={made.id}").get_data(as_text=True)
    for one in said:
        assert one in html, one


@pytest.mark.parametrize(
    ("values", "status", "said"),
    [
        ({"window_start": "14:00", "window_end": "16:00"}, 400, "ยังเร็วเกินไป"),
        ({"window_start": "08:00", "window_end": "09:00"}, 400, "วันนี้เลยเวลาที่ปลอดภัย"),
        ({"state": "dialling_caller"}, 409, "มีคนกำลังโทรอยู่แล้ว"),
        ({"state": "done"}, 409, "ไม่ได้รออยู่แล้ว"),
        ({"state": "decision", "consent": False}, 409, "ไม่ได้รออยู่แล้ว"),
    ],
)
def test_why_a_call_is_not_made_is_said_plainly(
    app: Flask, values: dict[str, object], status: int, said: str
) -> None:
    desk, made = Desk(app, operator()), owed(**values)
    before = row_of(made)
    got, html = pressed(desk, made)
    assert got == status
    assert said in html
    assert 'role="alert"' in html
    after = row_of(made)
    assert (after.state, after.due_at, after.wanted_staff_id) == (
        before.state,
        before.due_at,
        before.wanted_staff_id,
    )


def test_whoever_comes_second_is_told_and_the_first_ones_call_goes_on(app: Flask) -> None:
    first, second = operator(), operator(phone="+66810000143")
    made = owed()
    assert pressed(Desk(app, first), made)[0] == 303
    status, html = pressed(Desk(app, second), made)
    assert (status, "มีคนกำลังโทรอยู่แล้ว" in html) == (409, True)
    assert row_of(made).wanted_staff_id == first.staff_id


def test_pressing_twice_is_like_pressing_once(app: Flask) -> None:
    viewer = operator()
    desk, made = Desk(app, viewer), owed()
    assert [pressed(desk, made)[0] for _ in range(2)] == [303, 303]
    assert row_of(made).wanted_staff_id == viewer.staff_id


def test_without_a_telephone_a_call_is_refused(app: Flask) -> None:
    status, html = pressed(Desk(app, operator(phone=None)), owed())
    assert status == 400
    assert "ยังไม่มีเบอร์โทรศัพท์ของคุณ" in html


def test_who_is_off_duty_may_still_call(app: Flask) -> None:
    assert pressed(Desk(app, operator(duty="off")), owed())[0] == 303


def test_a_refusal_on_the_cases_page_stays_on_the_cases_page(app: Flask) -> None:
    desk = Desk(app, operator())
    made = owed(window_start="14:00", window_end="16:00")
    answer = desk.post(f"/callbacks/{made.id}/call", **{"from": "case"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "ยังเร็วเกินไป" in html
    assert 'id="pressed"' in html


def test_the_cases_page_offers_the_call_and_the_decision_to_who_may(app: Flask) -> None:
    desk = Desk(app, operator())
    ready, early = owed(), owed(window_start="14:00", window_end="16:00")
    page = desk.get(f"/cases/{ready.case.reference}").get_data(as_text=True)
    assert f'action="/desk/callbacks/{ready.id}/call"' in page
    assert "ลงท้าย 42" in page
    assert CALL not in desk.get(f"/cases/{early.case.reference}").get_data(as_text=True)
    torn = owed(state="exhausted", reason="tries_spent")
    page = desk.get(f"/cases/{torn.case.reference}").get_data(as_text=True)
    assert f'href="/desk/callbacks/{torn.id}/decision"' in page
    above = Desk(app, operator(("head_operator", "OBEC")))
    page = above.get(f"/cases/{ready.case.reference}").get_data(as_text=True)
    assert CALL not in page


def test_the_callers_window_holds_at_night(app: Flask) -> None:
    with time_machine.travel(FRIDAY + timedelta(hours=12)):
        made = owed()
        status, html = pressed(Desk(app, operator()), made)
    assert status == 400
    assert "วันนี้เลยเวลาที่ปลอดภัย" in html


def test_a_later_call_to_somebody_else_is_not_taken_for_the_own_one(app: Flask) -> None:
    viewer, other = operator(), operator(phone="+66810000143")
    desk, made = Desk(app, viewer), owed()
    attempt(made, staff_id=viewer.staff_id, outcome="no_answer", ended_at=clock.now())
    attempt(made, 2, staff_id=other.staff_id)
    moved(made, "dialling_operator")
    html = desk.get(f"/callbacks?called={made.id}").get_data(as_text=True)
    assert 'class="steps"' not in html
    assert 'id="under-way"' in html
