"""Every text of a flow, with the place where it is said and whether keys are taken there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ivr import words
from ivr.nodes import AnyNode, Asking, Flow, Menu, Queue, Record, Texts

PROMPT = "prompt"
SEVERAL_LINES = {"option", "last"}
# Spoken where no key is taken: the document that carries it ends the call.
WITHOUT_KEYS = {"system"}
EMERGENCY = frozenset({"191", "1669", "199", "1300", "1387", "1323"})
ENGLISH_DIGITS = {words.digits(str(digit), "en"): str(digit) for digit in range(10)}
THAI_DIGITS = {words.digits(str(digit), "th"): str(digit) for digit in range(10)}
_NAMES = {**ENGLISH_DIGITS, **THAI_DIGITS}
_DIGIT = re.compile(r"\d|" + "|".join(sorted(_NAMES, key=len, reverse=True)), re.IGNORECASE)
_RUN = re.compile(rf"(?:(?:{_DIGIT.pattern})[\s,.-]*){{3,}}", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """One thing to say, in each language; `part` names it within its place.

    `accepts` are the numbered keys that may be pressed there, None where every key will do.
    """

    place: str
    part: str
    texts: Mapping[str, str]
    takes_keys: bool = True
    accepts: frozenset[str] | None = frozenset()
    tails: Mapping[str, Texts] = field(default_factory=dict)

    def spoken(self, lang: str | None = None) -> list[str]:
        """All texts, tails too, that are spoken in this language, or in any."""
        said = [self.texts, *self.tails.values()]
        return [text for texts in said for name, text in texts.items() if lang in (None, name)]


def pieces(flow: Flow) -> Iterator[Piece]:
    """Everything that a caller or a person who is rung may hear."""
    for node in flow.nodes.values():
        yield from pieces_of(node)
    yield Piece("hint", PROMPT, flow.hint, accepts=None)
    yield Piece("hint_digits", PROMPT, flow.hint_digits, accepts=None)
    yield Piece("announce", PROMPT, flow.announce.texts, accepts=None)
    for name, texts in flow.errors.items():
        yield Piece(f"errors.{name}", PROMPT, texts, takes_keys=name not in WITHOUT_KEYS)
    yield Piece("live_leg.offer", PROMPT, flow.live_leg.offer, accepts=None)
    for leg, parts in flow.callback_legs.items():
        for name, texts in parts.items():
            yield Piece(f"callback_legs.{leg}.{name}", PROMPT, texts, accepts=None)
    yield Piece("spoken.retention", PROMPT, flow.spoken.retention)
    for status, texts in flow.status_words.items():
        yield Piece(f"status_words.{status}", PROMPT, texts)


def by_place(flow: Flow) -> dict[str, list[Piece]]:
    """The pieces of each place together."""
    places: dict[str, list[Piece]] = {}
    for piece in pieces(flow):
        places.setdefault(piece.place, []).append(piece)
    return places


def pieces_of(node: AnyNode) -> Iterator[Piece]:
    """Everything that is said at one node."""
    accepts, takes = accepted(node), takes_keys(node)
    tails = _tails(node)
    for part, texts in _by_part(node.texts).items():
        free = accepts is None or part in {"head", *SEVERAL_LINES}
        yield Piece(node.name, part, texts, takes, None if free else accepts, tails)
    if isinstance(node, Menu):
        for name, texts in node.pin_line.items():
            yield Piece(node.name, f"pin_line.{name}", texts, takes, None)
    if isinstance(node, Queue):
        for part, texts in (("agent_hears", node.agent_hears), ("wait", node.wait)):
            if texts:
                yield Piece(node.name, part, texts, takes or part == "agent_hears", None)


def takes_keys(node: AnyNode) -> bool:
    """Whether a key that is pressed at this node means something."""
    return isinstance(node, Asking | Record) or (isinstance(node, Queue) and node.takes_keys)


def accepted(node: AnyNode) -> frozenset[str] | None:
    """The numbered keys of a node; None where every key will do, or where a person asks for it."""
    if isinstance(node, Menu):
        return frozenset(node.options)
    if isinstance(node, Queue) and not node.any and not node.keys_only:
        return frozenset(node.options if node.takes_keys else ())
    return None if node.type in ("any_key", "queue") else frozenset()


def _by_part(texts: Texts) -> dict[str, dict[str, str]]:
    parts: dict[str, dict[str, str]] = {}
    for key, text in texts.items():
        lang, _, part = key.partition("_")
        parts.setdefault(part or PROMPT, {})[lang] = text
    return parts


def _tails(node: AnyNode) -> dict[str, Texts]:
    if not isinstance(node, Menu):
        return {}
    return {lang: {tail.lang: tail.text for tail in tails} for lang, tails in node.tails.items()}


def emergency_numbers(text: str) -> list[str]:
    """The emergency numbers in a text, as digits or digit by digit in either language."""
    runs = ("".join(_digit(name) for name in _DIGIT.findall(run)) for run in _RUN.findall(text))
    return [run for run in runs if run in EMERGENCY]


def _digit(name: str) -> str:
    return name if name.isdigit() else _NAMES[name.lower()]


def blanks(text: str) -> set[str]:
    """The names in the curly brackets of a text."""
    return set(re.findall(r"\{(\w+)\}", text))


def speaks_emergency(flow: Flow, name: str) -> bool:
    """Whether emergency numbers are spoken at this node."""
    spoken = [text for piece in pieces_of(flow.nodes[name]) for text in piece.spoken()]
    return any(emergency_numbers(text) for text in spoken)
