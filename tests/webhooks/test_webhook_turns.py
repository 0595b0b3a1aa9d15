"""A turn is made once: its answer is given again, byte for byte, to whoever asks for it again."""

from collections.abc import Callable
from urllib.parse import urldefrag

import pytest

from calls.models import Callback
from cases.models import Case, TimelineEvent
from tests.webhooks.looking import agent, call_row, dump, legs, live, rows
from tests.webhooks.telephone import Caller, Heard

pytestmark = pytest.mark.backends("postgresql", "sqlite")
REPORT = ("2", "1", "1", "1", "1", "1", "92160", "1", "2", "2", "4715")
OTHER_ANSWERS = (
    {"Digits": ""},
    {"Digits": "5"},
    {"Digits": "*"},
    {"Digits": "hangup"},
    {"RecordingDuration": "9"},
    {"DialCallStatus": "completed", "DialBridged": "true"},
    {"From": "+66810000099", "CallStatus": "completed"},
)


def replayed(caller: Caller, address: str, **params: str) -> bytes:
    """The same address once more, outside the caller's own story."""
    response = caller.provider.post(address, caller.sid, **params)
    assert response.status_code == 200
    return response.data


@pytest.mark.parametrize("steps", range(1, len(REPORT) + 1))
def test_the_same_turn_again_gets_the_same_bytes_whatever_its_parameters(
    steps: int, call: Caller
) -> None:
    call.press(*REPORT[:steps])
    address, _ = call.requests[-1]
    before = dump()
    for params in OTHER_ANSWERS:
        assert replayed(call, address, **params) == call.heard.body
    assert dump() == before


def test_an_older_turn_gets_the_current_answer(call: Caller) -> None:
    call.press(*REPORT)
    before = dump()
    for address, told in call.requests:
        assert replayed(call, address, Digits=told.get("Digits", "")) == call.heard.body
    assert dump() == before


def test_a_turn_from_the_future_gets_the_current_answer(call: Caller) -> None:
    call.press("2")
    base = urldefrag(call.heard.action).url.rpartition("/")[0]
    before = dump()
    for number in (2, 3, 99, 2**63, 10**30):
        assert replayed(call, f"{base}/{number}", Digits="1") == call.heard.body
    assert dump() == before


def test_the_first_webhook_again_on_a_call_that_goes_on_gets_the_current_answer(
    call: Caller,
) -> None:
    call.press("2", "1")
    before = dump()
    assert replayed(call, "/ivr/voice", CallStatus="ringing") == call.heard.body
    assert dump() == before


def test_a_repeat_never_counts_as_a_try(call: Caller) -> None:
    call.press("8")
    address, _ = call.requests[-1]
    for _ in range(10):
        replayed(call, address, Digits="8")
    assert live(call.sid).state["misses"] == 1
    call.press("")
    address, _ = call.requests[-1]
    for _ in range(10):
        replayed(call, address, Digits="")
    assert live(call.sid).state["silences"] == 1
    assert live(call.sid).state["node"] == "welcome"


def test_b04_every_webhook_of_a_call_sent_twice_answers_the_same_and_changes_nothing(
    call: Caller,
) -> None:
    for keys in (*REPORT, "3"):
        call.press(keys)
        before = dump()
        address, told = call.requests[-1]
        again = call.provider.send(address, told)
        assert again.data == call.heard.body
        assert dump() == before
    assert len(rows(Case)) == 1
    assert len(rows(Callback)) == 1


def test_b04_b38_every_captured_webhook_of_a_call_that_has_ended_gets_a_hangup(
    call: Caller,
) -> None:
    call.press(*REPORT)
    call.hang_up()
    before = dump()
    for address, told in call.requests:
        assert Heard(call.provider.send(address, told).data).verbs == ["Hangup"]
    assert Heard(replayed(call, call.heard.action, Digits="1")).verbs == ["Hangup"]
    call.hang_up()
    assert dump() == before


def test_late_and_repeated_status_events_never_move_a_call_back(call: Caller) -> None:
    call.press("2", "1")
    for word, sequence in (("completed", "3"), ("ringing", "0"), ("in-progress", "1")):
        for _ in range(2):
            assert call.status(word, SequenceNumber=sequence).status_code == 204
    call.status("busy", SequenceNumber="9")
    row = call_row(call.sid)
    assert row.status == "completed"
    assert row.ended_at is not None
    ended = [event for event in rows(TimelineEvent) if event.kind == "call_ended"]
    assert len(ended) == 1


def test_a_ring_is_not_repeated_with_its_turn(call: Caller) -> None:
    agent()
    call.press("1", "1")
    assert call.heard.rings
    address, _ = call.requests[-1]
    for _ in range(3):
        assert replayed(call, address, Digits="1") == call.heard.body
    assert len(legs()) == 1


def test_a_call_without_a_working_key_opens_no_case_by_repeating(
    phone: Callable[..., Caller],
) -> None:
    caller = phone()
    for _ in range(5):
        caller.ask("/ivr/voice")
    assert live(caller.sid).turn == 0
    assert rows(Case) == []
