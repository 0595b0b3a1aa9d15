"""What people see of notices: their inbox, how many are new, which of them nobody got."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    exists,
    func,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from agents.models import OWED, UNDELIVERED, Notice, StaffRole
from agents.notice_models import NoticeBarred, NoticeDelivery, NoticeReceipt
from agents.notice_receivers import receiver_key
from agents.notice_texts import Line, line_text
from core.counting import at_most

OFFICE_READERS = ("operator", "head_operator", "supervisor")
WITHDRAWN = "withdrawn"
MOST = 10_000
MANY = 100
# A door that knows more of a notice's matter leaves out what its reader must not know.
ALL = true()


@dataclass(frozen=True)
class InboxItem:
    """A notice as its receiver reads it; `is_settled` is one whose matter is over."""

    notice_id: int
    template: str
    text: str
    reference: str | None
    office_code: str | None
    at: datetime
    seen_at: datetime | None
    is_settled: bool


@dataclass(frozen=True)
class Failure:
    """A channel on which a notice did not arrive, where no other one helped."""

    notice_id: int
    template: str
    reference: str | None
    line: Line
    receiver: str
    channel: str
    state: str
    error_code: str | None
    tries: int
    at: datetime


def inbox(
    session: Session,
    staff_id: int,
    *,
    language: str,
    now: datetime,
    limit: int = 50,
    also: ColumnElement[bool] = ALL,
) -> list[InboxItem]:
    """A person's notices and those of the offices whose cases the person receives.

    What `unseen` counts comes first, then the newest.
    """
    is_old = or_(NoticeReceipt.seen_at.is_not(None), Notice.state == "settled")
    seen = and_(NoticeReceipt.notice_id == Notice.id, NoticeReceipt.staff_id == staff_id)
    codes = session.scalars(_offices_of(staff_id)).all()
    newest = select(_newest(staff_id, codes, now, max(limit, MANY), also).c.id)
    rows = session.execute(
        select(Notice, NoticeReceipt.seen_at)
        .outerjoin(NoticeReceipt, seen)
        .where(Notice.id.in_(newest))
        .order_by(is_old, Notice.id.desc())
        .limit(limit)
    )
    return [_item(notice, seen_at, language) for notice, seen_at in rows]


def unseen(
    staff_id: int, offices: Collection[str], *, now: datetime, also: ColumnElement[bool] = ALL
) -> Select[Any]:
    """Ids of those of a person's newest notices that are not seen.

    The `offices` are those where the person has one of OFFICE_READERS.
    """
    newest = _newest(staff_id, offices, now, MANY, also).c
    receipt = exists().where(
        NoticeReceipt.notice_id == newest.id, NoticeReceipt.staff_id == staff_id
    )
    return select(newest.id).where(newest.state != "settled", ~receipt)


def _newest(
    staff_id: int, codes: Collection[str], now: datetime, limit: int, also: ColumnElement[bool]
) -> Subquery:
    """Ids and states of a person's newest notices and of those of the person's offices.

    Two looks, each by its own index: a planner reads the whole table for one with OR.
    """
    shown = (Notice.state != WITHDRAWN, Notice.due_at <= now, _not_barred(staff_id), also)
    looks = (
        select(Notice.id, Notice.state).where(Notice.recipient_staff_id == staff_id, *shown),
        select(Notice.id, Notice.state).where(
            Notice.office_code.in_(codes), _lies_at_office(), *shown
        ),
    )
    newest = (look.order_by(Notice.id.desc()).limit(limit).subquery() for look in looks)
    return union_all(*(select(found) for found in newest)).subquery()


def failures(
    session: Session,
    office_codes: Collection[str],
    *,
    staff_id: int,
    limit: int = 100,
    also: ColumnElement[bool] = ALL,
) -> list[Failure]:
    """Notices to these offices and their people that reached nobody, for a person to see to."""
    return lost_deliveries(session, told_at(office_codes, staff_id), also, limit=limit)


def told_at(office_codes: Collection[str], staff_id: int) -> ColumnElement[bool]:
    """Notices to these offices and their people, but for what this reader must not know."""
    people = select(StaffRole.staff_id).where(StaffRole.office_code.in_(office_codes))
    of_office = and_(Notice.recipient_staff_id.is_(None), Notice.office_code.in_(office_codes))
    theirs = or_(Notice.recipient_staff_id.in_(people), of_office)
    return and_(theirs, Notice.state != WITHDRAWN, _not_barred(staff_id))


def lost_deliveries(
    session: Session, *conditions: ColumnElement[bool], limit: int = 100
) -> list[Failure]:
    """The channels on which the notices that reached nobody failed, newest first."""
    wanted = (
        select(Notice, NoticeDelivery)
        .join(NoticeDelivery, NoticeDelivery.notice_id == Notice.id)
        .where(
            text(f"notices.{UNDELIVERED}"),
            *conditions,
            NoticeDelivery.state.in_(("failed", "given_up", "skipped")),
        )
        .order_by(Notice.id.desc(), NoticeDelivery.id)
        .limit(limit)
    )
    return [_failure(notice, delivery) for notice, delivery in session.execute(wanted)]


def owed_count(session: Session, now: datetime) -> int:
    """Notices that are due and not planned yet."""
    return _count(session, select(Notice.id).where(text(OWED), Notice.due_at <= now), MOST)


def undelivered_count(session: Session) -> int:
    """Notices that reached nobody and that nobody has seen in the console."""
    return _count(session, select(Notice.id).where(text(UNDELIVERED)), MOST)


def oldest_owed(session: Session) -> datetime | None:
    """The moment of the notice that has been due longest; in the future when none is."""
    return session.scalar(select(func.min(Notice.due_at)).where(text(OWED)))


def unread_by(session: Session, staff_id: int, notice_ids: Collection[int]) -> Sequence[Notice]:
    """Those of a person's notices about something open that the person has not read yet."""
    read = exists().where(NoticeReceipt.notice_id == Notice.id, NoticeReceipt.staff_id == staff_id)
    mine = (Notice.id.in_(notice_ids), for_person(staff_id), Notice.state != "settled")
    return session.scalars(select(Notice).where(*mine, ~read).order_by(Notice.id)).all()


