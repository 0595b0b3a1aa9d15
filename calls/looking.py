"""What the provider knows of a leg: asked when nobody reported, never by ringing once more.

A request to ring has no key that makes it harmless to repeat (reliability.md §3), so whoever does
not know what became of one looks for its call first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.legs import APPROVAL, CALLER, NOTICE, OPERATOR
from calls.models import Leg
from core.telephony import NotFound, Refused, RemoteCall, Telephony, TelephonyError

# Our clock and the provider's may differ a little.
CLOCKS_APART: Final = timedelta(seconds=5)
BY_REST, BY_DIAL = "outbound-api", "outbound-dial"
DIRECTION: Final = {OPERATOR: BY_REST, APPROVAL: BY_REST, NOTICE: BY_REST, CALLER: BY_DIAL}


@dataclass(frozen=True)
class Question:
    """What the provider is asked about one leg: its call by sid, or calls to its number.

    `row_id` is the attempt, or the ring at a member of staff, that the leg belongs to.
    """

    row_id: int
    account_sid: str
    leg_key: str
    kind: str
    sid: str | None
    since: datetime
    to: str = field(repr=False)


@dataclass(frozen=True)
class Look:
    """What the provider said; `reached` is False when it said nothing at all."""

    calls: tuple[RemoteCall, ...] = ()
    reached: bool = True


def question_about(leg: Leg, row_id: int, *, to: str, rung_at: datetime) -> Question:
    """What to ask about a leg that was to ring this number at this moment."""
    return Question(
        row_id=row_id,
        account_sid=leg.account_sid,
        leg_key=leg.key,
        kind=leg.kind,
        sid=leg.call_sid,
        since=rung_at - CLOCKS_APART,
        to=to,
    )


def ask_provider(question: Question, provider_of: Callable[[str], Telephony]) -> Look:
    """Ask; whatever ails the provider means that nothing was learnt.

    An account that is ours no longer, as of a practice phone that was taken away, knows of nothing.
    """
    try:
        telephony = provider_of(question.account_sid)
    except Refused:
        return Look()
    try:
        if question.sid:
            return Look((telephony.call_status(question.sid),))
        found = telephony.calls_to(question.to, question.since)
    except NotFound:
        return Look()
    except TelephonyError:
        return Look(reached=False)
    wanted = DIRECTION[question.kind]
    ours = [call for call in found if call.direction == wanted and _is_recent(call, question.since)]
    return Look(tuple(sorted(ours, key=lambda call: call.started_at or question.since)))


def _is_recent(call: RemoteCall, since: datetime) -> bool:
    return call.started_at is None or call.started_at >= since


def not_taken(session: Session, leg: Leg, calls: Sequence[RemoteCall]) -> RemoteCall | None:
    """The first of the calls that no other leg owns."""
    sids = [call.sid for call in calls]
    owned = set(session.scalars(select(Leg.call_sid).where(Leg.call_sid.in_(sids))))
    return next((c for c in calls if c.sid == leg.call_sid or c.sid not in owned), None)
