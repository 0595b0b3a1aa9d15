"""How long a recorded prompt is: WAV and MP3, the kinds that the provider plays.

https://www.twilio.com/docs/voice/twiml/play
"""

from recordings.audio import HEAD_BYTES, read_head
from recordings.errors import MediaRejected

KINDS = ("wav", "mp3")
# MPEG audio, layer III: kilobits a second by the header's index, samples a second by version.
BITRATES = {
    "1": (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    "2": (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
LAYER_III = 1


def sound_seconds(sound: bytes, kind: str) -> float:
    """The length of a whole file, in seconds; ValueError when it is not of its kind or silent."""
    seconds = _wav_seconds(sound) if kind == "wav" else _mp3_seconds(sound)
    if seconds <= 0:
        raise ValueError("it holds no sound")
    return seconds


def _wav_seconds(sound: bytes) -> float:
    try:
        head = read_head(sound[:HEAD_BYTES])
    except MediaRejected:
        raise ValueError("it is no WAV file") from None
    there = len(sound) - head.begins_at
    if head.sound_bytes is not None and there < head.sound_bytes:
        raise ValueError("it ends too early")
    return (there if head.sound_bytes is None else head.sound_bytes) / head.bytes_per_second


def _mp3_seconds(sound: bytes) -> float:
    at, seconds = _after_tag(sound), 0.0
    while frame := _frame(sound[at : at + 4]):
        at += frame[0]
        seconds += frame[1]
    if seconds == 0:
        raise ValueError("it is no MP3 file")
    if at > len(sound):
        raise ValueError("it ends too early")
    return seconds


def _after_tag(sound: bytes) -> int:
    """Where the sound begins, behind an ID3 tag, whose length has seven bits a byte."""
    if sound[:3] != b"ID3" or len(sound) < 10:
        return 0
    length = 0
    for byte in sound[6:10]:
        length = length << 7 | byte & 0x7F
    return 10 + length


def _frame(head: bytes) -> tuple[int, float] | None:
    """Bytes and seconds of the frame with this header; None where no frame begins."""
    bits = int.from_bytes(head)
    version, layer = bits >> 19 & 3, bits >> 17 & 3
    bitrate, rate, padding = bits >> 12 & 15, bits >> 10 & 3, bits >> 9 & 1
    is_header = len(head) == 4 and bits >> 21 == 0x7FF and layer == LAYER_III
    if not is_header or version not in RATES or rate == 3 or bitrate in (0, 15):
        return None
    samples, rates = (1152, BITRATES["1"]) if version == 3 else (576, BITRATES["2"])
    hertz = RATES[version][rate]
    return samples // 8 * rates[bitrate - 1] * 1000 // hertz + padding, samples / hertz
