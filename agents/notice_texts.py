"""What notices say, from `agents/data/notice_texts.yaml`: the reference and nothing personal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from agents.notice_policy import OTHER, current_policy
from agents.notice_rules import CLASSES
from core import yaml_text
from core.errors import HotlineError
from core.zones import bangkok
from routing.catalogue import Text

FILE = Path(__file__).parent / "data" / "notice_texts.yaml"
# What each text may hold; nothing else is ever handed to it.
ALLOWED: Mapping[str, frozenset[str]] = {
    "one": frozenset({"reference", "time", "severity", "by"}),
    "many": frozenset({"count"}),
    "subject_one": frozenset({"reference"}),
    "subject_many": frozenset({"count"}),
    "subject_warnings": frozenset(),
    "office": frozenset({"office"}),
    "open": frozenset(),
    "no_reference": frozenset(),
    **{f"severity_{one}": frozenset() for one in CLASSES},
}
FRAME = tuple(name for name in ALLOWED if name not in ("one", "many"))
BUDDHIST_ERA = 543
GROUP = 3


class BadTexts(HotlineError):
    """notice_texts.yaml lacks a text, or one holds what it may not."""


@dataclass(frozen=True)
class Line:
    """One notice as far as texts know it."""

    template: str
    reference: str | None
    owed_at: datetime
    severity: str | None = None
    answer_by: datetime | None = None


@dataclass(frozen=True)
class Message:
    """What is sent: a subject for mail, the text with its link, and a short text without."""

    subject: str
    text: str
    short: str


@dataclass(frozen=True)
class Texts:
    """All texts, checked."""

    frame: dict[str, Text]
    templates: dict[str, dict[str, Text]]

    def words(self, template: str, kind: str, language: str) -> str:
        """One text of a template in a language."""
        found = self.templates.get(template) or self.templates[OTHER]
        return _in(found[kind], language)


def load_texts(path: Path, templates: Iterable[str]) -> Texts:
    """The texts in a file for exactly these templates; BadTexts names the first that is wrong."""
    raw = yaml_text.load(path.read_text(encoding="utf-8"))
    wanted = set(templates)
    if set(raw["frame"]) != set(FRAME) or set(raw["templates"]) != wanted:
        odd = (set(raw["frame"]) ^ set(FRAME)) | (set(raw["templates"]) ^ wanted)
        raise BadTexts(f"missing or unknown: {', '.join(sorted(odd))}")
    frame = {name: _checked(name, name, pair) for name, pair in raw["frame"].items()}
    return Texts(frame, {name: _pair(name, told) for name, told in raw["templates"].items()})


def _pair(name: str, told: dict[str, Any]) -> dict[str, Text]:
    if set(told) != {"one", "many"}:
        raise BadTexts(f"{name} needs one and many")
    return {kind: _checked(name, kind, pair) for kind, pair in told.items()}


def _checked(name: str, kind: str, pair: dict[str, Any]) -> Text:
    if set(pair) != {"th", "en"} or not all(pair.values()):
        raise BadTexts(f"{name} needs a text in th and in en")
    for language, text in pair.items():
        odd = _placeholders(text) - ALLOWED[kind]
        if odd or "\n" in text:
            raise BadTexts(f"{name}.{kind}.{language}: {', '.join(sorted(odd)) or 'a line break'}")
    return Text(th=pair["th"], en=pair["en"])


def _placeholders(text: str) -> set[str]:
    """The names in braces, with whatever else stands there: `{office.name}` is no `office`."""
    return {
        f"{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}"
        for _, name, spec, conversion in Formatter().parse(text)
        if name is not None
    }


@cache
def current_texts() -> Texts:
    """The texts in force."""
    return load_texts(FILE, current_policy().templates)


def line_text(line: Line, language: str) -> str:
    """What one notice says."""
    texts = current_texts()
    return texts.words(line.template, "one", language).format(
        reference=_reference(line.reference, language),
        time=_time(line.owed_at, language),
        severity=_severity(line.severity, language),
        by=_time(line.answer_by or line.owed_at, language),
    )


def message(lines: Sequence[Line], language: str, *, office: str | None, link: str) -> Message:
    """One or many notices as one message; `office` is named to a group that several may share."""
    frame = current_texts().frame
    says = list(_summed(lines, language))
    head = [_in(frame["office"], language).format(office=_flat(office))] if office else []
    if {current_policy().template(line.template).page for line in lines} == {"warnings"}:
        subject = _in(frame["subject_warnings"], language)
    elif len(lines) == 1:
        reference = _reference(lines[0].reference, language)
        subject = _in(frame["subject_one"], language).format(reference=reference)
    else:
        subject = _in(frame["subject_many"], language).format(count=len(lines))
    text = "\n".join([*head, *says, "", _in(frame["open"], language), link])
    return Message(subject, text, " ".join([*head, *says]))


def _summed(lines: Sequence[Line], language: str) -> Iterable[str]:
    """One sentence for each kind of notice, in the order in which the kinds first come."""
    kinds: dict[str, list[Line]] = {}
    for line in lines:
        kinds.setdefault(line.template, []).append(line)
    for template, same in kinds.items():
        if len(same) == 1:
            yield line_text(same[0], language)
        else:
            words = current_texts().words(template, "many", language)
            yield words.format(count=len(same))


def _in(text: Text, language: str) -> str:
    return text.en if language == "en" else text.th


def _reference(reference: str | None, language: str) -> str:
    """Nine digits in threes, as they are spoken."""
    if reference is None:
        return _in(current_texts().frame["no_reference"], language)
    flat = _flat(reference)
    groups = (flat[at : at + GROUP] for at in range(0, len(flat), GROUP))
    return " ".join(groups) if flat.isdigit() else flat


def _severity(severity: str | None, language: str) -> str:
    """How grave the matter is; what has no severity is not pressing."""
    known = severity if severity in CLASSES else CLASSES[-1]
    return _in(current_texts().frame[f"severity_{known}"], language)


def _time(moment: datetime, language: str) -> str:
    """Bangkok time; the Buddhist era in Thai."""
    local = bangkok(moment)
    if language == "en":
        return f"{local:%H:%M}, {local.day}/{local.month}/{local.year}"
    return f"{local:%H:%M} น. {local.day}/{local.month}/{local.year + BUDDHIST_ERA}"


def _flat(text: str) -> str:
    return " ".join(text.split())
