"""The fields of the directory's forms: what may be typed, what was, and why it is refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import request

from routing.csv_tables import Refusal, refuse_line
from routing.directory import Directory
from routing.import_hours import WEEKDAYS
from routing.import_offices import TYPES
from routing.models import OfficeHours
from routing.vocabulary import AFFILIATIONS, LEVELS, PRIMARY_LEVEL, SECONDARY_LEVEL
from webapp.console.directory_words import NOTHING, has_word, refusal_words, word
from webapp.console.pages import named

OFFICE_FIELDS = (
    *("name_th", "name_en", "former_name_th", "type", "parent_code", "province_code"),
    *("district_code", "phone", "cluster", "active", "confirmed", "basis"),
)
SCHOOL_FIELDS = (
    *("name_th", "name_en", "former_name_th", "parent_code", "affiliation", "level"),
    *("district_code", "postal_code", "phone", "cluster", "active", "basis"),
)
CONTACT_FIELDS = ("phone",)
STANDING_FIELDS = ("type", "parent_code", "active")
LINK_FIELDS = ("affiliation", "level", "province_code", "district_code", "valid_from", "basis")
LINK_LEVELS = (PRIMARY_LEVEL, SECONDARY_LEVEL)
SCHOOL = "school"
LENGTHS = {"district_code": 4, "postal_code": 5, "phone": 30, "parent_code": 32, "code": 32}
LONGEST, LONGEST_CLUSTER, LONGEST_DAY = 200, 100, 60
# Refusals that are about no single column of a file stand beside the field that can mend them.
BESIDE = {
    "parent_missing": "parent_code",
    "parent_unknown": "parent_code",
    "parent_school": "parent_code",
    "parent_cycle": "parent_code",
    "place_mismatch": "district_code",
    "code_twice": "code",
    "code_bad": "code",
    "code_reserved": "code",
    "code_of_school": "code",
    "code_of_office": "code",
    "root_changed": "type",
    "root_second": "type",
    "level_without_basic": "level",
    "moments_reversed": "valid_to",
}
DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙.–—", "0123456789:--")


@dataclass(frozen=True)
class Field:
    """One field: its name, label, help, what stands in it, what may be chosen, its fault."""

    name: str
    label: str
    hint: str
    typed: str
    choices: Sequence[tuple[str, str]] = ()
    longest: int = LONGEST
    fault: str = ""
    kind: str = "text"


@dataclass(frozen=True)
class Faults:
    """What a form is refused for, by field; `rest` is about none that it shows."""

    by_field: dict[str, str] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.by_field or self.rest)


def faults_of(refusals: Iterable[Refusal], fields: Sequence[str]) -> Faults:
    """Each refusal beside its field, the first one of each."""
    found = Faults()
    for one in refusals:
        name = str(one.values.get("column") or BESIDE.get(one.rule, ""))
        if name in fields:
            found.by_field.setdefault(name, refusal_words(one))
        else:
            found.rest.append(refusal_words(one))
    return found


def typed_in(fields: Sequence[str]) -> dict[str, str]:
    """What a form that was sent holds in these fields; one that it does not have is left out."""
    return {name: request.form[name] for name in fields if name in request.form}


def fields_of(
    directory: Directory, names: Sequence[str], typed: Mapping[str, str], faults: Faults
) -> list[Field]:
    """The fields of a form, filled in."""
    return [
        Field(
            name=name,
            label=word("column", name),
            hint=word("hint", name) if has_word("hint", name) else "",
            typed=typed.get(name, ""),
            choices=_choices(directory, name),
            longest=LONGEST_CLUSTER if name == "cluster" else LENGTHS.get(name, LONGEST),
            fault=faults.by_field.get(name, ""),
            kind=_kind(name),
        )
        for name in names
    ]


def link_fields(directory: Directory, typed: Mapping[str, str], faults: Faults) -> list[Field]:
    """The fields of a jurisdiction: only the two levels of basic education have offices."""
    levels = [("", NOTHING), *((one, word("level", one)) for one in LINK_LEVELS)]
    found = fields_of(directory, LINK_FIELDS, typed, faults)
    return [
        Field(**{**vars(one), "choices": levels}) if one.name == "level" else one for one in found
    ]


def _kind(name: str) -> str:
    if name == "phone":
        return "tel"
    return "date" if name.startswith("valid_") else "text"


def _choices(directory: Directory, name: str) -> list[tuple[str, str]]:
    if name == "province_code":
        provinces = sorted((named(one), one.code) for one in directory.provinces.values())
        return [("", NOTHING), *((code, text) for text, code in provinces)]
    if name == "type":
        return [(one, word("type", one)) for one in TYPES]
    if name in ("active", "confirmed"):
        return [(one, word("yes_no", one)) for one in ("yes", "no")]
    if name == "affiliation":
        return [("", NOTHING), *((one, word("affiliation", one)) for one in AFFILIATIONS)]
    if name == "level":
        return [("", NOTHING), *((one, word("level", one)) for one in LEVELS)]
    return []


@dataclass(frozen=True)
class Day:
    """One weekday of the form for hours."""

    number: int
    name: str
    typed: str
    fault: str = ""


def typed_days() -> dict[int, str]:
    """What was typed for each weekday."""
    return {int(one): request.form.get(f"day-{one}", "") for one in WEEKDAYS}


def long_days(typed: Mapping[int, str]) -> list[Refusal]:
    """The days whose text is longer than any that can be meant; a refusal's line is its weekday."""
    return [
        refuse_line("", day, "value_long", column=word("weekday", day), most=LONGEST_DAY)
        for day, text in typed.items()
        if len(text) > LONGEST_DAY
    ]


def spans_of(typed: Mapping[int, str]) -> dict[int, list[tuple[str, str]]]:
    """Spans as people type them ("8.30-12.00, 13:00–16:30"), by weekday; empty is closed."""
    return {
        day: [_span(part) for part in text.split(",") if part.strip()]
        for day, text in typed.items()
    }


def _span(part: str) -> tuple[str, str]:
    begins, _, ends = part.translate(DIGITS).partition("-")
    return _time(begins), _time(ends)


def _time(text: str) -> str:
    """ "8:30" as "08:30"; anything else as it is, for the check to refuse."""
    text = text.strip()
    return f"0{text}" if text[1:2] == ":" else text


def days_of(rows: Iterable[OfficeHours]) -> dict[int, str]:
    """An office's own hours as the form shows them."""
    found: dict[int, list[str]] = {}
    for one in rows:
        found.setdefault(one.weekday, []).append(f"{one.opens}-{one.closes}")
    return {day: ", ".join(spans) for day, spans in found.items()}


def day_fields(typed: Mapping[int, str], refusals: Iterable[Refusal] = ()) -> list[Day]:
    """The seven fields; a refusal's line is its weekday."""
    faults = {one.line: refusal_words(one) for one in refusals}
    return [
        Day(number, word("weekday", number), typed.get(number, ""), faults.get(number, ""))
        for number in map(int, WEEKDAYS)
    ]
