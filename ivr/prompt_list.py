"""Every prompt of a flow with its length, for people who record, translate or shorten them."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.spoken import seconds
from ivr.flow_texts import PROMPT, SEVERAL_LINES, WITHOUT_KEYS, Piece, blanks, pieces
from ivr.nodes import Flow
from ivr.rehearsal import rehearse_all


@dataclass(frozen=True)
class Line:
    """One prompt in one language; `name` is the node, and the part where it is not the main one.

    `is_whole`: every caller hears just this text, so that it can be recorded.
    """

    name: str
    lang: str
    text: str
    is_whole: bool = False

    @property
    def seconds(self) -> float:
        """How long it takes, at ten letters a second."""
        return seconds(self.text)

    @property
    def head(self) -> str:
        """What it is called, its language and its length, parted by tabs."""
        return f"{self.name}\t{self.lang}\t{self.seconds:.1f} s"


def prompt_lines(flow: Flow) -> Iterator[Line]:
    """All prompts, node by node, each in every language."""
    for piece in pieces(flow):
        name = piece.place if piece.part == PROMPT else f"{piece.place}.{piece.part}"
        for lang, text in piece.texts.items():
            yield Line(name, lang, text, _is_whole(flow, piece, text))
            if piece.part == PROMPT:
                tails = piece.tails.get(lang, {})
                yield from (Line(f"{name}.{lang}_tail", one, tails[one], True) for one in tails)


def _is_whole(flow: Flow, piece: Piece, text: str) -> bool:
    """Not what is put into other texts, holds a fact of the call, or is said to people we ring."""
    if piece.part in SEVERAL_LINES or piece.part == "agent_hears" or "." in piece.part:
        return False
    error = piece.place.removeprefix("errors.")
    said = piece.place in flow.nodes or piece.place in ("hint", "hint_digits", "announce", "front")
    return (said or (error in flow.errors and error not in WITHOUT_KEYS)) and not blanks(text)


def totals(flow: Flow) -> Iterator[str]:
    """How long all prompts are, and how long the rehearsed calls take."""
    lines = list(prompt_lines(flow))
    for lang in flow.languages:
        length = sum(line.seconds for line in lines if line.lang == lang)
        count = sum(line.lang == lang for line in lines)
        yield f"{lang}: {count} prompts, {length:.0f} s in all"
        if flow.languages[lang].partial:
            continue
        for call in rehearse_all(flow, lang):
            yield f"{lang}: {call.name}: {call.seconds:.0f} s of prompts, {call.answers} answers"
