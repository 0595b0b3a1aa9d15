"""Dates and times as people in Thailand read them: Bangkok, the Buddhist era in Thai."""

from datetime import date, datetime, time

from babel.dates import format_date

from core.clock import now
from core.zones import BANGKOK, bangkok
from webapp.console.language import current_language

BUDDHIST_ERA = 543
NO_BREAK = "\N{NO-BREAK SPACE}"
# domain.md §5
THAI_MONTHS = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)


def thai_date(moment: datetime) -> str:
    """ "20 พ.ย. 2569" in Thai, "20 Nov 2026" in English."""
    return thai_day(bangkok(moment))


def thai_day(day: date) -> str:
    """The same for a day that is no moment."""
    if current_language() == "th":
        return f"{day.day} {THAI_MONTHS[day.month - 1]} {day.year + BUDDHIST_ERA}"
    return f"{day.day} {day:%b} {day.year}"


def thai_time(moment: datetime) -> str:
    """ "14:05 น." in Thai, whose last word never stands on a line alone; "14:05" in English."""
    local = bangkok(moment)
    return f"{local:%H:%M}{NO_BREAK}น." if current_language() == "th" else f"{local:%H:%M}"


def thai_moment(moment: datetime) -> str:
    """The time alone for today, otherwise with its date before it."""
    if bangkok(moment).date() == bangkok(now()).date():
        return thai_time(moment)
    return f"{thai_date(moment)} {thai_time(moment)}"


def long_date(day: date) -> str:
    """A date that has no time."""
    return thai_date(datetime.combine(day, time.min, BANGKOK))


def short_day(day: date) -> str:
    """ "จ. 16 พ.ย." in Thai, "Mon 16 Nov" in English."""
    return str(format_date(day, "EEE d MMM", locale=current_language()))


def weekday_name(number: int) -> str:
    """The name of a weekday, Monday 1 to Sunday 7."""
    # The first of June 2026 is a Monday.
    return str(format_date(date(2026, 6, number), "EEEE", locale=current_language()))


def month_name(number: int) -> str:
    """The name of a month."""
    return str(format_date(date(2026, number, 1), "LLLL", locale=current_language()))


def era_year(year: int) -> int:
    """The year as the reader counts: 2569 in Thai, 2026 in English."""
    return year + BUDDHIST_ERA if current_language() == "th" else year
