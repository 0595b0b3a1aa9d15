"""What the provider says about recordings: registered once, and no posted address is ever fetched.

The ids are those of the bad-input list (reliability.md §5.3).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask

from calls.models import OrphanEvent
from core.runtime import Runtime
from recordings import tasks
from recordings.models import Recording
from tests.recordings.media_server import wav
from tests.webhooks.looking import cases_of, dump, rows, the_case
from tests.webhooks.serving import listening, serving
from tests.webhooks.telephone import Caller, Provider, new_sid

pytestmark = pytest.mark.backends("postgresql")
STORY = ("2", "1", "1", "3", "5", "*", "2", "1")
FOREIGN = (
    "http://169.254.169.254/latest/meta-data",
    "file:///etc/passwd",
    "http://api.twilio.com@{trap}/x",
    "http://api.twilio.com.{trap}/x",
    "http://{trap}/evil.wav",
    "http://[::ffff:127.0.0.1]:{port}/x",
    "https://api.twіlio.com/x",
    "gopher://{trap}/_x",
    "\\\\{trap}\\share",
)
NO_TIMES = (
    "garbage",
    "",
    "Fri, 31 Dec 9999 23:59:59 -0700",
    "Mon, 01 Jan 99999999999999999999 00:00:00 +0000",
    "Mon, 01 Jan 2020 00:00:00 +99999999999999999999",
    "Thu, 01 Jan 2099 00:00:00 +0000",
)


class Trap(ThreadingHTTPServer):
    """Writes down every request; serves a WAV for whatever is asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []

    @property
    def host(self) -> str:
        """Its address without the scheme."""
        return f"127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Trap

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        body = wav()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_DELETE(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def trap() -> Iterator[Trap]:
    """Where nobody of ours may ever ask."""
    with listening(Trap()) as server:
        yield server


@pytest.fixture
def media() -> Iterator[Trap]:
    """Where the provider keeps its recordings."""
    with listening(Trap()) as server:
        yield server


@pytest.fixture
def app(runtime: Runtime, media: Trap, tmp_path: Path) -> Iterator[Flask]:
    """The service, pointed at that provider."""
    changed = {"twilio_api_base": f"http://{media.host}", "recordings_url": str(tmp_path)}
    with serving(runtime.settings.model_copy(update=changed)) as made:
        yield made


def told(caller: Caller, sid: str, **more: str) -> int:
    """One recording webhook; the status of its answer."""
    said = {"RecordingSid": sid, "RecordingStatus": "completed", "RecordingDuration": "4", **more}
    return caller.provider.post("/ivr/recording", caller.sid, **said).status_code


@pytest.mark.parametrize("address", FOREIGN)
def test_b29_the_posted_address_is_never_asked(
    address: str, call: Caller, trap: Trap, media: Trap
) -> None:
    call.press(*STORY)
    posted = address.format(trap=trap.host, port=trap.server_port)
    sid = new_sid("RE")
    call.ask(call.heard.action, RecordingUrl=posted, RecordingDuration="4")
    assert told(call, sid, RecordingUrl=posted, TranscriptionUrl=posted, waitUrl=posted) == 204
    (row,) = rows(Recording)
    tasks.take(row.id)
    assert trap.asked == []
    account = call.provider.settings.twilio_account_sid
    assert media.asked == [f"/2010-04-01/Accounts/{account}/Recordings/{sid}.wav"]
    assert rows(Recording)[0].state == "stored"
    assert posted not in str(dump())


@pytest.mark.parametrize("sid", ["RE../../", "RE1", "re" + "1" * 32, "RE" + "z" * 32, "๑" * 34, ""])
def test_b30_a_recording_sid_that_is_none_is_never_asked_for(
    sid: str, call: Caller, media: Trap
) -> None:
    call.press(*STORY)
    assert told(call, sid) in (204, 400)
    assert rows(Recording) == []
    assert media.asked == []


def test_b31_a_recording_stays_with_the_call_that_it_was_first_told_for(
    call: Caller, provider: Provider
) -> None:
    call.press(*STORY)
    sid = new_sid("RE")
    other = Caller(provider)
    other.dial()
    other.press(*STORY)
    assert told(call, sid) == 204
    assert told(other, sid) == 204
    (row,) = rows(Recording)
    assert row.call_sid == call.sid
    assert [row.case_id] == cases_of(call.sid)


def test_the_same_word_about_a_recording_again_changes_nothing(call: Caller) -> None:
    call.press(*STORY)
    sid = new_sid("RE")
    told(call, sid)
    before = dump()
    assert told(call, sid) == 204
    assert dump() == before


def test_a_recording_of_a_call_that_we_do_not_know_is_kept_and_the_call_is_asked_after(
    provider: Provider,
) -> None:
    stranger = Caller(provider)
    assert told(stranger, new_sid("RE")) == 204
    assert [row.call_sid for row in rows(Recording)] == [stranger.sid]
    assert [orphan.event for orphan in rows(OrphanEvent)] == ["recording"]


@pytest.mark.parametrize("moment", NO_TIMES)
def test_b27_a_recording_never_began_in_the_future_or_in_a_time_that_is_none(
    moment: str, call: Caller
) -> None:
    call.press(*STORY)
    assert told(call, new_sid("RE"), RecordingStartTime=moment) == 204
    (row,) = rows(Recording)
    assert abs((datetime.now(UTC) - row.started_at).total_seconds()) < 600


@pytest.mark.parametrize("length", ["abc", "-4", "9" * 5000, "๔"])
def test_b28_a_recording_of_an_impossible_length_is_kept_without_one(
    length: str, call: Caller
) -> None:
    call.press(*STORY)
    assert told(call, new_sid("RE"), RecordingDuration=length) == 204
    assert rows(Recording)[0].duration_s is None


@pytest.mark.parametrize("word", ["", "COMPLETED", "deleted", "<script>"])
def test_b23_an_unknown_recording_status_is_refused(word: str, call: Caller) -> None:
    before = dump()
    assert told(call, new_sid("RE"), RecordingStatus=word) == 400
    assert dump() == before


def test_a_recording_whose_webhook_never_comes_is_asked_for_when_the_call_ends(
    call: Caller,
) -> None:
    """The Record's action names it: that is all we may ever hear of it."""
    call.press(*STORY)
    call.recorded()
    assert rows(Recording) == []
    call.hang_up()
    assert [(row.call_sid, row.state) for row in rows(Recording)] == [(call.sid, "registered")]


def test_a_recording_that_was_told_of_is_not_told_of_again_by_its_action(call: Caller) -> None:
    call.press(*STORY)
    call.recorded()
    told(call, new_sid("RE"), RecordingStatus="absent")
    call.hang_up()
    assert [row.state for row in rows(Recording)] == ["absent"]


def heard_again(call: Caller, media: Trap) -> tuple[str, str]:
    """Tell a story, end it with star, let it be taken: its sid and the address that is played."""
    call.press(*STORY)
    sid = new_sid("RE")
    call.ask(call.heard.action, RecordingSid=sid, RecordingDuration="4", Digits="*")
    assert (call.heard.verbs, call.heard.tree.find(".//Play")) == (["Gather"], None)
    told(call, sid)
    tasks.take(rows(Recording)[0].id)
    call.press("")
    (played,) = call.heard.tree.iter("Play")
    return sid, str(played.text)


def fetched(call: Caller, address: str) -> tuple[int, bytes]:
    """What the provider gets who fetches a sound."""
    response = call.provider.client.get(call.provider.full(address).partition(":8000")[2])
    return response.status_code, response.data


def test_a_caller_hears_the_message_at_an_address_that_tells_nothing_and_dies_with_the_call(
    call: Caller, media: Trap
) -> None:
    sid, address = heard_again(call, media)
    assert fetched(call, address) == (200, wav())
    assert "/ivr/media/" in address
    assert not any(word in address for word in (sid, call.sid, call.number))
    call.hang_up()
    assert fetched(call, address)[0] == 404


@pytest.mark.parametrize("token", ["", "x", "๑", "A" * 120, "A" * 5000, "../voice", "%00"])
def test_an_address_that_we_never_gave_plays_nothing(token: str, call: Caller) -> None:
    assert fetched(call, f"http://127.0.0.1:8000/ivr/media/{token}")[0] == 404


def test_an_address_with_one_letter_changed_plays_nothing(call: Caller, media: Trap) -> None:
    _, address = heard_again(call, media)
    other = "B" if address[-9] == "A" else "A"
    assert fetched(call, address[:-9] + other + address[-8:])[0] == 404


def test_a_message_that_the_caller_deletes_is_played_to_nobody_and_then_purged(
    call: Caller, media: Trap
) -> None:
    _, address = heard_again(call, media)
    call.press("3")
    (row,) = rows(Recording)
    assert row.state == "withdrawn"
    assert fetched(call, address)[0] == 404
    assert the_case().recording_consent is False
    tasks.delete_upstream(row.id)
    tasks.purge(row.id)
    (row,) = rows(Recording)
    assert (row.state, row.path) == ("purged", None)


def test_a_message_told_anew_replaces_the_old_one_only_when_it_is_there(
    call: Caller, media: Trap
) -> None:
    sid, _ = heard_again(call, media)
    call.press("2")
    assert [row.state for row in rows(Recording)] == ["stored"]
    call.recorded()
    told(call, new_sid("RE"))
    states = {row.recording_sid: row.state for row in rows(Recording)}
    assert states.pop(sid) == "withdrawn"
    assert list(states.values()) == ["registered"]


@pytest.mark.parametrize("keys", [(), ("2",), ("", "")])
def test_a_caller_who_hangs_up_or_is_silent_after_hearing_it_has_told_what_was_told(
    keys: tuple[str, ...], call: Caller, media: Trap
) -> None:
    heard_again(call, media)
    call.press(*keys)
    call.hang_up()
    assert [row.state for row in rows(Recording)] == ["stored"]
