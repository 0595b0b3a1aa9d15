"""Calls that came in while nothing of them reached us: the provider's list beside our own.

Webhooks that met a dead service are gone for good (telephony.md §1.1: fifteen seconds in all, most
are never repeated), so whoever phoned then is known to the provider alone (reliability.md P1).
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls import ledger
from calls.models import Call, OrphanEvent
from calls.states import ENDED, PROVIDER_STATUS
from core.heartbeats import Heartbeat, beat
from core.telephony import RemoteCall, Telephony
from ivr.orphans import Told, settle_orphan

LISTED: Final = "listed"
LONGEST: Final = timedelta(minutes=10)
SHORTEST: Final = timedelta(seconds=10)
# Two days of silence are caught up with within an hour, at one request a second and less.
SPANS_AT_ONCE: Final = 6
MOST_CALLS: Final = 1000
INBOUND: Final = "inbound"


class Span(NamedTuple):
    """The calls that began in this time are compared."""

    since: datetime
    until: datetime


class Look(NamedTuple):
    """One way through the provider's list: so far behind now, in spans at least so long.

    Until when it came is a sign of life by its name, on /metrics beside the others.
    """

    name: str
    behind: timedelta
    shortest: timedelta


# A call that has just begun may still be on its way to us; what the provider's list lacks then,
# for it lags behind, is found an hour later.
SOON: Final = Look("calls_compared", timedelta(minutes=2), SHORTEST)
AGAIN: Final = Look("calls_compared_again", timedelta(hours=1), LONGEST)
LOOKS: Final = (SOON, AGAIN)


def next_span(session: Session, look: Look, now: datetime) -> Span | None:
    """The time that comes next, or None when all is compared; a new service begins with now."""
    done = session.scalar(select(Heartbeat.at).where(Heartbeat.name == look.name))
    if done is None:
        beat(session, look.name, now)
        return None
    until = min(done + LONGEST, now - look.behind)
    return Span(done, until) if until - done >= look.shortest else None


def calls_of(
    telephony: Telephony, span: Span, most: int = MOST_CALLS
) -> tuple[Span, list[RemoteCall]]:
    """All calls of a span, or of so much of it that they are all on the list."""
    found = telephony.calls_in(span.since, span.until, most)
    while len(found) >= most and span.until - span.since > SHORTEST:
        span = Span(span.since, span.since + (span.until - span.since) / 2)
        found = telephony.calls_in(span.since, span.until, most)
    return span, found


def note_missed(
    session: Session, account_sid: str, listed: Sequence[RemoteCall], *, now: datetime
) -> int:
    """Write down every listed call that we never heard of; returns how many.

    One that goes on yet is asked after until it has ended, as any call that we only heard of.
    """
    came_in = [one for one in listed if one.direction == INBOUND]
    known = _known(session, [one.sid for one in came_in])
    missed = [one for one in came_in if one.sid not in known]
    for call in missed:
        _note(session, account_sid, call, now)
    return len(missed)


def compared(session: Session, look: Look, span: Span) -> None:
    """The next span begins where this one ended."""
    beat(session, look.name, span.until)


def _known(session: Session, sids: Collection[str]) -> set[str]:
    calls = session.scalars(select(Call.sid).where(Call.sid.in_(sids)))
    events = session.scalars(select(OrphanEvent.call_sid).where(OrphanEvent.call_sid.in_(sids)))
    return {*calls, *events}


def _note(session: Session, account_sid: str, call: RemoteCall, now: datetime) -> None:
    ledger.log_orphan(session, call.sid, account_sid, LISTED, now=call.started_at or now)
    status = PROVIDER_STATUS.get(call.status)
    if status not in ENDED:
        return
    wanted = select(OrphanEvent.id).where(
        OrphanEvent.call_sid == call.sid, OrphanEvent.event == LISTED
    )
    orphan_id = session.scalars(wanted).one()
    settle_orphan(session, orphan_id, call.sid, Told(status, caller=call.caller), now=now)
