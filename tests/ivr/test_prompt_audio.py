"""The length of a recorded prompt is measured, and what is no sound is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.prompt_audio import sound_seconds
from tests.recordings.media_server import wav

# MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes a frame; MPEG-2, 64 kbit/s, 22.05 kHz: 208.
FRAME_1 = b"\xff\xfb\x90\x00" + bytes(413)
FRAME_2 = b"\xff\xf3\x80\x00" + bytes(204)
TAG = b"ID3\x03\x00\x00\x00\x00\x01\x00" + bytes(128)


@pytest.mark.parametrize(
    ("sound", "kind", "seconds"),
    [
        (wav(4), "wav", 4.0),
        (wav(2, claimed=0), "wav", 2.0),
        (FRAME_1 * 100, "mp3", 2.612),
        (TAG + FRAME_1 * 100, "mp3", 2.612),
        (FRAME_2 * 100, "mp3", 2.612),
    ],
)
def test_the_length_is_measured(sound: bytes, kind: str, seconds: float) -> None:
    assert sound_seconds(sound, kind) == pytest.approx(seconds, abs=0.01)


@pytest.mark.parametrize(
    ("sound", "kind", "words"),
    [
        (b"", "wav", "no WAV"),
        (b"", "mp3", "no MP3"),
        (wav(1), "mp3", "no MP3"),
        (FRAME_1 * 5, "wav", "no WAV"),
        (wav(4)[:-5000], "wav", "too early"),
        ((FRAME_1 * 5)[:-100], "mp3", "too early"),
        (wav(4)[:44], "wav", "too early"),
    ],
)
def test_what_is_no_whole_sound_says_why(sound: bytes, kind: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        sound_seconds(sound, kind)


@given(st.binary(max_size=400), st.sampled_from([b"", b"ID3", b"RIFF", FRAME_1, wav(1)[:40]]))
def test_any_bytes_are_measured_or_refused(rest: bytes, start: bytes) -> None:
    for kind in ("wav", "mp3"):
        try:
            assert sound_seconds(start + rest, kind) > 0
        except ValueError:
            continue
