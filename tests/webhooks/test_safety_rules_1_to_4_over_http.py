"""Safety rules 1 to 4 of design.md §3a, as far as webhooks can break them, over real requests."""

from collections.abc import Callable

import pytest

from calls.models import Callback
from recordings.models import Recording
from tests.webhooks.looking import (
    AGENT_PHONES,
    agent,
    live,
    rows,
    the_callback,
    the_case,
)
from tests.webhooks.telephone import Caller, Person

pytestmark = pytest.mark.backends("postgresql", "sqlite")
Phone = Callable[..., Caller]
KEYS_ONLY = "สายนี้กดปุ่มได้อย่างเดียว ถามทีละข้อ ใช่ กด หนึ่ง ไม่ใช่ กด สอง"
TO_CONFLICT = ("3", "1", "92160", "1")


# 1. Silence grants nothing.
@pytest.mark.parametrize("keys", [("2", "1", "1"), ("2", "1", "1", "", ""), ("1", "1", "", "", "")])
def test_safety_rule_01_silence_and_hang_ups_grant_no_callback(
    keys: tuple[str, ...], call: Caller
) -> None:
    call.press(*keys)
    call.hang_up()
    assert (the_callback().state, the_callback().consent) == ("decision", False)


def test_safety_rule_01_silence_grants_no_recording(call: Caller) -> None:
    call.press("2", "5", "3", "5", "*", "2")
    for _ in range(10):
        if live(call.sid).state["ended"]:
            break
        assert "Record" not in call.heard.verbs
        call.press("")
    assert the_case().recording_consent is not True


def test_safety_rule_01_silence_grants_no_time(call: Caller) -> None:
    call.press("2", "1", "1", "1", "", "")
    call.hang_up()
    callback = the_callback()
    assert (callback.state, callback.window_start, callback.immediate) == ("decision", None, False)


# 2. A callback needs a key pressed for it.
def test_safety_rule_02_a_pressed_permission_is_kept_through_a_hang_up(call: Caller) -> None:
    call.press("2", "1", "1", "1", "2")
    call.hang_up()
    callback = the_callback()
    assert (callback.state, callback.consent) == ("due", True)
    assert callback.number == call.number


def test_safety_rule_02_no_call_is_no_call(call: Caller) -> None:
    call.press("2", "1", "1", "3")
    call.hang_up()
    assert rows(Callback) == []


def test_safety_rule_02_a_permission_that_is_taken_back_is_gone(call: Caller) -> None:
    call.press("2", "1", "1", "1", "1", "0")
    assert the_callback().state == "due"
    call.press("2", "3")
    call.hang_up()
    assert the_callback().state == "withdrawn"
    assert the_callback().consent is False


def test_safety_rule_02_the_permission_is_asked_right_after_the_type(call: Caller) -> None:
    call.press("2", "1", "1")
    assert live(call.sid).state["node"] == "callback_ask"


@pytest.mark.parametrize("number", ["1900123456", "1300", "0066812345678", "+6621266565"])
def test_safety_rule_02_a_number_that_may_not_be_dialled_is_never_owed_a_call(
    number: str, call: Caller
) -> None:
    call.press("2", "1", "1", "2", number, number, number)
    call.hang_up()
    assert [row.state for row in rows(Callback)] in ([], ["decision"])


# 3. Danger rings people first, questions later.
def test_safety_rule_03_spoken_danger_rings_a_person_with_the_third_webhook(call: Caller) -> None:
    agent()
    assert call.press("1", "1").rings == [AGENT_PHONES[0]]
    assert len(call.requests) == 3
    assert the_case().danger is True


def test_safety_rule_03_unspoken_danger_rings_after_one_more_key_and_says_keys_only(
    call: Caller,
) -> None:
    agent()
    assert call.press("1", "2", "1").rings == [AGENT_PHONES[0]]
    assert len(call.requests) == 4
    assert KEYS_ONLY in Person(call.provider, call.heard).pick_up().spoken
    assert (the_case().danger, the_case().quiet) == (True, True)


@pytest.mark.parametrize("second", ["", "7", "*" * 3])
def test_safety_rule_03_danger_and_then_nothing_clear_rings_at_the_next_webhook(
    second: str, call: Caller
) -> None:
    agent()
    assert call.press("1", second).rings == [AGENT_PHONES[0]]
    assert KEYS_ONLY in Person(call.provider, call.heard).pick_up().spoken


def test_safety_rule_03_the_on_call_list_is_rung_in_danger_at_any_hour(call: Caller) -> None:
    agent(role="operator", always=False, on_call=True)
    assert call.press("1", "1").rings == [AGENT_PHONES[0]]


# 4. No recording after a no.
def may_record(caller: Caller) -> bool:
    """Whether the present document would record the caller."""
    dials = [dial.get("record") for dial in caller.heard.tree.iter("Dial")]
    return "Record" in caller.heard.verbs or any(dials)


def test_safety_rule_04_no_recording_after_a_no_to_the_story(call: Caller) -> None:
    agent()
    call.press("2", "1", "1", "3", *TO_CONFLICT, "2", "2", "4715", "2")
    for _ in range(12):
        assert may_record(call) is False
        call.press("") if not call.heard.rings else call.dial_over("no-answer")
    assert not any(b"<Record" in one.body for one in call.documents)
    assert the_case().recording_consent is False


def test_safety_rule_04_no_recording_after_a_no_on_the_urgent_path(call: Caller) -> None:
    call.press("1", "1", "2")
    for keys in ("3", "92160", "1", "1", "4715", "2", "2", "1", "1", "1"):
        if live(call.sid).state["ended"]:
            break
        assert may_record(call) is False
        call.press(keys)
    call.hang_up()
    assert not any(b"<Record" in one.body for one in call.documents)
    assert rows(Recording) == []


def test_safety_rule_04_a_yes_records_and_nothing_records_before_it(call: Caller) -> None:
    call.press("1", "1")
    assert not any(b"<Record" in one.body for one in call.documents)
    call.press("1")
    assert may_record(call) is True
