"""The duty switch: whoever is on duty is rung."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agents.errors import DutyRefused
from agents.models import Staff, StaffRole
from agents.queries import AGENT, OPERATORS, duties_of
from core.logs import logger
from core.zones import bangkok

ON: Final = "on"
OFF: Final = "off"
AUTO: Final = "auto"
DUTIES: Final = (ON, OFF, AUTO)

log = logger(__name__)


@dataclass(frozen=True)
class Standing:
    """Whether a person is on duty now; whether a roster decides, whether they are on leave."""

    is_on: bool
    by_roster: bool
    is_away: bool


def set_duty(session: Session, staff_id: int, duty: str, *, now: datetime) -> bool:
    """Be on duty, off duty, or as the roster says; tells whether the person is on duty now.

    Where the office keeps a roster, "on" and "off" hold for the day (agents.roster_rules).
    DutyRefused for anything else, and for a person who is not active. Being on call is not duty:
    the hotline's on-call list rings all the same.
    """
    if duty not in DUTIES:
        raise DutyRefused("duty")
    changed = session.execute(
        update(Staff)
        .where(Staff.id == staff_id, Staff.active)
        .values(duty=duty, duty_since=now)
        .returning(Staff.id)
        .execution_options(synchronize_session="fetch")
    ).one_or_none()
    if changed is None:
        raise DutyRefused("not_active")
    log.info("duty changed", staff_id=staff_id, duty=duty)
    held = select(StaffRole.role, StaffRole.office_code).where(StaffRole.staff_id == staff_id)
    roles = [(row.role, row.office_code) for row in session.execute(held)]
    return standing(session, staff_id, roles, now=now).is_on


def standing(
    session: Session, staff_id: int, roles: Iterable[tuple[str, str]], *, now: datetime
) -> Standing:
    """Whether a person is on duty at any office at which they can be rung, and by what.

    `roles` are all that the person holds, each with its office.
    """
    rung: dict[str, set[str]] = {}
    for role, office_code in roles:
        if role in (AGENT, *OPERATORS):
            rung.setdefault(office_code, set()).add(role)
    found = duties_of(session, rung, now=now).values()
    today = bangkok(now).date()
    return Standing(
        is_on=any(staff_id in one.staff_ids for one in found),
        by_roster=any(one.roster.is_kept for one in found),
        is_away=any(one.roster.is_away(staff_id, today) for one in found),
    )
