"""What the provider tells about a leg beside its documents: its status, and who answered."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.approval_calls import APPROVALS
from calls.ledger import log_event
from calls.legs import APPROVAL, CALLER, NOTICE, OPERATOR
from calls.models import CallbackAttempt, Leg
from calls.moves import hold
from calls.notice_calls import NOTICES
from calls.outcomes import settle
from calls.policy import Policy, current_policy
from calls.retry import dial_outcome
from calls.states import ENDED, HUMAN, NEVER_ANSWERED, PROVIDER_STATUS, later_status, verdict
from calls.statuses import sequence_number
from core.logs import logger

log = logger(__name__)


def hold_leg(session: Session, key: str) -> Leg | None:
    """The leg as it is now; a callback's leg with its callback held, any other held itself."""
    leg = session.get(Leg, key)
    if leg is None:
        return None
    if leg.attempt_id is None:
        return session.get_one(Leg, key, with_for_update=True, populate_existing=True)
    hold(session, session.get_one(CallbackAttempt, leg.attempt_id).callback_id)
    session.get_one(CallbackAttempt, leg.attempt_id, populate_existing=True)
    return session.get_one(Leg, key, populate_existing=True)


def owns(session: Session, leg: Leg, sid: str) -> bool:
    """Whether this call is the leg's own, or the first to ask and nobody else's."""
    if leg.call_sid is not None or not sid:
        return leg.call_sid == sid
    return session.scalar(select(Leg.key).where(Leg.call_sid == sid)) is None


def record_leg_status(
    session: Session, key: str, params: Mapping[str, str], *, now: datetime
) -> bool:
    """Log a status callback of a leg and let it have its effect; False for an unknown leg.

    Expects the provider's parameters. Repeats and disorder change nothing; an unknown status is
    only logged.
    """
    leg = hold_leg(session, key)
    if leg is None:
        return False
    sid, reported = params.get("CallSid", ""), params.get("CallStatus", "")
    status = PROVIDER_STATUS.get(reported)
    event = f"leg {status or 'unknown'}"
    sequence = sequence_number(params.get("SequenceNumber", "")) or 0
    log_event(session, sid, event, sequence, {"leg": leg.kind}, now=now)
    if status is None:
        log.warning("a leg has an unknown status", attempt_id=leg.attempt_id)
        return True
    if not owns(session, leg, sid):
        log.warning("a second call for one leg", attempt_id=leg.attempt_id)
        return True
    leg.call_sid = sid
    apply_status(session, leg, status, current_policy(), now=now)
    return True


def apply_status(session: Session, leg: Leg, status: str, policy: Policy, *, now: datetime) -> None:
    """Move the leg forward; its end may end what it was for, at once or after the last word."""
    before = leg.status
    leg.status, leg.touched_at = later_status(before, status), now
    if leg.status == "ringing" and leg.state == "created":
        leg.state = "ringing"
    if leg.status not in ENDED:
        return
    leg.state = "ended"
    session.flush()
    if before in ENDED:
        return
    if leg.kind == APPROVAL:
        APPROVALS.leg_over(session, leg, now=now)
    elif leg.kind == NOTICE:
        NOTICES.leg_over(session, leg, now=now)
    elif leg.attempt_id is not None:
        attempt = session.get_one(CallbackAttempt, leg.attempt_id)
        _leg_ended(session, leg, attempt, policy, now=now)


def _leg_ended(
    session: Session, leg: Leg, attempt: CallbackAttempt, policy: Policy, *, now: datetime
) -> None:
    if attempt.outcome is not None:
        return
    if leg.kind == OPERATOR and attempt.caller_rung_at is None:
        settle(session, attempt, "operator_no_answer", policy, now=now)
    elif leg.kind == CALLER and leg.status in NEVER_ANSWERED:
        settle(session, attempt, caller_outcome(leg, connected=False), policy, now=now)
    else:
        # A conversation, or a whisper that nobody took: the Dial's action tells which. Should it
        # never come, the sweep decides by what is known then.
        last_word = now + timedelta(seconds=policy.grace_s)
        attempt.check_at = min(attempt.check_at or last_word, last_word)


def caller_outcome(leg: Leg | None, *, connected: bool, bridged: bool | None = None) -> str:
    """How the caller's leg ended, from its own status and who answered it."""
    return dial_outcome(
        leg.status if leg else None,
        connected=connected,
        bridged=bridged,
        answered_by=leg.answered_by if leg else None,
    )


def record_amd(session: Session, key: str, answered_by: str | None, *, now: datetime) -> bool:
    """Keep who answered a leg, the first verdict only; False for an unknown leg."""
    leg = hold_leg(session, key)
    if leg is None:
        return False
    if leg.answered_by is None:
        leg.answered_by, leg.touched_at = verdict(answered_by), now
        _late_verdict(session, leg, now=now)
    return True


def _late_verdict(session: Session, leg: Leg, *, now: datetime) -> None:
    """A machine that hung up before we knew that it was one: "no answer" becomes "machine"."""
    attempt = session.get(CallbackAttempt, leg.attempt_id) if leg.kind == CALLER else None
    if attempt and attempt.outcome == "no_answer" and leg.answered_by not in (None, HUMAN):
        session.flush()
        settle(session, attempt, "machine", current_policy(), now=now)


def dial_over(
    session: Session, leg: Leg, params: Mapping[str, Any], policy: Policy, *, now: datetime
) -> str:
    """The Dial of an operator's leg has ended: settle the attempt; its outcome, as it stands.

    What the caller pressed, or a machine that answered, is known already and outranks the
    provider's report.
    """
    attempt = session.get_one(CallbackAttempt, leg.attempt_id)
    caller = session.get(Leg, attempt.caller_leg_key) if attempt.caller_leg_key else None
    outcome = dial_outcome(
        PROVIDER_STATUS.get(params.get("DialCallStatus", "")),
        connected=attempt.state == "connected",
        bridged={"true": True, "false": False}.get(params.get("DialBridged", "")),
        answered_by=caller.answered_by if caller else None,
    )
    settle(session, attempt, outcome, policy, now=now)
    return attempt.outcome or outcome
