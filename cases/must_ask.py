"""What the person on the phone must find out, by group and type: `cases/data/must_ask.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cases.taxonomy import shipped_types
from core import yaml_text
from core.errors import HotlineError

FILE = Path(__file__).parent / "data" / "must_ask.yaml"
NOT_YET_KNOWN = "X"
GROUPS = ("V", "A", "R", "U", NOT_YET_KNOWN)
FEWEST, MOST = 3, 6


class BadQuestions(HotlineError):
    """must_ask.yaml lacks a group, a type or a language, or asks too little or too much."""


@dataclass(frozen=True)
class Question:
    """One question, in words that one can say to a child."""

    th: str
    en: str


@dataclass(frozen=True)
class Questions:
    """The whole file: what everybody is asked first and last, and what lies between."""

    first: list[Question]
    last: list[Question]
    groups: Mapping[str, list[Question]]
    types: Mapping[str, list[Question]]

    def of(self, group: str, hazard_type: str | None) -> list[Question]:
        """The questions of a case in the order of asking."""
        own = self.types.get(hazard_type or "", [])
        return [*self.first, *own, *self.groups[group], *self.last]


def must_ask(hazard_group: str | None, hazard_type: str | None) -> list[Question]:
    """What must be asked about such a case; a type that the file lacks gets what its group gets."""
    questions = shipped_questions()
    group = hazard_group if hazard_group in questions.groups else NOT_YET_KNOWN
    return questions.of(str(group), hazard_type)


@cache
def shipped_questions() -> Questions:
    """The file, read and checked once per process."""
    return read_questions(FILE.read_text(encoding="utf-8"))


def read_questions(text: str) -> Questions:
    """The questions of such a file; BadQuestions names what is missing or too much."""
    raw: dict[str, Any] = yaml_text.load(text)
    questions = Questions(
        first=_asked(raw["everyone"]["first"]),
        last=_asked(raw["everyone"]["last"]),
        groups={code: _asked(rows) for code, rows in raw["groups"].items()},
        types={code: _asked(rows) for code, rows in raw["types"].items()},
    )
    _check(questions)
    return questions


def _asked(rows: list[dict[str, str]]) -> list[Question]:
    for row in rows:
        if set(row) != {"th", "en"} or not all(text and text.strip() for text in row.values()):
            raise BadQuestions(f"A question needs a Thai and an English text: {row}")
    return [Question(**row) for row in rows]


def _check(questions: Questions) -> None:
    types = {code: row["hazard_group"] for code, row in shipped_types().items()}
    _same("groups", questions.groups, GROUPS)
    _same("types", questions.types, types)
    for code, group in [*types.items(), *((None, group) for group in GROUPS)]:
        asked = questions.of(group, code)
        if not FEWEST <= len(asked) <= MOST or len(set(asked)) != len(asked):
            wanted = f"{FEWEST} to {MOST} different questions"
            raise BadQuestions(f"{code or group} asks {len(asked)}, not {wanted}")


def _same(name: str, found: Any, wanted: Any) -> None:
    wrong = sorted(set(found) ^ set(wanted))
    if wrong:
        raise BadQuestions(f"{name}: missing or unknown: {', '.join(wrong)}")
