"""Signed webhooks with odd contents: taken, kept or overlooked, never a fault and never an echo.

The ids are those of the bad-input list (reliability.md §5.3).
"""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import delete

from calls.models import Call, Callback, CallEvent, OrphanEvent
from cases.models import Case, SilentEvent
from core.database import transaction
from tests.webhooks.looking import agent, call_row, dump, live, rows, the_callback, the_case
from tests.webhooks.telephone import Caller, Provider, new_sid

pytestmark = pytest.mark.backends("postgresql")
Phone = Callable[..., Caller]
EVIL = "evil-payload-7f3a"
A_MINUTE = timedelta(minutes=1)
ODD_TEXTS = {
    "B07 control characters": "\x00\x01\x08\x0b\x1b\x7f\ufffe" + EVIL,
    "B09 64 kB of speech": EVIL * 4096,
    "B32 a script, a text turned round": f"<script>{EVIL}</script>\u202e\u2066z\u0338\u0321\u0355",
    "B33 a formula": f'=HYPERLINK("http://{EVIL}","x")',
    "B34 Thai, emoji, joiners, too many tone marks": f"กำ่่่่่่่\u200d👩\u200d👧{EVIL}้้้้",
    "SQL": f"'; DROP TABLE cases; -- {EVIL}",
}
NO_KEYS = ("hangup", "9" * 500, "*#", "１", "๑", "1,2", "\x001", " 1", "1 ")
PLACEHOLDERS = (
    "anonymous",
    "Restricted",
    "unknown",
    "+266696687",
    "+7378742833",
    "",
    "client:x",
    "sip:a@b",
    "1" * 40,
    "+66\n81\x00",
)
NEVER_RUNG = (*PLACEHOLDERS, "1300", "+19005551234", "+66812", "+661900123456", "+4420794600")


@pytest.mark.parametrize("what", ODD_TEXTS)
def test_what_nobody_asked_for_is_overlooked(what: str, call: Caller) -> None:
    text = ODD_TEXTS[what]
    told = {"SpeechResult": text, "CallerName": text, "TranscriptionText": text}
    heard = call.ask(call.heard.action, Digits="2", **told)
    assert heard.verbs == ["Gather"]
    assert EVIL not in heard.body.decode()
    assert live(call.sid).turn == 1
    assert call.status("completed", **told).status_code == 204
    assert EVIL not in str(dump())


@pytest.mark.parametrize(
    ("raw", "taken_as"),
    [(b"%FF%FE", "\ufffd\ufffd"), (b"%ED%A0%80", "\ufffd\ufffd\ufffd"), (b"%C3%28", "\ufffd(")],
)
def test_b08_bytes_that_are_no_text_are_taken_as_replacement_characters(
    raw: bytes, taken_as: str, provider: Provider, call: Caller
) -> None:
    told = provider.params(call.sid, Digits="2")
    body = urlencode(told).encode() + b"&SpeechResult=" + raw
    heard = provider.send(call.heard.action, {**told, "SpeechResult": taken_as}, body=body)
    assert heard.status_code == 200
    assert live(call.sid).turn == 1


@pytest.mark.parametrize("keys", NO_KEYS)
def test_b20_keys_that_are_none_are_a_wrong_key_and_the_call_goes_on(
    keys: str, call: Caller
) -> None:
    assert call.press(keys).verbs == ["Gather"]
    assert live(call.sid).turn == 1
    assert rows(Case) == []
    call.press("2")
    assert live(call.sid).state["node"] == "group"


@pytest.mark.parametrize("keys", NO_KEYS)
def test_b20_an_entry_that_is_no_number_finds_nothing(keys: str, call: Caller) -> None:
    assert call.press("3", keys).verbs == ["Gather"]
    assert live(call.sid).state["node"] == "follow_ref"


@pytest.mark.parametrize("keys", NO_KEYS)
def test_b20_a_secret_code_that_is_no_number_is_not_kept(keys: str, call: Caller) -> None:
    call.press("2", "1", "1", "3", "5", "*", "2", "2", keys, keys)
    assert live(call.sid).state["node"] == "reference"
    assert live(call.sid).state["facts"]["pin"] == "given"


def test_b20_no_keys_are_silence(call: Caller) -> None:
    assert call.press("").verbs == ["Gather"]
    assert live(call.sid).state["silences"] == 1


@pytest.mark.parametrize("shown", NEVER_RUNG)
def test_b21_a_strange_number_is_a_call_like_any_other_and_is_never_rung(
    shown: str, phone: Phone
) -> None:
    caller, other = phone(shown), phone(shown)
    for one in (caller, other):
        one.press("2", "1", "1")
        one.press("1", "1")
        one.hang_up()
    assert {row.sid for row in rows(Call)} == {caller.sid, other.sid}
    assert len(rows(Case)) == 2
    assert {row.state for row in rows(Callback)} == {"decision"}


@pytest.mark.parametrize("shown", PLACEHOLDERS)
def test_b21_a_withheld_number_is_no_number(shown: str, phone: Phone) -> None:
    caller = phone(shown)
    caller.press("2", "1", "1")
    assert call_row(caller.sid).caller_number is None
    assert call_row(caller.sid).caller_fingerprint is None
    assert the_case().caller_number is None


def test_b21_spaces_in_a_number_are_no_other_number(phone: Phone) -> None:
    assert call_row(phone("+66 81 000 0001").sid).caller_number == "+66810000001"


