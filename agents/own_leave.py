"""Leave that a person enters: it holds like any other, and the heads are told of it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.errors import RosterRefused
from agents.queries import head_operator_ids
from agents.roster_models import AbsenceRow
from agents.roster_rules import LEAVE, OFFICE, SWAP
from agents.roster_wishes import AbsenceWish
from agents.rosters import RosterKey, add_absence, end_absence, rung_at
from agents.services import owe_notice
from core.zones import bangkok

TEMPLATE = "leave_entered"


def rosters_of(roles: Collection[tuple[str, str]]) -> list[str]:
    """The offices whose rosters a person with these (role, office) pairs stands in."""
    return sorted({office for role, office in roles if role in rung_at(office)})


def own_leave(session: Session, staff_id: int, today: date) -> Sequence[AbsenceRow]:
    """A person's leave that is not over, the first one first."""
    wanted = select(AbsenceRow).where(
        AbsenceRow.staff_id == staff_id, AbsenceRow.last_day >= today, AbsenceRow.reason != SWAP
    )
    return session.scalars(wanted.order_by(AbsenceRow.first_day, AbsenceRow.id)).all()


def enter_leave(
    session: Session, wish: AbsenceWish, offices: Sequence[str], *, now: datetime
) -> AbsenceRow:
    """Keep a person's own leave, which holds at all offices; RosterRefused says what is wrong.

    Who stands in is for the heads to say, and giving shifts away too.
    """
    if wish.reason not in LEAVE or wish.cover_id is not None:
        raise RosterRefused("reason_bad")
    if not offices:
        raise RosterRefused("person_unknown")
    if wish.first_day < bangkok(now).date():
        raise RosterRefused("leave_past")
    row = add_absence(session, RosterKey(offices[0], OFFICE), wish, by=wish.staff_id, now=now)
    for office in offices:
        _tell(session, row, office, now)
    return row


def take_leave_back(session: Session, staff_id: int, absence_id: int, *, now: datetime) -> bool:
    """End leave that the person entered, from today on; False for any other."""
    today = bangkok(now).date()
    mine = (one for one in own_leave(session, staff_id, today) if one.created_by == staff_id)
    row = next((one for one in mine if one.id == absence_id), None)
    if row is None:
        return False
    return end_absence(session, row.office_code, row.id, by=staff_id, today=today)


def _tell(session: Session, row: AbsenceRow, office: str, now: datetime) -> None:
    """The office's heads; the office itself where the person is its only head."""
    heads = [one for one in head_operator_ids(session, office) if one != row.staff_id]
    receivers: list[dict[str, int | str]] = [{"staff_id": one} for one in heads]
    for receiver in receivers or [{"office_code": office}]:
        owe_notice(
            session,
            TEMPLATE,
            **receiver,  # type: ignore[arg-type]
            occasion=str(row.id),
            due_at=now,
            now=now,
        )
