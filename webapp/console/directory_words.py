"""What the directory's codes, places and changes are called on its pages, in the reader's language
(data/directory_words.yaml)."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from core.zones import bangkok
from routing.catalogue import Catalogue
from routing.change_models import DirectoryChange
from routing.csv_tables import CATALOGUE as REFUSALS
from routing.csv_tables import Refusal
from routing.directory import Directory
from routing.export import dialled
from routing.loading import Change
from routing.reasons import CATALOGUE as REASONS
from routing.reasons import basis_words, district_name, province_name
from routing.reasons import word as routing_word
from webapp.console.case_words import in_language
from webapp.console.dates import thai_date
from webapp.console.language import gettext, marked

CATALOGUE = Catalogue(Path(__file__).parent / "data" / "directory_words.yaml")
NOTHING = "–"
SWITCHES = ("active", "is_on", "confirmed")
MOMENTS = ("valid_from", "valid_to")
EVERYWHERE = marked("the whole country")


def word(kind: str, code: object) -> str:
    """A code's word; affiliations and levels are called as in reasons, others stand for
    themselves."""
    key = f"{kind}.{code}"
    if key in CATALOGUE:
        return in_language(CATALOGUE.fill(key, {}, {}))
    if kind in ("affiliation", "level") and str(code) in REASONS:
        return in_language(routing_word(str(code)))
    return str(code)


def has_word(kind: str, code: str) -> bool:
    """Whether the catalogue has something to say."""
    return f"{kind}.{code}" in CATALOGUE


def place(directory: Directory, district: str | None, province: str | None) -> str:
    """A district with its province, a province, or the whole country."""
    if found := directory.district(district):
        return in_language(district_name(found, directory))
    if above := directory.province(province):
        return in_language(province_name(above))
    return gettext(EVERYWHERE)


def value(directory: Directory, column: str, given: Any) -> str:
    """What stands in a column, as a reader knows it."""
    if given is None or given == "":
        return NOTHING
    if column in SWITCHES:
        return word("yes_no", bool(given))
    if column in MOMENTS:
        moment = datetime.fromisoformat(given) if isinstance(given, str) else given
        return day(moment)
    if column == "phone":
        return dialled(given)
    if column == "basis":
        return in_language(basis_words(given))
    if column == "province_code":
        return place(directory, None, given)
    if column == "district_code":
        return place(directory, given, None)
    return word(column, given)


def day(moment: datetime) -> str:
    """A date, with its time where that is not midnight."""
    local = bangkok(moment)
    return (
        thai_date(moment)
        if (local.hour, local.minute) == (0, 0)
        else (f"{thai_date(moment)} {local:%H:%M}")
    )


def columns_changed(
    directory: Directory, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[tuple[str, str, str]]:
    """Each column that differs: its name, what stood there, what stands there now."""
    old, new = before or {}, after or {}
    names = [name for name in (new or old) if old.get(name) != new.get(name)]
    return [
        (
            word("column", name),
            value(directory, name, old.get(name)),
            value(directory, name, new.get(name)),
        )
        for name in names
        if has_word("column", name)
    ]


def row_name(directory: Directory, change: Change | DirectoryChange) -> str:
    """Which row of an office a change is about, such as "basic education, Trang"."""
    what = change.what if isinstance(change, DirectoryChange) else change.model.__tablename__
    parts = change.detail.split()
    if what == "office_hours":
        return " ".join([word("weekday", parts[0]), *parts[1:]])
    if what == "district":
        return place(directory, change.about, None)
    # The last code is the narrowest place.
    codes = [one for one in parts if one.isdigit()]
    words = [word("affiliation", one) for one in parts if not one.isdigit()]
    if what == "jurisdiction":
        narrowest = codes[-1] if codes else None
        words.append(place(directory, narrowest, narrowest))
    return ", ".join(words)


def refusal_words(refusal: Refusal) -> str:
    """Why a field is refused, with the field called as on the page."""
    column = refusal.values.get("column")
    values = {**refusal.values, "column": word("column", column)} if column else refusal.values
    if not values:
        return in_language(refusal)
    return in_language(REFUSALS.fill(refusal.rule, values, values))
