"""Every prompt of a flow with its length, for people who record, translate or shorten them."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow_texts import PROMPT, pieces
from ivr.nodes import Flow
from ivr.rehearsal import rehearse_all, seconds


@dataclass(frozen=True)
class Line:
    """One prompt in one language; `name` is the node, and the part where it is not the main one."""

    name: str
    lang: str
    text: str

    @property
    def seconds(self) -> float:
        """How long it takes, at ten letters a second."""
        return seconds(self.text)

    def __str__(self) -> str:
        return f"{self.name}\t{self.lang}\t{self.seconds:.1f} s\t{self.text}"


def prompt_lines(flow: Flow) -> Iterator[Line]:
    """All prompts, node by node, each in every language."""
    for piece in pieces(flow):
        name = piece.place if piece.part == PROMPT else f"{piece.place}.{piece.part}"
        for lang, text in piece.texts.items():
            yield Line(name, lang, text)
            if piece.part == PROMPT:
                tails = piece.tails.get(lang, {})
                yield from (Line(f"{name}.{lang}_tail", one, tails[one]) for one in tails)


def totals(flow: Flow) -> Iterator[str]:
    """How long all prompts are, and how long the rehearsed calls take."""
    lines = list(prompt_lines(flow))
    for lang in flow.languages:
        length = sum(line.seconds for line in lines if line.lang == lang)
        count = sum(line.lang == lang for line in lines)
        yield f"{lang}: {count} prompts, {length:.0f} s in all"
        for call in rehearse_all(flow, lang):
            yield f"{lang}: {call.name}: {call.seconds:.0f} s of prompts, {call.answers} answers"