def for_person(staff_id: int) -> ColumnElement[bool]:
    """The notices that a person may see: never one of a matter that must stay unknown."""
    offices = _offices_of(staff_id)
    of_office = and_(_lies_at_office(), Notice.office_code.in_(offices))
    mine = or_(Notice.recipient_staff_id == staff_id, of_office)
    return and_(mine, Notice.state != WITHDRAWN, _not_barred(staff_id))


def _lies_at_office() -> ColumnElement[bool]:
    """The condition that a notice is an office's own: not one beside those of its people."""
    return and_(Notice.recipient_staff_id.is_(None), ~Notice.is_beside)


def _offices_of(staff_id: int) -> Select[str]:
    """The offices whose notices a person reads."""
    return select(StaffRole.office_code).where(
        StaffRole.staff_id == staff_id, StaffRole.role.in_(OFFICE_READERS)
    )


def _not_barred(staff_id: int) -> ColumnElement[bool]:
    return ~exists().where(NoticeBarred.notice_id == Notice.id, NoticeBarred.staff_id == staff_id)


def _item(notice: Notice, seen_at: datetime | None, language: str) -> InboxItem:
    return InboxItem(
        notice_id=notice.id,
        template=notice.template,
        text=line_text(line_of(notice), language),
        reference=notice.reference,
        office_code=notice.office_code,
        at=notice.due_at,
        seen_at=seen_at,
        is_settled=notice.state == "settled",
    )


def line_of(notice: Notice) -> Line:
    """A notice as far as texts know it."""
    return Line(
        notice.template,
        notice.reference,
        notice.created_at,
        severity=notice.severity,
        answer_by=notice.answer_by,
    )


def _failure(notice: Notice, delivery: NoticeDelivery) -> Failure:
    return Failure(
        notice_id=notice.id,
        template=notice.template,
        reference=notice.reference,
        line=line_of(notice),
        receiver=receiver_key(notice),
        channel=delivery.channel,
        state=delivery.state,
        error_code=delivery.error_code,
        tries=delivery.tries,
        at=delivery.due_at,
    )


def _count(session: Session, wanted: Select[Any], most: int) -> int:
    return session.scalar(select(at_most(wanted, most))) or 0
