"""When something begins, as it is said: today, tomorrow or a day, and a time of that day."""

from datetime import datetime
from typing import Any, Final

from core.zones import bangkok
from ivr.words import number, words_of

NEAR: Final = {0: "today", 1: "tomorrow"}
HALF_DAY: Final = 12


def opening(at: datetime, days_ahead: int, lang: str) -> str:
    """The moment at which people are there again, as callers in Bangkok would call it."""
    names, local = words_of(lang), bangkok(at)
    template = names["opening"][NEAR.get(days_ahead, "later")]
    return str(template).format(
        weekday=names["weekdays"][local.weekday()],
        day=number(local.day, lang),
        month=names["months"][local.month - 1],
        time=_time(local, names, lang),
    )


def _time(local: datetime, names: dict[str, Any], lang: str) -> str:
    hour, part = local.hour, ""
    if "parts_of_day" in names:
        part = names["parts_of_day"][max(one for one in names["parts_of_day"] if one <= hour)]
        hour = hour % HALF_DAY or HALF_DAY
    template = names["clock"]["minutes" if local.minute else "whole"]
    minute = number(local.minute, lang)
    return str(template).format(hour=number(hour, lang), minute=minute, part=part)
