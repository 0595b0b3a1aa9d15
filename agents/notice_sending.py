"""The steps of sending one message: claim its rows, then write down what came of it.

Each step is one short transaction of the task (agents.tasks); while the service answers none is
open. A claim that ran out is taken up again under the same token, so that the service can tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import exists, select, text, update
from sqlalchemy.orm import Session

from agents import notice_budget
from agents.models import Notice
from agents.notice_links import page_url
from agents.notice_models import LOOSE, OPEN, NoticeDelivery
from agents.notice_planning import Planner, plan_further
from agents.notice_policy import LINE
from agents.notice_queries import line_of
from agents.notice_receivers import Receiver, barred_notices, receivers
from agents.notice_rules import CLASSES, next_try, quiet_until
from agents.notice_services import Offer
from agents.notice_texts import message
from core.delivery import DeliveryDelayed, DeliveryError

DIED: Final = "sender_died"


@dataclass(frozen=True)
class Sending:
    """One message that this worker has claimed, with everything needed once the rows are let go."""

    token: str
    tries: int
    channel: str
    notice_class: str
    notice_ids: tuple[int, ...]
    cost: int
    first_try_at: datetime
    offer: Offer = field(repr=False)


def next_due(session: Session, channel: str, now: datetime) -> int | None:
    """The delivery of a channel that has been due longest, emergencies first."""
    for emergency in (True, False):
        due = (
            select(NoticeDelivery.id)
            .where(
                text(OPEN),
                NoticeDelivery.channel == channel,
                NoticeDelivery.emergency == emergency,
                NoticeDelivery.due_at <= now,
            )
            .order_by(NoticeDelivery.due_at)
            .limit(1)
        )
        found = session.scalar(due)
        if found is not None:
            return found
    return None


def claim(session: Session, delivery_id: int, planner: Planner) -> Sending | None:
    """Take a due delivery and all that goes out with it; None when nothing is to be sent now."""
    lead = session.scalar(
        select(NoticeDelivery)
        .where(NoticeDelivery.id == delivery_id, text(OPEN), NoticeDelivery.due_at <= planner.now)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if lead is None:
        return None
    receiver = receivers(session, [lead.receiver])[lead.receiver]
    quiet = None if lead.emergency else quiet_until(planner.now, receiver.quiet)
    rows = _companions(session, lead, planner)
    if quiet is not None:
        _set(session, rows, state="owed", due_at=quiet)
        return None
    if lead.state == "claimed" and _is_over(lead, planner):
        _end(session, rows, "given_up", DIED, planner)
        return None
    rows = _usable(session, rows, receiver, planner)
    if not rows or not _is_paid(session, rows, receiver, planner):
        return None
    return _take(session, rows, receiver, planner)


def holds(session: Session, sending: Sending, now: datetime) -> bool:
    """Whether this worker may still send: it may have slept through its claim."""
    wanted = exists().where(*_mine(sending), NoticeDelivery.claimed_until > now)
    return bool(session.scalar(select(wanted)))


def sent(session: Session, sending: Sending, provider_id: str, now: datetime) -> None:
    """The service took it."""
    session.execute(
        update(NoticeDelivery)
        .where(*_mine(sending))
        .values(
            state="sent",
            sent_at=now,
            provider_id=provider_id[:200],
            error_code=None,
            claimed_until=None,
        )
        .execution_options(synchronize_session=False)
    )


def not_sent(session: Session, sending: Sending, error: DeliveryError, planner: Planner) -> None:
    """The service did not take it: again later, or never, and then by the next channel."""
    mine = select(NoticeDelivery).where(*_mine(sending)).order_by(NoticeDelivery.id)
    rows = session.scalars(mine.with_for_update()).all()
    if not rows:
        return
    found = planner.policy.classes[sending.notice_class]
    again = next_try(sending.tries, found.retry_s, planner.now)
    is_delay = isinstance(error, DeliveryDelayed)
    if is_delay and again is not None:
        _set(session, rows, state="owed", due_at=again, error_code=error.code[:64])
        return
    if sending.channel == LINE and not is_delay:
        notice_budget.give_back(session, sending.cost, first_try_at=sending.first_try_at)
    _end(session, rows, "given_up" if is_delay else "failed", error.code, planner)


def _companions(
    session: Session, lead: NoticeDelivery, planner: Planner
) -> Sequence[NoticeDelivery]:
    """The rows of the same message; for a new one, all that wait for the same receiver."""
    rows = select(NoticeDelivery).order_by(NoticeDelivery.id)
    if lead.token is not None:
        same = rows.where(text(OPEN), NoticeDelivery.token == lead.token)
        return session.scalars(same.with_for_update()).all()
    window = max(found.window_s for found in planner.policy.classes.values())
    waiting = rows.where(
        text(LOOSE),
        NoticeDelivery.receiver == lead.receiver,
        NoticeDelivery.channel == lead.channel,
        NoticeDelivery.emergency == lead.emergency,
        NoticeDelivery.due_at <= planner.now + timedelta(seconds=window),
    ).limit(planner.policy.most_in_one)
    return session.scalars(waiting.with_for_update(skip_locked=True)).all()


def _usable(
    session: Session, rows: Sequence[NoticeDelivery], receiver: Receiver, planner: Planner
) -> Sequence[NoticeDelivery]:
    """What may still be sent: people leave, choose otherwise, lose an address, are barred."""
    barred = barred_notices(session, [row.notice_id for row in rows])
    reasons = {
        row.id: receiver.obstacle(
            row.channel,
            planner.configured,
            emergency=row.emergency,
            barred=row.notice_id in barred,
        )
        for row in rows
    }
    for reason in {found for found in reasons.values() if found}:
        _end(session, [r for r in rows if reasons[r.id] == reason], "skipped", reason, planner)
    return [row for row in rows if reasons[row.id] is None]


def _is_paid(
    session: Session, rows: Sequence[NoticeDelivery], receiver: Receiver, planner: Planner
) -> bool:
    lead = rows[0]
    if lead.channel != LINE or lead.token is not None:
        return True
    if notice_budget.spend(
        session, receiver.line_members, emergency=lead.emergency, now=planner.now
    ):
        return True
    _end(session, rows, "skipped", "budget_spent", planner)
    return False


def _take(
    session: Session, rows: Sequence[NoticeDelivery], receiver: Receiver, planner: Planner
) -> Sending:
    lead = rows[0]
    may_be_known = lead.first_try_at if lead.token is not None else None
    until = planner.now + timedelta(seconds=planner.policy.lease_s)
    token, tries = lead.token or str(uuid4()), lead.tries + 1
    first = lead.first_try_at or planner.now
    _set(
        session,
        rows,
        state="claimed",
        token=token,
        tries=tries,
        first_try_at=first,
        claimed_until=until,
        due_at=until,
    )
    notices = session.scalars(
        select(Notice).where(Notice.id.in_([row.notice_id for row in rows])).order_by(Notice.id)
    ).all()
    lines = [line_of(one) for one in notices]
    says = message(lines, receiver.language, office=receiver.office_name, link=page_url(notices))
    return Sending(
        token=token,
        tries=tries,
        channel=lead.channel,
        notice_class=min((row.notice_class for row in rows), key=CLASSES.index),
        notice_ids=tuple(one.id for one in notices),
        cost=receiver.line_members,
        first_try_at=first,
        offer=Offer(receiver.addresses[lead.channel], says, token, may_be_known),
    )


def _is_over(lead: NoticeDelivery, planner: Planner) -> bool:
    return lead.tries > len(planner.policy.classes[lead.notice_class].retry_s)


def _end(
    session: Session, rows: Sequence[NoticeDelivery], state: str, code: str, planner: Planner
) -> None:
    """The end of this channel; the notices go on by the next one."""
    _set(session, rows, state=state, error_code=code[:64], claimed_until=None)
    plan_further(session, [row.notice_id for row in rows], planner)


def _set(session: Session, rows: Sequence[NoticeDelivery], **values: Any) -> None:
    """One statement, however many notices one message holds."""
    session.execute(
        update(NoticeDelivery)
        .where(NoticeDelivery.id.in_([row.id for row in rows]))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _mine(sending: Sending) -> tuple[Any, ...]:
    """The rows of this very claim; `tries` tells it from one that came after."""
    return (
        NoticeDelivery.token == sending.token,
        NoticeDelivery.state == "claimed",
        NoticeDelivery.tries == sending.tries,
    )
