"""The standing committee of an office's safety centre: appointed by an order, replaced by the next.

Source: domain.md B4, B9. The caller commits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from agents.committee_models import ENDING, STANDING, Committee, CommitteeMember
from agents.committee_rules import (
    CHAIR,
    MEMBER,
    OVER,
    SECRETARY,
    WARN_BEFORE,
    Appointment,
    appointment_fault,
    term,
)
from agents.days import first_moment
from agents.models import Staff
from agents.profiles import note_change
from agents.queries import head_operator_ids
from agents.services import owe_notice
from agents.staffing import refusal, refuse_if
from core.zones import bangkok
from routing.models import Office

ORDER = (CHAIR, SECRETARY, MEMBER)


@dataclass(frozen=True)
class Member:
    """A member as one reads it; who has left stays on the order."""

    staff_id: int
    name: str
    part: str
    is_active: bool


@dataclass(frozen=True)
class StandingCommittee:
    """A committee with its members: the chair first, then the secretary, then the others."""

    committee: Committee
    members: tuple[Member, ...]

    def term(self, today: date) -> str:
        """How its term stands today."""
        return term(self.committee.ends_on, today)

    @property
    def chair_id(self) -> int | None:
        """The chair, while he or she works here."""
        return next(
            (one.staff_id for one in self.members if one.part == CHAIR and one.is_active), None
        )


def appoint(
    session: Session,
    office_code: str,
    wished: Appointment,
    *,
    actor_id: int | None,
    now: datetime,
) -> Committee:
    """Write down what an order says; another order's committee is replaced and stays to be seen.

    The same order again mends what was written. StaffRefused with the first rule that is broken.
    """
    today = bangkok(now).date()
    fault = appointment_fault(wished, today=today)
    if fault is not None or wished.appointed_on is None:
        raise refusal(fault or "appointed_missing")
    refuse_if(_missing(session, wished), "member_unknown")
    office = select(Office.id).where(Office.code == office_code)
    # One order after another: two that come at once must not both find none to replace.
    refuse_if(session.scalar(office.with_for_update(key_share=True)) is None, "office_gone")
    found = _standing_row(session, office_code)
    if found is not None and found.order_number != wished.order_number:
        found.replaced_at, found.warn_at = now, None
        session.flush()
        found = None
    made = found or Committee(office_code=office_code, recorded_by=actor_id, recorded_at=now)
    made.order_number = wished.order_number
    made.appointed_on, made.ends_on = wished.appointed_on, wished.ends_on
    made.warn_at = _warn_at(wished.ends_on, today)
    session.add(made)
    session.flush()
    _keep_members(session, made.id, wished)
    kept = {"office_code": office_code, "order": wished.order_number}
    note_change(session, "committee", staff_id=None, actor_id=actor_id, now=now, **kept)
    return made


def standing(session: Session, office_code: str) -> StandingCommittee | None:
    """The committee of an office that no later order has replaced; its term may be over."""
    found = _standing_row(session, office_code)
    return _with_members(session, [found])[0] if found else None


def committees_of(session: Session, office_code: str) -> list[StandingCommittee]:
    """Every committee that an office ever had, the latest first."""
    wanted = select(Committee).where(Committee.office_code == office_code)
    return _with_members(session, session.scalars(wanted.order_by(Committee.id.desc())).all())


def usable(found: StandingCommittee | None, today: date) -> StandingCommittee | None:
    """The committee to offer for a case: none where the term is over."""
    return None if found is None or found.term(today) == OVER else found


def warn_ending(session: Session, now: datetime, limit: int) -> int:
    """Tell the heads of offices whose committee's term ends soon, each once; returns how many.

    The row is claimed by emptying its moment, so that two sweeps tell nobody twice.
    """
    due = select(Committee.id).where(text(ENDING), Committee.warn_at <= now)
    claimed = session.execute(
        update(Committee)
        .where(Committee.id.in_(due.order_by(Committee.warn_at).limit(limit)))
        .where(text(ENDING))
        .values(warn_at=None)
        .returning(Committee.id, Committee.office_code, Committee.ends_on)
        .execution_options(synchronize_session=False)
    ).all()
    for row in claimed:
        heads = head_operator_ids(session, row.office_code)
        # With the day: a term that was corrected after the warning is warned of again.
        occasion = f"committee.{row.id}.{row.ends_on}"
        about: dict[str, Any] = {"occasion": occasion, "due_at": now, "now": now}
        for staff_id in heads:
            owe_notice(session, "committee_ending", staff_id=staff_id, **about)
        if not heads:
            owe_notice(session, "committee_ending", office_code=row.office_code, **about)
    return len(claimed)


def _standing_row(session: Session, office_code: str) -> Committee | None:
    wanted = select(Committee).where(Committee.office_code == office_code, text(STANDING))
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def _warn_at(ends_on: date | None, today: date) -> datetime | None:
    """When the heads are told; nobody is told of a term that was over when it was written down."""
    if ends_on is None or ends_on < today:
        return None
    return first_moment(ends_on) - WARN_BEFORE


def _missing(session: Session, wished: Appointment) -> bool:
    """Whether somebody on the order has no open account here."""
    people = {staff_id for staff_id, _ in wished.members}
    known = session.scalars(select(Staff.id).where(Staff.id.in_(people), Staff.active))
    return set(known) != people


def _keep_members(session: Session, committee_id: int, wished: Appointment) -> None:
    session.execute(delete(CommitteeMember).where(CommitteeMember.committee_id == committee_id))
    session.add_all(
        CommitteeMember(committee_id=committee_id, staff_id=staff_id, part=part)
        for staff_id, part in wished.members
    )
    session.flush()


def _with_members(session: Session, found: Sequence[Committee]) -> list[StandingCommittee]:
    wanted = (
        select(CommitteeMember, Staff.name, Staff.active)
        .join(Staff, Staff.id == CommitteeMember.staff_id)
        .where(CommitteeMember.committee_id.in_([one.id for one in found]))
        .order_by(CommitteeMember.staff_id)
    )
    members: dict[int, list[Member]] = {}
    for row, name, is_active in session.execute(wanted):
        member = Member(row.staff_id, name, row.part, is_active)
        members.setdefault(row.committee_id, []).append(member)
    return [StandingCommittee(one, _ordered(members.get(one.id, []))) for one in found]


def _ordered(members: Iterable[Member]) -> tuple[Member, ...]:
    return tuple(sorted(members, key=lambda one: (ORDER.index(one.part), one.staff_id)))
