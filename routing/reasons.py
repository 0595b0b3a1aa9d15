"""One step of the reasoning: its rule's name and its text in both languages (reasons.yaml)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from routing.catalogue import Catalogue, Text
from routing.snapshot import Directory, District, Office, Province

CAPITAL = "10"
BUDDHIST_ERA = 543
# The basis that routing.learning writes: the case's reference and the day.
DECIDED = re.compile(r"desk:\d{9}:(\d{4}-\d\d-\d\d)")
CATALOGUE = Catalogue(Path(__file__).with_name("reasons.yaml"))
BASES = Catalogue(Path(__file__).with_name("bases.yaml"))


@dataclass(frozen=True)
class Reason:
    """A step taken on the way to the office, as the case and the API show it."""

    rule: str
    th: str
    en: str


@dataclass(frozen=True)
class Skipped:
    """An office that the report went past, and the step that says why."""

    office_code: str
    reason: Reason


def reason(rule: str, /, **values: Any) -> Reason:
    """The reason `rule` with its values; a `Text` is filled in language by language."""
    th = {name: _words(value, "th") for name, value in values.items()}
    en = {name: _words(value, "en") for name, value in values.items()}
    text = CATALOGUE.fill(rule, th, en)
    return Reason(rule=rule, th=text.th, en=text.en)


def _words(value: Any, language: str) -> str:
    return str(getattr(value, language)) if isinstance(value, Text) else str(value)


def word(key: str) -> Text:
    """A word of the catalogue (an affiliation, a level); an unknown one stands for itself."""
    return CATALOGUE.fill(key, {}, {}) if key in CATALOGUE else Text(th=key, en=key)


def basis_words(basis: str) -> Text:
    """What a jurisdiction rests on, for people; one that is not in bases.yaml stands for itself.

    Of what the desk decided the day alone is told: these words reach people who may not know of
    the case.
    """
    if decided := DECIDED.fullmatch(basis):
        day = date.fromisoformat(decided[1])
        thai = f"{day:%d/%m}/{day.year + BUDDHIST_ERA}"
        return BASES.fill("desk_decided", {"day": thai}, {"day": f"{day:%d/%m/%Y}"})
    return BASES.fill(basis, {}, {}) if basis in BASES else Text(th=basis or "-", en=basis or "-")


def office_name(office: Office) -> Text:
    """An office as a reason names it."""
    return Text(th=office.name_th, en=office.name_en)


def office_names(offices: Iterable[Office]) -> Text:
    """Several offices in one sentence."""
    listed = tuple(offices)
    return Text(
        th=", ".join(one.name_th for one in listed) or "-",
        en=", ".join(one.name_en for one in listed) or "none",
    )


def province_name(province: Province) -> Text:
    """A province with its kind word; Bangkok has none."""
    key = "capital" if province.code == CAPITAL else "province"
    return CATALOGUE.fill(key, {"province": province.name_th}, {"province": province.name_en})


def district_name(district: District, directory: Directory) -> Text:
    """A district with its kind word and its province (domain.md §5: never อำเภอ in Bangkok)."""
    province = directory.province(district.province_code)
    th = {"district": district.name_th, "province": province.name_th if province else ""}
    en = {"district": district.name_en, "province": province.name_en if province else ""}
    return CATALOGUE.fill(district.kind, th, en)
