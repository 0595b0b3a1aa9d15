"""What a cell may hold: choices, yes and no, moments, telephones, texts of a bounded length."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from core.numbers import number_fingerprint
from core.phones import dialable, normalise
from core.zones import BANGKOK
from routing.csv_tables import Refusal, Row, refuse

YES = frozenset({"", "true", "yes", "1", "ใช่"})
YEARS = range(2000, 2400)
NO = frozenset({"false", "no", "0", "ไม่"})


def check_choice(row: Row, column: str, choices: Iterable[str]) -> Iterator[Refusal]:
    """One of the choices, or empty."""
    value, allowed = row[column], tuple(choices)
    if value and value not in allowed:
        listed = ", ".join(allowed)
        yield refuse(row, "value_unknown", column=column, choices=listed, value=value)


def check_needed(row: Row, *columns: str) -> Iterator[Refusal]:
    """Not empty."""
    for column in columns:
        if not row[column]:
            yield refuse(row, "value_missing", column=column)


def check_length(row: Row, most: int, *columns: str) -> Iterator[Refusal]:
    """Short enough for its column in the database."""
    for column in columns:
        if len(row[column]) > most:
            yield refuse(row, "value_long", column=column, most=most)


def check_yes_no(row: Row, column: str) -> Iterator[Refusal]:
    """A yes (also when empty) or a no."""
    if row[column].lower() not in YES | NO:
        listed = "true, false"
        yield refuse(row, "value_unknown", column=column, choices=listed, value=row[column])


def yes_no(value: str) -> bool:
    """True unless the cell says no."""
    return value.lower() not in NO


def check_moment(row: Row, column: str) -> Iterator[Refusal]:
    """An ISO date or time of our days, or empty; a year of the Buddhist era is a slip."""
    try:
        found = moment(row[column])
    except ValueError:
        yield refuse(row, "moment_bad", column=column, value=row[column])
    else:
        if found and found.year not in YEARS:
            yield refuse(row, "year_bad", column=column, value=found.year)


def moment(value: str) -> datetime | None:
    """An ISO date or time as an aware moment; without an offset it is Bangkok's.

    Raises ValueError for anything else.
    """
    if not value:
        return None
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=BANGKOK)


def check_phone(row: Row, column: str) -> Iterator[Refusal]:
    """A Thai fixed or mobile number, however it is written, or empty."""
    if row[column] and not dialable(normalise(row[column])):
        yield refuse(row, "phone_bad", column=column, value=row[column])


def phone_values(row: Row, column: str) -> dict[str, str | None]:
    """The number in E.164 with what callers' numbers are compared with; nothing where the line
    does not name it."""
    if column not in row.cells:
        return {}
    number = normalise(row[column])
    return {column: number, f"{column}_fingerprint": number_fingerprint(number)}
