"""What is asked on the explainer's page: typed words on the way in, codes alone in the address."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, StringConstraints

from cases.answers import CaseAnswers
from core.zones import bangkok
from routing.place_search import FoundPlaces, find_places
from routing.snapshot import Directory, District
from routing.vocabulary import LANGUAGES
from webapp.console.case_filters import Group
from webapp.console.language import gettext, marked
from webapp.console.pages import named
from webapp.console.thai_days import in_bangkok, read_day, read_time
from webapp.parameters import Moment, Parameters


def known_language(code: str) -> str:
    """The code of a language that callers may choose; ValueError for any other."""
    if code not in LANGUAGES:
        raise ValueError("no such language")
    return code


Conflict = Literal["yes", "no", "unanswered"]
Affiliation = Literal[
    "basic", "nonformal", "vocational", "private", "local", "university", "preschool", "other"
]
Language = Annotated[str, AfterValidator(known_language)]
Level = Literal["kindergarten_primary", "secondary", "vocational", "nonformal", "unknown"]
# What a form holds and an address does not: typed words become codes first.
TYPED = ("place", "day", "time")
LONGEST_PLACE = 100
SCHOOL_CODE = re.compile(r"[0-9A-Za-z-]{1,32}")
FAULTS = {
    "place": marked("No district or province is called this. Try the postal code."),
    "several": marked("Several places fit. Choose one of them."),
    "type": marked("This type belongs to another matter. Choose one of the same matter."),
    "school": marked("A school's code has digits and letters only."),
    "day": marked("Write the day like 21/11/2569 or 21/11/2026."),
    "time": marked("Write the time like 14:30."),
}


class AskedCodes(Parameters):
    """A question as an address holds it, in codes alone; without `at` it is about now."""

    group: Group
    type: Annotated[str, StringConstraints(pattern=r"^[VARU]\d{1,2}$")] | None = None
    district: Annotated[str, StringConstraints(pattern=r"^\d{4}$")] | None = None
    province: Annotated[str, StringConstraints(pattern=r"^\d{2}$")] | None = None
    affiliation: Affiliation | None = None
    level: Level | None = None
    school: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,32}$")] | None = None
    staff: Conflict = "unanswered"
    danger: Literal["yes"] | None = None
    language: Language = "th"
    at: Moment | None = None

    def answers(self) -> CaseAnswers:
        """What a caller would have told by keys."""
        return CaseAnswers(
            hazard_group=self.group,
            hazard_type=self.type,
            danger=self.danger == "yes",
            conflict=self.staff,
            level=self.level,
            affiliation=self.affiliation,
            district_code=self.district,
            province_code=self.province,
            school_code=self.school,
            place_confirmed=True,
            language=self.language,
        )

    def address(self) -> dict[str, str]:
        """The question as the parts of an address."""
        given = self.model_dump(exclude_none=True, exclude_defaults=True)
        if self.at is not None:
            given["at"] = bangkok(self.at).strftime("%Y-%m-%dT%H:%M")
        return given


@dataclass(frozen=True)
class TypedForm:
    """A form as it was sent: its fields, what is wrong with them, and the places to choose from."""

    fields: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
    places: FoundPlaces = field(default_factory=FoundPlaces)
    codes: Mapping[str, str] = field(default_factory=dict)


def read_form(sent: Mapping[str, str], directory: Directory, now: datetime) -> TypedForm:
    """The codes of a form, or what is wrong with it beside each field."""
    fields = {name: value.strip()[:LONGEST_PLACE] for name, value in sent.items()}
    faults: dict[str, str] = {}
    codes = {name: value for name, value in fields.items() if name not in TYPED and value}
    places = find_places(fields.get("place", ""), directory)
    if fields.get("place"):
        codes |= _place(places, faults)
    if fields.get("day") or fields.get("time"):
        codes |= _moment(fields, faults, now)
    _check_codes(codes, faults)
    return TypedForm(fields, faults, places if "place" in faults else FoundPlaces(), codes)


def typed_fields(codes: AskedCodes, directory: Directory) -> dict[str, str]:
    """A question of an address as the form shows it."""
    fields = {**codes.address(), "staff": codes.staff, "language": codes.language}
    fields["place"] = _place_words(codes, directory)
    if codes.at is not None:
        local = bangkok(codes.at)
        fields |= {"day": f"{local:%d/%m/}{local.year}", "time": f"{local:%H:%M}"}
    return fields


def _place(places: FoundPlaces, faults: dict[str, str]) -> dict[str, str]:
    found = places.only
    if found is None:
        is_several = places.districts or places.provinces
        faults["place"] = _fault("several" if is_several else "place")
        return {}
    return {"district" if isinstance(found, District) else "province": found.code}


def _moment(fields: Mapping[str, str], faults: dict[str, str], now: datetime) -> dict[str, str]:
    try:
        day = read_day(fields["day"]) if fields.get("day") else bangkok(now).date()
    except ValueError:
        faults["day"] = _fault("day")
        return {}
    try:
        at = read_time(fields["time"]) if fields.get("time") else time(12)
    except ValueError:
        faults["time"] = _fault("time")
        return {}
    return {"at": in_bangkok(day, at).strftime("%Y-%m-%dT%H:%M")}


def _check_codes(codes: Mapping[str, str], faults: dict[str, str]) -> None:
    kind = codes.get("type")
    if kind and kind[:1] != codes.get("group"):
        faults["type"] = _fault("type")
    if "school" in codes and not SCHOOL_CODE.fullmatch(codes["school"]):
        faults["school"] = _fault("school")


def _fault(name: str) -> str:
    return gettext(FAULTS[name])


def _place_words(codes: AskedCodes, directory: Directory) -> str:
    """A place as `find_places` finds it again, in the reader's language; with its code where two
    of a province are called the same."""
    district = directory.district(codes.district)
    province = directory.province(district.province_code if district else codes.province)
    known: list[Any] = [one for one in (district, province) if one is not None]
    words = " ".join(named(one) for one in known)
    code = codes.district or codes.province or ""
    is_enough = known and find_places(words, directory).only == known[0]
    return words if is_enough else f"{words} {code}".strip()