def test_b21_withheld_silent_callers_are_events_of_their_own(phone: Phone) -> None:
    for _ in range(2):
        phone("anonymous").hang_up()
    assert len(rows(SilentEvent)) == 2


def test_b24_an_end_before_the_beginning_leaves_one_call_that_has_ended(provider: Provider) -> None:
    caller = Caller(provider)
    caller.hang_up()
    assert [event.event for event in rows(OrphanEvent)] == ["completed"]
    assert caller.dial().verbs == ["Hangup"]
    row = call_row(caller.sid)
    assert row.ended_at is not None
    assert row.status == "completed"
    assert caller.dial().verbs == ["Hangup"]
    assert len(rows(Call)) == 1


@pytest.mark.parametrize("word", ["ringing", "in-progress", "completed", "failed"])
def test_b25_the_status_of_an_unknown_call_is_kept(word: str, provider: Provider) -> None:
    caller = Caller(provider)
    for _ in range(3):
        assert caller.status(word).status_code == 204
    (orphan,) = rows(OrphanEvent)
    assert orphan.call_sid == caller.sid
    assert orphan.resolved_at is None
    assert rows(Call) == []


def test_b25_a_turn_of_an_unknown_call_is_kept_and_begins_anew(provider: Provider) -> None:
    caller = Caller(provider)
    address = caller.dial().action
    with transaction() as session:
        session.execute(delete(Call))
    heard = caller.ask(address, Digits="1")
    assert heard.verbs == ["Redirect"]
    assert [event.event for event in rows(OrphanEvent)] == ["turn"]
    assert caller.ask(heard.action).verbs == ["Gather"]
    assert live(caller.sid).turn == 0


@pytest.mark.parametrize("sequence", ["", "0", "7", "9999999"])
def test_b26_a_sequence_number_is_a_number_or_not_there(sequence: str, call: Caller) -> None:
    for _ in range(2):
        assert call.status("in-progress", SequenceNumber=sequence).status_code == 204
    assert [event.sequence for event in rows(CallEvent)] == [int(sequence or 0)]


@pytest.mark.parametrize(
    "told",
    [
        {"Timestamp": "garbage"},
        {"Timestamp": "Thu, 01 Jan 2099 00:00:00 +0000"},
        {"CallDuration": "abc"},
        {"CallDuration": "-5", "Duration": "-1"},
        {"CallDuration": "9" * 5000},
    ],
    ids=["B27 no time", "B27 the year 2099", "B28 no number", "B28 negative", "B28 5000 digits"],
)
def test_an_end_is_an_end_whatever_its_details_say(told: dict[str, str], call: Caller) -> None:
    assert call.status("completed", **told).status_code == 204
    ended_at = call_row(call.sid).ended_at
    assert ended_at is not None
    assert ended_at - call_row(call.sid).started_at < A_MINUTE


def test_b28_an_endless_recording_length_is_no_recording(call: Caller) -> None:
    call.press("2", "1", "1", "3", "5", "*", "2", "1")
    assert live(call.sid).state["node"] == "story_record"
    call.ask(call.heard.action, RecordingDuration="9" * 5000)
    assert "recorded" not in live(call.sid).state["facts"]
    assert live(call.sid).state["node"] == "pin_choose"


def test_b35_the_signed_address_is_the_one_on_the_wire(provider: Provider, call: Caller) -> None:
    token = call.heard.action.partition("#")[0]
    address = f"{token}?place=%E0%B8%81%2Fa+b&x=%2f&y=%E0%B8%81"
    assert provider.post(address, call.sid, Digits="2").status_code == 200
    assert live(call.sid).turn == 1


@pytest.mark.parametrize("path", ["/%69vr/voice", "/ivr/%76oice"])
def test_b35_a_path_in_percent_signs_is_signed_as_it_was_sent(
    path: str, provider: Provider
) -> None:
    sid = new_sid()
    assert provider.post(path, sid).status_code == 200
    assert live(sid).turn == 0


def test_b36_hosts_that_a_proxy_or_a_stranger_names_change_nothing(provider: Provider) -> None:
    sid = new_sid()
    told = provider.params(sid)
    hosts = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Port": "1",
        "X-Forwarded-Prefix": "/evil",
        "X-Original-URL": "/evil",
        "Forwarded": "host=evil.example",
    }
    response = provider.send("/ivr/voice", told, headers=hosts)
    assert response.status_code == 200
    assert "evil" not in response.get_data(as_text=True) + str(response.headers)


@pytest.mark.parametrize("result", ["error", "queue-full", "system-error", EVIL])
def test_b41_a_queue_result_that_we_never_asked_for_changes_nothing(
    result: str, call: Caller
) -> None:
    agent()
    call.press("0")
    assert live(call.sid).state["node"] == "agent_queue"
    heard = call.ask(call.heard.action, QueueResult=result, QueueTime="-1")
    assert heard.verbs == ["Dial"]
    assert live(call.sid).state["node"] == "agent_queue"


def test_new_parameters_may_come_at_any_time(call: Caller) -> None:
    more = {f"New{number}": "x" for number in range(100)}
    assert call.ask(call.heard.action, Digits="2", **more).verbs == ["Gather"]


def test_the_number_of_a_directory_entry_waits_for_a_person(phone: Phone) -> None:
    agent(phone="+66810000001")
    caller = phone("+66810000001")
    caller.press("2", "1", "1", "1", "1")
    caller.hang_up()
    assert the_callback().state == "decision"
    assert the_callback().reason == "number_in_directory"
