"""Record makes a real recording and tells about it."""

import io
import wave

import pytest
import requests

EVENTS = (
    'recordingStatusCallback="/told" recordingStatusCallbackEvent="in-progress completed absent"'
)


def record(world, keys="", attributes='finishOnKey="#"', **script):
    """One call to a recording; the call and what its action was told."""
    world.toy.pages |= {
        "/voice": f'<Record action="/done" {attributes} {EVENTS}/><Say>nothing heard</Say>',
        "/done": "<Hangup/>",
    }
    call = world.call(keys=keys, **script)
    done = world.toy.got("/done")
    return call, done[0] if done else None


def statuses(world):
    """The recording events in order."""
    return [form["RecordingStatus"] for form in world.toy.got("/told")]


def media(world, sid, ending=".wav"):
    """Fetch the sound of a recording."""
    path = f"/2010-04-01/Accounts/{'AC' + '1' * 32}/Recordings/{sid}{ending}"
    auth = ("AC" + "1" * 32, "0123456789abcdef0123456789abcdef")
    return requests.get(world.url + path, auth=auth, timeout=10)


def test_a_caller_speaks_five_seconds_and_presses_hash(world):
    call, done = record(world)
    assert (done["RecordingDuration"], done["Digits"]) == ("5", "#")
    assert statuses(world) == ["in-progress", "completed"]
    assert world.toy.got("/told")[1]["CallSid"] == call["sid"]
    assert world.problems() == []


def test_the_recording_is_sound_of_the_length_that_was_told(world):
    _, done = record(world, "r7")
    answer = media(world, done["RecordingSid"])
    with wave.open(io.BytesIO(answer.content)) as file:
        shape = (file.getframerate(), file.getsampwidth(), file.getnchannels())
        assert shape == (8000, 2, 1)
        assert file.getnframes() / file.getframerate() == 7
    assert answer.content == media(world, done["RecordingSid"], "").content


@pytest.mark.parametrize(
    ("keys", "attributes", "seconds", "digits"),
    [
        ("r7/0", 'finishOnKey="#0"', "7", "0"),
        ("r7/1", "", "7", "1"),
        ("r7/1", 'finishOnKey="#" timeout="4"', "7", ""),
        ("r7/-", 'finishOnKey="#" timeout="4" trim="do-not-trim"', "11", ""),
        ("r90", 'finishOnKey="#" maxLength="60"', "60", ""),
        ("r7 h", 'finishOnKey="#"', "7", "hangup"),
    ],
)
def test_a_recording_ends_by_key_silence_length_or_hangup(world, keys, attributes, seconds, digits):
    _, done = record(world, keys, attributes)
    assert (done["RecordingDuration"], done["Digits"]) == (seconds, digits)


def test_who_says_nothing_goes_on_with_the_next_verb(world):
    call, done = record(world, "r0")
    assert done is None
    assert "nothing heard" in world.said(call)
    assert statuses(world) == ["in-progress", "absent"]


def test_who_hangs_up_while_speaking_is_told_about_but_hears_no_more(world):
    call, done = record(world, "r3h")
    assert done["CallStatus"] == "completed"
    assert call["ended_by"] == "caller"
    assert len(call["documents"]) == 1
    assert statuses(world)[-1] == "completed"


def test_who_hangs_up_at_the_beep_leaves_an_absent_recording(world):
    _, done = record(world, hangup_after=1)
    assert done is None
    assert statuses(world) == ["in-progress", "absent"]
