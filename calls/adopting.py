"""A call that was found by looking becomes its leg's, as if a webhook had come."""

from datetime import datetime

from sqlalchemy.orm import Session

from calls.leg_events import apply_status
from calls.looking import Look, not_taken
from calls.models import CallbackAttempt, Leg
from calls.policy import Policy
from calls.ring_models import StaffRing
from calls.states import PROVIDER_STATUS


def adopt(
    session: Session,
    leg: Leg,
    row: CallbackAttempt | StaffRing,
    look: Look,
    policy: Policy,
    *,
    now: datetime,
) -> bool:
    """Take the leg's call in, with its status; False when the provider knows of none.

    `row` is what the leg was made for, held by this transaction.
    """
    call = not_taken(session, leg, look.calls)
    if call is None:
        return False
    leg.call_sid = call.sid
    row.looks = 0
    if row.state == "asking":
        row.state = "ringing"
    status = PROVIDER_STATUS.get(call.status)
    if status:
        apply_status(session, leg, status, policy, now=now)
    return True
