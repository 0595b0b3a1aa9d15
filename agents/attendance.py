"""When an office works: now, and in the days to come."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from agents.coverage_rules import attended, days_from
from agents.hours import hours_of
from agents.roster_queries import Days, team_of
from agents.roster_rules import ONE_DAY, Period
from core.zones import bangkok
from routing.directory import Directory, current_directory
from routing.opening import is_open


def office_is_open(directory: Directory, office_code: str, now: datetime) -> bool:
    """Whether an office's hours hold now: its own where it has some, else the usual ones."""
    today = bangkok(now).date()
    usual = hours_of(office_code, today, today)
    return is_open(now, directory.hours.get(office_code), usual)


def office_attended(
    session: Session, office_code: str, roles: Collection[str], *, now: datetime, days: int
) -> tuple[Period, ...]:
    """When somebody of the office with one of the roles and a phone is there, in order: by the
    roster where one is kept, else by its hours, less leave. What has begun already is among them.
    """
    first = bangkok(now).date()
    looked_at = Days(first - ONE_DAY, first + timedelta(days=days))
    team = team_of(session, office_code, roles, looked_at)
    found = attended(
        {one.staff_id for one in team.members if one.phone},
        team.roster,
        days_from(now - ONE_DAY, days + 1),
        week=current_directory(session).hours.get(office_code),
        usual=hours_of(office_code, looked_at.first, looked_at.last),
    )
    return tuple(found)
