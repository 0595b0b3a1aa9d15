"""What was put right about a case, in words: old and new of each thing."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from cases.correcting import CORRECTED, DISTRICT, HAZARD, INTENT, ROLE, SCHOOL, SEVERITY
from cases.inferring import UNKNOWN
from cases.taxonomy import shipped_types
from routing.catalogue import Text
from routing.directory import current_directory
from webapp.console.case_words import in_language, word
from webapp.console.pages import named

ORDER = (HAZARD, SEVERITY, DISTRICT, SCHOOL, INTENT, ROLE)
NOTHING = "–"


def changes(data: Mapping[str, Any], places: Mapping[str, str]) -> str:
    """An entry's changes in one line; `places` are the names of districts by code."""
    return " · ".join(
        f"{word('correction', name)}: {_value(name, old, places)} → {_value(name, new, places)}"
        for name in ORDER
        if name in data
        for old, new in [data[name]]
    )


def corrected_places(session: Session, events: Iterable[Any]) -> dict[str, str]:
    """The names of the districts that such entries mention, by code."""
    of_events = [one.data for one in events if one.kind == CORRECTED and DISTRICT in one.data]
    codes = {code for data in of_events for code in data[DISTRICT] if code}
    if not codes:
        return {}
    districts = current_directory(session).districts
    return {code: named(districts[code]) for code in codes if code in districts}


def hazard_word(code: str) -> str:
    """A type or a group by name; one that the ministry added stands for itself."""
    if len(code) == 1:
        return word("group", code)
    shipped = shipped_types().get(code)
    return in_language(Text(shipped["th"], shipped["en"])) if shipped else code


def _value(name: str, code: str | None, places: Mapping[str, str]) -> str:
    if code is None or code == UNKNOWN:
        return NOTHING
    words: dict[str, Callable[[str], str]] = {
        HAZARD: hazard_word,
        DISTRICT: lambda one: places.get(one, one),
        SCHOOL: str,
    }
    return words[name](code) if name in words else word(name, code)
