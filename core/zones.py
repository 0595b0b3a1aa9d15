"""The zone that people read times in; pure, unlike the clock."""

from datetime import datetime, timedelta, timezone

# Thailand keeps UTC+7 all year (domain.md §5); a fixed offset needs no zone database.
BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")


def bangkok(moment: datetime) -> datetime:
    """The same moment as people in Thailand read it."""
    return moment.astimezone(BANGKOK)
