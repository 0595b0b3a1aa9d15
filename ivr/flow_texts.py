"""Every text of a flow, with the place where it is said and whether keys are taken there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.spoken import emergency_numbers
from ivr import notice_talk
from ivr.approval_talk import AGAIN, DECISIONS
from ivr.flow_settings import Texts
from ivr.nodes import AnyNode, Asking, Flow, Menu, Queue, Record

PROMPT = "prompt"
SEVERAL_LINES = {"option", "last"}
# Spoken where no key is taken: the document that carries it ends the call.
WITHOUT_KEYS = {"system", "call_over", "loop"}
APPROVAL_KEYS = frozenset({*DECISIONS, AGAIN})
NOTICE_KEYS = {
    "heard_key": notice_talk.HEARD,
    "again_key": notice_talk.AGAIN,
    "repeat_key": notice_talk.REPEAT,
}


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
    if flow.front:
        yield Piece("front", PROMPT, flow.front, accepts=None)
    for name, texts in flow.errors.items():
        yield Piece(f"errors.{name}", PROMPT, texts, takes_keys=name not in WITHOUT_KEYS)
    yield from _of_legs(flow)
    yield Piece("spoken.retention", PROMPT, flow.spoken.retention)
    for status, texts in flow.status_words.items():
        yield Piece(f"status_words.{status}", PROMPT, texts)


def _of_legs(flow: Flow) -> Iterator[Piece]:
    """What people hear who are rung."""
    yield Piece("live_leg.offer", PROMPT, flow.live_leg.offer, accepts=None)
    for name in ("language", "limit", "gives_way"):
        if texts := getattr(flow.live_leg, name):
            yield Piece(f"live_leg.{name}", PROMPT, texts, accepts=None)
    for leg, parts in flow.callback_legs.items():
        for name, texts in parts.items():
            yield Piece(f"callback_legs.{leg}.{name}", PROMPT, texts, accepts=None)
    for name, texts in flow.approval_leg.items():
        accepts = APPROVAL_KEYS if name == "keys" else None
        yield Piece(f"approval_leg.{name}", PROMPT, texts, accepts=accepts)
    for name, texts in flow.notice_leg.items():
        accepts = frozenset({NOTICE_KEYS[name]}) if name in NOTICE_KEYS else None
        yield Piece(f"notice_leg.{name}", PROMPT, texts, accepts=accepts)


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


def blanks(text: str) -> set[str]:
    """The names in the curly brackets of a text."""
    return set(re.findall(r"\{(\w+)\}", text))


def speaks_emergency(flow: Flow, name: str) -> bool:
    """Whether emergency numbers are spoken at this node."""
    spoken = [text for piece in pieces_of(flow.nodes[name]) for text in piece.spoken()]
    return any(emergency_numbers(text) for text in spoken)
