"""Who may decide about a hand-over: the pure rules of approval with what the database knows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.queries import OnDuty, heads_of
from agents.rules import Head
from cases.above import offices_up
from cases.approval_rules import (
    Request,
    deciders,
    first_approver,
    first_place,
    late_approver,
    next_approver,
    ring_order,
)
from cases.handover_models import Handover, HandoverApprover, HandoverPerson
from cases.queries import exclusions
from cases.rules import EMERGENCY


@dataclass(frozen=True)
class Approval:
    """One hand-over as the rules see it: offices from the asker's own up to the top, their heads,
    the offices asked so far (the first one first)."""

    chain: tuple[str, ...]
    heads: tuple[Head, ...]
    request: Request
    asked: tuple[str, ...]

    @property
    def first(self) -> str | None:
        """The office whose heads are asked first; None when nobody may decide."""
        return first_approver(self.chain, self.heads, self.request)

    @property
    def next(self) -> str | None:
        """The office that is asked next; None at the top."""
        return next_approver(self.chain, self.asked, self.heads, self.request)

    @property
    def late(self) -> str | None:
        """The nearest office with somebody who may decide by now, but was not there to be asked."""
        return late_approver(self.chain, self.asked, self.heads, self.request)

    def deciders_of(self, office_code: str) -> list[int]:
        """The people who may decide now at one office."""
        able = deciders(self.heads, self.request)
        return [one.staff_id for one in able if one.office_code == office_code]

    def may_decide(self, staff_id: int) -> bool:
        """Whether a person may decide now: a head of an office asked, or of one above.

        So may a head who came later to an office that would have been asked first.
        """
        start = first_place(self.chain, self.heads, self.request)
        lowest = min((self.chain.index(one) for one in self.asked), default=start)
        lowest = min(lowest, start)
        reach = self.chain[lowest:]
        able = deciders(self.heads, self.request)
        return any(one.staff_id == staff_id and one.office_code in reach for one in able)


def approval_of(session: Session, handover: Handover, *, now: datetime) -> Approval:
    """What the rules need to know of a hand-over now."""
    asked = approver_offices(session, handover.id)
    receivers = select(HandoverPerson.staff_id).where(HandoverPerson.handover_id == handover.id)
    return approval_with(session, handover, asked, session.scalars(receivers), now=now)


def approval_with(
    session: Session,
    handover: Handover,
    asked: Sequence[str],
    receivers: Iterable[int],
    *,
    now: datetime,
) -> Approval:
    """The same where the offices asked and the receivers have been read already."""
    chain = _chain(session, handover.from_office_code, asked)
    secret = exclusions(session, handover.case_id)
    request = Request(
        asker=handover.asked_by,
        receivers=frozenset(receivers),
        barred_offices=secret.offices,
        barred_people=secret.staff,
        is_emergency=handover.severity == EMERGENCY,
    )
    return Approval(chain, tuple(heads_of(session, chain, now=now)), request, tuple(asked))


def approver_offices(session: Session, handover_id: int) -> list[str]:
    """The offices that were asked to approve, the first one first."""
    wanted = select(HandoverApprover.office_code).where(HandoverApprover.handover_id == handover_id)
    return list(session.scalars(wanted.order_by(HandoverApprover.asked_at)))


def may_decide(session: Session, handover: Handover, staff_id: int, *, now: datetime) -> bool:
    """Whether a person may approve or reject: head operator of an office asked or of one above.

    Never the asker, a receiver, or somebody who may not know of the case; a deputy in an emergency
    or while no head of the same office who may decide is on duty.
    """
    return approval_of(session, handover, now=now).may_decide(staff_id)


def approvers_to_ring(session: Session, handover: Handover, *, now: datetime) -> list[OnDuty]:
    """Whom to ring for an approval, one after another: heads on duty, then deputies.

    In an emergency those off duty come after them. People without a phone are left out.
    """
    approval = approval_of(session, handover, now=now)
    order = ring_order(approval.heads, approval.asked, approval.request)
    return [OnDuty(one.staff_id, one.phone, one.name) for one in order if one.phone]


def _chain(session: Session, from_office: str, asked: Sequence[str]) -> tuple[str, ...]:
    """The office that has the case and those above; the hotline's desk is always the last."""
    *chain, desk = offices_up(session, from_office)
    # An office that was asked and stands elsewhere since still counts.
    return (*chain, *(one for one in asked if one not in (*chain, desk)), desk)
