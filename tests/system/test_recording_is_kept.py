"""What a caller allowed to be recorded: kept sealed, gone upstream, played out with a trace."""

import wave
from pathlib import Path

import requests
from sqlalchemy import select

from recordings.models import Recording, RecordingAccess
from tests.support.stack import Stack
from tests.system.stories import ORDINARY, tell

REASON = "The head of the office asked what was reported"
DELETED_WITHIN_S = 60.0


def upstream(stack: Stack, recording_sid: str, ending: str) -> int:
    """The status of the provider's answer about a recording."""
    settings = stack.settings
    account = f"{settings.twilio_api_base}/2010-04-01/Accounts/{settings.twilio_account_sid}"
    auth = (settings.twilio_account_sid, settings.twilio_auth_token[0])
    address = f"{account}/Recordings/{recording_sid}.{ending}"
    return requests.get(address, auth=auth, timeout=10).status_code


def test_a_recording_is_stored_then_gone_upstream_and_comes_out_as_sound_with_a_trace(
    stack: Stack, tmp_path: Path
) -> None:
    [shown] = tell(stack, ORDINARY).outcome.case["recordings"]
    assert (shown["state"], shown["basis"], shown["duration_s"]) == ("stored", "consent", 5)
    with stack.database() as engine, engine.connect() as connection:
        sid = connection.scalar(select(Recording.recording_sid))
    assert sid is not None
    stack.wait_for(lambda: upstream(stack, sid, "json") == 404, DELETED_WITHIN_S)
    assert upstream(stack, sid, "wav") == 404
    target = tmp_path / "out.wav"
    stack.command("recordings", "export", str(shown["id"]), "--reason", REASON, "--to", str(target))
    with wave.open(str(target)) as sound:
        assert round(sound.getnframes() / sound.getframerate()) == 5
    with stack.database() as engine, engine.connect() as connection:
        columns = RecordingAccess.recording_id, RecordingAccess.action
        assert connection.execute(select(*columns)).all() == [(shown["id"], "export")]


def test_what_is_stored_is_not_the_sound_itself(stack: Stack) -> None:
    tell(stack, ORDINARY)
    kept = [path for path in (stack.folder / "recordings").rglob("*") if path.is_file()]
    assert kept != []
    assert [path for path in kept if b"WAVE" in path.read_bytes()] == []


def test_a_recording_that_got_lost_at_the_provider_is_seen_as_absent(stack: Stack) -> None:
    stack.practice("/practice/faults", {"media": ["absent"]})
    [shown] = tell(stack, ORDINARY).outcome.case["recordings"]
    assert shown["state"] == "absent"
