"""Dates and times as people in Thailand read them: Bangkok, the Buddhist era in Thai."""

from datetime import datetime

from core.clock import now
from core.zones import bangkok
from webapp.console.language import current_language

BUDDHIST_ERA = 543
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
    local = bangkok(moment)
    if current_language() == "th":
        return f"{local.day} {THAI_MONTHS[local.month - 1]} {local.year + BUDDHIST_ERA}"
    return f"{local.day} {local:%b} {local.year}"


def thai_time(moment: datetime) -> str:
    """ "14:05 น." in Thai, "14:05" in English."""
    local = bangkok(moment)
    return f"{local:%H:%M} น." if current_language() == "th" else f"{local:%H:%M}"


def thai_moment(moment: datetime) -> str:
    """The time alone for today, otherwise with its date before it."""
    if bangkok(moment).date() == bangkok(now()).date():
        return thai_time(moment)
    return f"{thai_date(moment)} {thai_time(moment)}"
