"""What a caller says at a recording: a playable WAV of the right length, the same every time."""

import io
import math
import random
import wave
from array import array

from practice.keys import ScriptError

RATE = 8000
# Five minutes: the hotline's own longest message is shorter.
LONGEST_SOUND = RATE * 2 * 300 + 44
_LOUDNESS = 6000


def wav(seconds: int, seed: str) -> bytes:
    """Make `seconds` of 8 kHz 16-bit mono sound: a wavering tone with noise, fixed by `seed`."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(_one_second(seed) * seconds)
    return sound.getvalue()


def length_s(data: bytes) -> int:
    """Whole seconds of a mono WAV, at least one; ScriptError for anything else or too much."""
    if len(data) > LONGEST_SOUND:
        raise ScriptError("the sound is too long")
    try:
        with wave.open(io.BytesIO(data)) as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE):
                raise ScriptError("a recording has one channel of 16 bits at 8 kHz")
            return max(-(-int(file.getnframes()) // RATE), 1)
    except (wave.Error, EOFError) as error:
        raise ScriptError("this is no WAV file") from error


def _one_second(seed: str) -> bytes:
    chance = random.Random(seed)
    pitch = chance.randrange(120, 280)
    samples = array("h")
    for step in range(RATE):
        swell = 0.6 + 0.4 * math.sin(2 * math.pi * 3 * step / RATE)
        tone = math.sin(2 * math.pi * pitch * step / RATE)
        samples.append(int(_LOUDNESS * swell * tone) + chance.randrange(-300, 300))
    return samples.tobytes()
