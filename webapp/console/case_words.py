"""What codes of a case are called on the pages, in the reader's language (data/case_words.yaml)."""

from pathlib import Path
from typing import Any

from routing.catalogue import Catalogue, Text
from webapp.console.language import current_language

CATALOGUE = Catalogue(Path(__file__).parent / "data" / "case_words.yaml")


def in_language(text: Any) -> str:
    """The reader's half of anything that has a th and an en."""
    return str(getattr(text, current_language()))


def word(kind: str, code: object, **values: str) -> str:
    """A code's word; one that the catalogue lacks stands for itself."""
    key = f"{kind}.{code}"
    if key not in CATALOGUE:
        return str(code)
    return in_language(CATALOGUE.fill(key, values, values))


def answer_word(node: str, label: str) -> str:
    """What was pressed at a node; some labels mean another thing at another node."""
    at_node = f"answer.{node}.{label}"
    return word("answer", f"{node}.{label}") if at_node in CATALOGUE else word("answer", label)


def sentence(kind: str, values: dict[str, str]) -> str:
    """An entry of a timeline in words; an unknown kind stands for itself."""
    key = f"timeline.{kind}"
    if key not in CATALOGUE:
        return kind
    text: Text = CATALOGUE.fill(key, _Gaps(values), _Gaps(values))
    return in_language(text)


class _Gaps(dict[str, str]):
    """Values of a sentence; an entry written by an older version may lack one."""

    def __missing__(self, key: str) -> str:
        return "–"
