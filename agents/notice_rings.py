"""Notices that are told by telephone: whose phone is to ring, and what comes of a ring.

This floor keeps the rows; the floor of calls rings, and tells here how it ended (design.md §2).
Rows that are told in one ring share its `token`, like those of one mail.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, select, text, tuple_, update
from sqlalchemy.orm import Session, aliased

from agents.models import Notice
from agents.notice_models import LOOSE, OPEN, NoticeDelivery, NoticeReceipt
from agents.notice_planning import PLANNED, UNDELIVERED, Planner, plan_further
from agents.notice_policy import PHONE, current_policy
from agents.notice_receivers import STAFF, Receiver, receivers
from agents.notice_rules import next_try, quiet_until
from agents.notice_services import current_carriers, usable
from agents.notices import mark_some_seen

SEEN, SETTLED, KNOWN_ELSEWHERE = "seen", "settled", "known_elsewhere"
LIVING: Final = (PLANNED, UNDELIVERED)


@dataclass(frozen=True)
class Told:
    """A person who is to be rung now, and the notices that one ring tells of."""

    staff_id: int
    notice_ids: tuple[int, ...]
    row_ids: tuple[int, ...]
    phone: str = field(repr=False)


def rings_due(session: Session, now: datetime, limit: int) -> list[int]:
    """Ids of the deliveries by telephone that are due, emergencies first."""
    found: list[int] = []
    for emergency in (True, False):
        due = (
            select(NoticeDelivery.id)
            .where(
                text(OPEN),
                NoticeDelivery.channel == PHONE,
                NoticeDelivery.emergency == emergency,
                NoticeDelivery.due_at <= now,
            )
            .order_by(NoticeDelivery.due_at, NoticeDelivery.id)
            .limit(limit - len(found))
        )
        found += session.scalars(due)
    return found


def take_due(session: Session, delivery_id: int, *, now: datetime) -> Told | None:
    """Hold a due delivery and all that the same ring tells; None when nobody is to be rung now.

    What need not be told any more is put away, and what must wait for its hour waits.
    """
    lead = session.scalar(
        select(NoticeDelivery)
        .where(
            NoticeDelivery.id == delivery_id,
            NoticeDelivery.channel == PHONE,
            text(OPEN),
            NoticeDelivery.due_at <= now,
        )
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if lead is None:
        return None
    receiver = receivers(session, [lead.receiver])[lead.receiver]
    rows = _needed(session, _companions(session, lead, now), receiver, now)
    if not rows:
        return None
    found = current_policy().classes[lead.notice_class]
    quiet = quiet_until(now, receiver.quiet) if found.quiet else None
    ids = tuple(row.id for row in rows)
    if quiet is not None:
        put_off(session, ids, quiet)
        return None
    return Told(
        staff_id=int(lead.receiver.removeprefix(STAFF)),
        notice_ids=tuple(sorted(row.notice_id for row in rows)),
        row_ids=ids,
        phone=receiver.addresses[PHONE],
    )


def put_off(session: Session, row_ids: Collection[int], until: datetime) -> None:
    """Nobody is rung for these before that moment."""
    _set(session, NoticeDelivery.id.in_(row_ids), state="owed", token=None, due_at=until)


def ring_goes_on(session: Session, token: str, until: datetime) -> None:
    """The ring of these rows is not over: they are looked at again at that moment."""
    _set(session, NoticeDelivery.token == token, due_at=until, claimed_until=until)


def token_of(session: Session, delivery_id: int) -> str | None:
    """The ring that a delivery belongs to now; None for one that waits."""
    return session.scalar(select(NoticeDelivery.token).where(NoticeDelivery.id == delivery_id))


def ring_begins(session: Session, told: Told, token: str, *, until: datetime) -> None:
    """These rows belong to one ring now, which is looked after by others until that moment."""
    _set(
        session,
        NoticeDelivery.id.in_(told.row_ids),
        state="claimed",
        token=token,
        tries=NoticeDelivery.tries + 1,
        claimed_until=until,
        due_at=until,
    )


def is_rung_about(session: Session, notice_ids: Collection[int]) -> bool:
    """Whether somebody else is rung about one of these matters now: one after another are."""
    theirs = _same_matter(session, notice_ids)
    ringing = exists().where(
        NoticeDelivery.notice_id == Notice.id,
        NoticeDelivery.channel == PHONE,
        NoticeDelivery.state == "claimed",
    )
    found = select(Notice.id).where(theirs, Notice.id.not_in(notice_ids), ringing).limit(1)
    return session.scalar(found) is not None


def is_wanted(session: Session, staff_id: int, notice_ids: Collection[int]) -> bool:
    """Whether the person has still to be told of any of these."""
    return bool(_unseen(session, staff_id, notice_ids))


def may_ring_again(session: Session, notice_ids: Collection[int]) -> bool:
    """Whether another ring about any of these may follow the one that there is."""
    most = len(current_policy().telephone.pauses_s)
    left = exists().where(
        NoticeDelivery.notice_id.in_(notice_ids),
        NoticeDelivery.channel == PHONE,
        text(OPEN),
        NoticeDelivery.tries <= most,
    )
    return bool(session.scalar(select(left)))


def heard(session: Session, staff_id: int, notice_ids: Collection[int], *, now: datetime) -> None:
    """The person pressed the key for it: that is the receipt, whenever we hear of it."""
    ids = _unseen(session, staff_id, notice_ids)
    mark_some_seen(session, staff_id, ids, now=now)
    _set(
        session,
        NoticeDelivery.notice_id.in_(ids) & (NoticeDelivery.channel == PHONE),
        state="sent",
        sent_at=now,
        seen_at=now,
        error_code=None,
        claimed_until=None,
    )


def ring_later(session: Session, notice_ids: Collection[int], *, now: datetime) -> None:
    """The person asked for the next ring about these, where there is one, after a pause."""
    waiting = (NoticeDelivery.notice_id.in_(notice_ids), NoticeDelivery.channel == PHONE)
    wanted_at = now + timedelta(seconds=current_policy().telephone.again_s)
    _set(session, and_(*waiting, NoticeDelivery.state == "owed"), due_at=wanted_at)


def not_rung(session: Session, token: str, *, until: datetime) -> None:
    """A ring was broken off before anybody could answer: it was no try, and comes again then."""
    ringing = and_(NoticeDelivery.token == token, NoticeDelivery.state == "claimed")
    tries = NoticeDelivery.tries - 1
    free = {"state": "owed", "token": None, "claimed_until": None}
    _set(session, ringing, tries=tries, due_at=until, **free)


def unheard(session: Session, token: str, staff_id: int, code: str, *, now: datetime) -> None:
    """A ring ended without a receipt: the next one after a pause, the end after the last."""
    ringing = select(NoticeDelivery).where(
        NoticeDelivery.token == token, NoticeDelivery.state == "claimed"
    )
    rows = session.scalars(ringing.execution_options(populate_existing=True)).all()
    wanted = _unseen(session, staff_id, [row.notice_id for row in rows])
    ended = []
    for row in rows:
        again = next_try(row.tries, current_policy().telephone.pauses_s, now)
        row.token, row.claimed_until, row.error_code = None, None, code
        if row.notice_id not in wanted:
            row.state, row.error_code = "skipped", SEEN
        elif again is None:
            row.state = "given_up"
            ended.append(row.notice_id)
        else:
            row.state, row.due_at = "owed", again
    session.flush()
    plan_further(session, ended, _planner(now))


def _companions(session: Session, lead: NoticeDelivery, now: datetime) -> Sequence[NoticeDelivery]:
    """The due rows of the same person: one ring tells them all."""
    others = select(NoticeDelivery).where(
        text(LOOSE),
        NoticeDelivery.receiver == lead.receiver,
        NoticeDelivery.channel == PHONE,
        NoticeDelivery.emergency == lead.emergency,
        NoticeDelivery.due_at <= now,
        NoticeDelivery.id != lead.id,
    )
    few = others.limit(current_policy().most_in_one).with_for_update(skip_locked=True)
    return [lead, *session.scalars(few.execution_options(populate_existing=True))]


def _needed(
    session: Session, rows: Sequence[NoticeDelivery], receiver: Receiver, now: datetime
) -> list[NoticeDelivery]:
    """Those of the rows that the person must still be told; the others are put away."""
    obstacle = receiver.obstacle(
        PHONE, usable(current_carriers()), emergency=rows[0].emergency, barred=False
    )
    staff_id = int(receiver.key.removeprefix(STAFF))
    ids = [row.notice_id for row in rows]
    unseen, known = _unseen(session, staff_id, ids), _known_elsewhere(session, ids)
    for row in rows:
        reason = obstacle or (SEEN if row.notice_id not in unseen else None)
        reason = reason or (KNOWN_ELSEWHERE if row.notice_id in known else None)
        if reason is not None:
            row.state, row.error_code, row.claimed_until = "skipped", reason, None
    session.flush()
    if obstacle:
        plan_further(session, ids, _planner(now))
    return [row for row in rows if row.state != "skipped"]


def _unseen(session: Session, staff_id: int, notice_ids: Collection[int]) -> set[int]:
    """Those of the person's notices that are about something open and that they have not seen."""
    receipt = exists().where(
        NoticeReceipt.notice_id == Notice.id, NoticeReceipt.staff_id == staff_id
    )
    wanted = select(Notice.id).where(
        Notice.id.in_(notice_ids),
        Notice.recipient_staff_id == staff_id,
        Notice.state.in_(LIVING),
        ~receipt,
    )
    return set(session.scalars(wanted))


def _known_elsewhere(session: Session, notice_ids: Collection[int]) -> set[int]:
    """Those of the notices of whose matter somebody else who was told has read since."""
    other = aliased(Notice)
    read = exists().where(
        other.reference == Notice.reference,
        other.template == Notice.template,
        other.id != Notice.id,
        NoticeReceipt.notice_id == other.id,
        NoticeReceipt.seen_at >= Notice.created_at,
    )
    return set(session.scalars(select(Notice.id).where(Notice.id.in_(notice_ids), read)))


def _same_matter(session: Session, notice_ids: Collection[int]) -> ColumnElement[bool]:
    """The condition of the notices that say the same about the same case."""
    matters = select(Notice.template, Notice.reference).where(
        Notice.id.in_(notice_ids), Notice.reference.is_not(None)
    )
    pairs = [(template, reference) for template, reference in session.execute(matters)]
    return tuple_(Notice.template, Notice.reference).in_(pairs)


def _planner(now: datetime) -> Planner:
    return Planner(current_policy(), usable(current_carriers()), now)


def _set(session: Session, which: ColumnElement[bool], **values: Any) -> None:
    session.execute(
        update(NoticeDelivery)
        .where(which)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
