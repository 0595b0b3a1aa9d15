"""How often a caller whom nobody reaches is rung anew."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from calls.change_rules import OTHER_HOURS
from calls.models import Callback, CallbackAttempt, CallbackDecision
from calls.policy import Policy


def rounds_made(session: Session, callback: Callback, policy: Policy) -> int:
    """How many rounds of tries were made at the caller since the caller last named hours.

    Counted by rings, so that a round that was cut short is none.
    """
    named = select(func.max(CallbackDecision.at)).where(
        CallbackDecision.callback_id == callback.id, CallbackDecision.choice == OTHER_HOURS
    )
    since = session.scalar(named)
    rung = select(func.count()).where(
        CallbackAttempt.callback_id == callback.id, CallbackAttempt.caller_rung_at.is_not(None)
    )
    if since:
        rung = rung.where(CallbackAttempt.caller_rung_at >= since)
    return (session.scalar(rung) or 0) // policy.max_tries


def rounds_spent(session: Session, callback: Callback, policy: Policy) -> bool:
    """Whether nobody may decide to ring again until the caller names hours."""
    return rounds_made(session, callback, policy) >= policy.max_rounds
