"""What each kind of call must lead to, seen as an outside program sees it."""

from sqlalchemy import select

from agents.models import Notice
from calls.models import Callback
from cases.arrivals import CASE_ARRIVED
from cases.models import SilentEvent
from tests.support.stack import Stack
from tests.system.outcome import rings, said
from tests.system.stories import (
    AGENTS,
    ON_CALL,
    ORDINARY,
    OTHER_NUMBER,
    STORIES,
    TRANG,
    Told,
    tell,
)

KEYS_ONLY = "สายนี้กดปุ่มได้อย่างเดียว"
NOBODY_IS_THERE = "ตอนนี้ไม่มีเจ้าหน้าที่อยู่เวรค่ะ"


def before(told: Told, what: str) -> list[tuple[str, str]]:
    """Who did or said what on the caller's line, up to the first line that ends like that."""
    lines = [(line["who"], line["text"]) for line in told.call["transcript"]]
    ends = [number for number, (_, text) in enumerate(lines) if text.endswith(what)]
    return lines[: ends[0]]


def keys_pressed(lines: list[tuple[str, str]]) -> int:
    return sum(who == "caller" and text.startswith("presses") for who, text in lines)


def test_an_ordinary_call_is_a_case_at_its_office_whose_operator_calls_back_once(
    stack: Stack,
) -> None:
    told = tell(stack, ORDINARY)
    case, callback = told.outcome.case, told.outcome.callback
    assert (case["office"]["code"], case["hazard_type"]) == ("ESA-9202", "V3")
    assert told.outcome.call["case_reference"] == case["reference"]
    assert told.secrets["reference"] == case["reference"]
    assert callback["state"] == "done"
    tries = [(one["number"], one["outcome"], one["identity"]) for one in callback["attempts"]]
    assert tries == [(1, "reached", "confirmed")]
    operator, caller = rings(stack)
    assert operator in TRANG
    assert caller == ORDINARY.number


def test_in_danger_a_person_is_rung_after_two_keys_and_talks(stack: Stack) -> None:
    told = tell(stack, STORIES["danger_spoken"])
    assert keys_pressed(before(told, "rings")) <= 2
    [person] = told.call["children"]
    assert person["to"] in AGENTS
    assert person["bridged"]
    assert told.outcome.case["severity"] == "emergency"
    assert told.outcome.callbacks == []


def test_who_cannot_speak_gets_a_person_told_so_after_three_keys(stack: Stack) -> None:
    told = tell(stack, STORIES["danger_unspoken"])
    assert keys_pressed(before(told, "rings")) <= 3
    [person] = told.call["children"]
    assert said(person).startswith(KEYS_ONLY)
    assert person["bridged"]


def test_a_call_without_a_key_is_a_silent_event_and_no_case(stack: Stack) -> None:
    told = tell(stack, STORIES["silent"])
    assert told.outcome.cases == []
    with stack.database() as engine, engine.connect() as connection:
        [event] = connection.execute(select(SilentEvent.open, SilentEvent.call_sid)).all()
    assert event == (True, told.call["sid"])


def test_one_key_lifts_a_silent_call_to_a_case(stack: Stack) -> None:
    told = tell(stack, STORIES["silent_then_one_key"])
    assert told.outcome.case["severity"] == "urgent"
    with stack.database() as engine, engine.connect() as connection:
        assert connection.scalars(select(SilentEvent.id).where(SilentEvent.open)).all() == []


def test_a_sensitive_matter_is_offered_a_person_and_rings_one(stack: Stack) -> None:
    told = tell(stack, STORIES["sensitive"])
    assert told.outcome.case["hazard_type"] == "V1"
    assert told.call["children"][0]["bridged"]


def test_a_question_about_staff_left_open_on_a_sensitive_matter_counts_as_yes(
    stack: Stack,
) -> None:
    told = tell(stack, STORIES["sensitive_by_keys"])
    assert told.outcome.case["office"]["code"] == "OBEC"
    assert not set(TRANG) & set(rings(stack))


def test_a_withheld_number_is_a_case_all_the_same_and_rings_nobody(stack: Stack) -> None:
    told = tell(stack, STORIES["number_withheld"])
    assert told.outcome.case["anonymous"]
    assert told.outcome.callbacks == []
    assert rings(stack) == []


