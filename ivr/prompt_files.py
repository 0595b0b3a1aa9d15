"""Prompts that somebody has recorded: files beside the flow, each for one text in one voice.

`<VAR_DIR>/prompts/<language>/<voice>/<name>.<mark>.wav` (or .mp3): the voice as the flow calls it,
the name for people, the mark made from the text. So a text that was changed is spoken again until
it is recorded anew, and each version of the flow finds its own files. The folder is read once a
process. What cannot be played is not used: the text is spoken.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from core import runtime
from core.logs import logger
from core.spoken import seconds
from ivr.faults import Fault
from ivr.flow_settings import Language
from ivr.nodes import Flow
from ivr.prompt_audio import KINDS, sound_seconds
from ivr.prompt_list import Line, prompt_lines
from ivr.verbs import Gather, Pause, Play, Say, Verb

# A recording may be so many times as long, or as short, as its text is reckoned to be.
MOST_TIMES = 3
MARK_LENGTH = 8

log = logger(__name__)


@dataclass(frozen=True)
class Recorded:
    """One sound file; the digest is of its content and names it in its address."""

    path: Path
    kind: str
    digest: str
    seconds: float

    def fits(self, text: str) -> bool:
        """Whether it is about as long as its text."""
        expected = seconds(text)
        return expected <= self.seconds * MOST_TIMES and self.seconds <= expected * MOST_TIMES


@dataclass(frozen=True)
class Library:
    """All recordings of a folder, by language, voice and mark, and the files that are broken."""

    files: Mapping[tuple[str, str, str], Recorded]
    broken: tuple[Fault, ...] = ()

    def of(self, text: str, lang: str, voice: str) -> Recorded | None:
        """The recording of a text, whether it fits or not."""
        return self.files.get((lang, voice, mark(text))) if self.files else None

    def with_digest(self, digest: str) -> Recorded | None:
        """The recording with this content."""
        return next((one for one in self.files.values() if one.digest == digest), None)


def mark(text: str) -> str:
    """What ties a file to its text."""
    return hashlib.sha256(text.encode()).hexdigest()[:MARK_LENGTH]


def file_of(line: Line, voice: str) -> str:
    """The path that a prompt's recording has in the folder of prompts."""
    return f"{line.lang}/{voice}/{line.name}.{mark(line.text)}.wav"


def folder_in(var_dir: Path) -> Path:
    """The folder of the recorded prompts."""
    return var_dir / "prompts"


@lru_cache
def library_of(folder: Path) -> Library:
    """Everything in a folder that has the name of a recording; empty where there is none."""
    files: dict[tuple[str, str, str], Recorded] = {}
    broken: list[Fault] = []
    for path in sorted(folder.glob("*/*/*.*")):
        lang, voice, name = path.relative_to(folder).parts
        try:
            recorded = _read(path)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            place = f"{lang}/{voice}/{name}"
            broken.append(Fault(place, str(reason), "record it again, as WAV or MP3"))
        else:
            files[lang, voice, path.stem.rpartition(".")[2]] = recorded
    return Library(files, tuple(broken))


def _read(path: Path) -> Recorded:
    kind = path.suffix.removeprefix(".").lower()
    if kind not in KINDS:
        raise ValueError("it is neither a WAV nor an MP3 file")
    sound = path.read_bytes()
    return Recorded(path, kind, hashlib.sha256(sound).hexdigest(), sound_seconds(sound, kind))


def current_library() -> Library:
    """The recordings of this service."""
    return library_of(folder_in(runtime.current().settings.var_dir))


def file_faults(library: Library, flow: Flow) -> Iterator[Fault]:
    """Files that cannot be played, and those that are no recording of their text."""
    yield from library.broken
    for line in prompt_lines(flow):
        voice = flow.languages[line.lang].voice
        recorded = library.of(line.text, line.lang, voice)
        if recorded is not None and not recorded.fits(line.text):
            what = f"it is {recorded.seconds:.1f} s long, its text is reckoned {line.seconds:.1f} s"
            place = f"{line.lang}/{voice}/{recorded.path.name}"
            yield Fault(place, what, "record the text of this prompt")


def coverage(library: Library, flow: Flow) -> Iterator[str]:
    """How many prompts of a voice are recorded, where any is: else a caller hears two voices."""
    lines = [line for line in prompt_lines(flow) if line.is_whole]
    for lang, language in flow.languages.items():
        texts = [line.text for line in lines if line.lang == lang]
        there = sum(library.of(text, lang, language.voice) is not None for text in texts)
        if there:
            yield f"{lang}, {language.voice}: {there} of {len(texts)} prompts are recorded"


def tell_at_start(flow: Flow) -> None:
    """Log what is wrong with the recordings; the texts are spoken in their stead."""
    library = current_library()
    for fault in file_faults(library, flow):
        log.warning("a recorded prompt is not used", file=fault.place, reason=fault.what)
    for told in coverage(library, flow):
        log.info("recorded prompts", found=told)


def played(verbs: Sequence[Verb], languages: Mapping[str, Language]) -> list[Verb]:
    """The same verbs, with the recording in place of each text that has one."""
    library = current_library()
    if not library.files:
        return list(verbs)
    return [_with_sounds(verb, library, languages) for verb in verbs]


def _with_sounds(verb: Verb, library: Library, languages: Mapping[str, Language]) -> Verb:
    if isinstance(verb, Gather):
        pieces = [_sound_of(piece, library, languages) for piece in verb.prompts]
        return replace(verb, prompts=tuple(pieces))
    return _sound_of(verb, library, languages) if isinstance(verb, Say) else verb


def _sound_of(
    piece: Say | Play | Pause, library: Library, languages: Mapping[str, Language]
) -> Say | Play | Pause:
    if not isinstance(piece, Say):
        return piece
    recorded = library.of(piece.text, piece.lang, languages[piece.lang].voice)
    if recorded is None or not recorded.fits(piece.text):
        return piece
    base = runtime.current().settings.public_url
    return Play(f"{base}/ivr/prompt/{recorded.digest}.{recorded.kind}")