def test_english_is_spoken_to_the_end_and_in_the_callback(stack: Stack) -> None:
    told = tell(stack, STORIES["english"])
    chosen = before(told, "presses 4")
    languages = [line["lang"] for line in told.call["transcript"] if line["who"] == "hotline"]
    # The offer of Thai at the welcome is the one thing that is not English.
    assert languages[len([who for who, _ in chosen if who == "hotline"]) :].count("th-TH") == 1
    [caller] = told.callbacks[0]["children"]
    assert {line["lang"] for line in caller["transcript"] if line["who"] == "hotline"} == {"en-US"}


def test_the_status_is_told_for_reference_and_pin_and_for_nothing_less(stack: Stack) -> None:
    told = tell(stack, STORIES["follow_up"])
    words = [text for _, text in before(told, f"presses {told.secrets['pin']}")]
    assert [text for text in words if "เรื่องนี้ รับเรื่องแล้ว" in text] == []
    assert "เรื่องนี้ รับเรื่องแล้ว" in said(told.call)
    assert told.outcome.case["call_sids"][-1] == told.call["sid"]


def test_with_nobody_on_duty_the_caller_is_told_so_and_speaks_only_after_a_yes(
    stack: Stack,
) -> None:
    told = tell(stack, STORIES["danger_nobody_on_duty"])
    asked = before(told, "beep")
    assert NOBODY_IS_THERE in " ".join(text for _, text in asked)
    # Danger, can talk, and the key that allows the recording.
    assert keys_pressed(asked) == 3
    assert [one["state"] for one in told.outcome.case["recordings"]] == ["stored"]
    assert (told.outcome.callback["state"], told.outcome.callback["consent"]) == ("decision", False)
    assert rings(stack) == []


def test_a_callback_that_nobody_can_make_stays_due(stack: Stack) -> None:
    told = tell(stack, STORIES["nobody_on_duty"])
    assert NOBODY_IS_THERE in said(told.call)
    assert told.outcome.callback["state"] == "due"
    assert rings(stack) == []


def test_a_typed_number_is_called_and_the_one_that_phoned_is_not(stack: Stack) -> None:
    told = tell(stack, STORIES["other_number"])
    assert told.outcome.callback["state"] == "done"
    assert rings(stack)[1:] == [OTHER_NUMBER]


def test_no_call_means_no_callback_at_all(stack: Stack) -> None:
    told = tell(stack, STORIES["no_callback"])
    with stack.database() as engine, engine.connect() as connection:
        assert connection.scalars(select(Callback.id)).all() == []
    assert told.outcome.case["callbacks"] == []
    assert rings(stack) == []


def test_hanging_up_before_the_question_leaves_a_decision_that_somebody_is_told_of(
    stack: Stack,
) -> None:
    told = tell(stack, STORIES["hangs_up_half_way"])
    assert (told.outcome.callback["state"], told.outcome.callback["consent"]) == ("decision", False)
    with stack.database() as engine, engine.connect() as connection:
        # That a case has come is told some moments later, to whoever is at the office.
        others = select(Notice.template, Notice.reference).where(Notice.template != CASE_ARRIVED)
        notices = connection.execute(others).all()
    assert {tuple(notice) for notice in notices} == {
        ("callback_decision", told.outcome.case["reference"])
    }
    assert rings(stack) == []


def test_hanging_up_after_the_permission_still_gets_the_call_that_was_allowed(
    stack: Stack,
) -> None:
    told = tell(stack, STORIES["hangs_up_after_permission"])
    assert told.outcome.call["ended_by"] == "caller"
    # Without a place the hotline's own desk owns the case, and its on-call list is rung.
    operator, caller = rings(stack)
    assert operator in ON_CALL
    assert caller == told.call["from"]


def test_practice_works_at_any_hour(stack: Stack) -> None:
    """Its safe hours are around the clock (design.md §5), and so is "any time" there."""
    assert stack.settings.safe_hours == "00:00-24:00"
    assert tell(stack, ORDINARY).outcome.callback["window"] == "00:00-24:00"
