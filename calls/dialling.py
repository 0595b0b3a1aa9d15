"""The steps of ringing an operator for a callback: claim, write the attempt, ask, write the sid.

Each step is one short transaction of the task (calls.tasks); between them the process may die at
any point without a second ring (reliability.md §3, outbound ring protocol).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from calls.asking import Asking
from calls.errors import LineTaken
from calls.hours import is_pressing, limits_of, usual_moment
from calls.models import Callback, CallbackAttempt, Leg
from calls.moves import hold, latest_number, move_if_free
from calls.operators import choose_operator
from calls.outcomes import RING_EXTRA_S, halt, leave_to_person, settle
from calls.pace import PACE, NotNow, may_ask, take_ring
from calls.policy import Policy
from calls.putting_off import put_back, wait_for_people, wait_until, why_not
from calls.queries import halted_by, ripe
from calls.rules import may_ring
from calls.stand_ins import phone_for
from calls.states import may_move
from core.logs import logger

KEY_BYTES: Final = 32

log = logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Ring(Asking):
    """A request for a callback; `token` is the claim under which it may be made."""

    callback_id: int
    token: str


def claim(session: Session, callback_id: int, policy: Policy, *, now: datetime) -> str | None:
    """Take a due callback for this worker; the claim's token, None when it is not to be had."""
    token = new_key()
    claimed = session.execute(
        update(Callback)
        .where(Callback.id == callback_id, ripe(now))
        .values(
            state="claimed",
            claim_token=token,
            claimed_until=now + timedelta(seconds=policy.lease_s),
            version=Callback.version + 1,
        )
        .returning(Callback.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return token if claimed else None


def prepare_ring(
    session: Session, callback_id: int, token: str, policy: Policy, *, now: datetime
) -> Ring | None:
    """Choose an operator and write attempt and leg; None when nobody is to be rung now."""
    callback = hold(session, callback_id)
    if callback.state != "claimed" or callback.claim_token != token:
        return None
    halted = halted_by(session, callback)
    if halted:
        # Granted again, or decided, while the line was being asked: the line has the last word.
        halt(session, callback, halted, now=now)
        return None
    reason = why_not(session, callback)
    if reason:
        leave_to_person(session, callback, reason, now=now)
        return None
    later = wait_until(session, callback, policy, now=now)
    if later:
        if callback.wanted_staff_id is not None:
            later = usual_moment(session, callback, policy, now=later) or later
        put_back(session, callback, due_at=later)
        return None
    return _ring_somebody(session, callback, policy, now=now)


def _ring_somebody(
    session: Session, callback: Callback, policy: Policy, *, now: datetime
) -> Ring | None:
    """Take an operator, the line and one of the second's rings: all of them, or none."""
    try:
        with session.begin_nested():
            choice = choose_operator(session, callback, now=now)
            if choice.operator is not None:
                staff_id = choice.operator.staff_id
                phone = phone_for(callback.account_sid, staff_id, choice.operator.phone)
                attempt = _write_attempt(session, callback, staff_id, policy, now=now)
                return _ring_of(callback, attempt, policy, to=phone)
    except NotNow as reason:
        session.refresh(callback)
        asker = callback.wanted_staff_id
        put_back(session, callback, due_at=now + reason.wait, wanted_staff_id=asker)
        return None
    wait_for_people(session, callback, policy, choice, now=now)
    return None


def _write_attempt(
    session: Session, callback: Callback, staff_id: int, policy: Policy, *, now: datetime
) -> CallbackAttempt:
    """Attempt and leg; NotNow when the line, or the last ring of this second, was taken."""
    token = callback.claim_token
    until = now + timedelta(seconds=policy.lease_s)
    try:
        move_if_free(session, callback, "dialling_operator", claimed_until=until)
    except LineTaken:
        raise NotNow(timedelta(seconds=policy.caller_ring_s)) from None
    attempt = CallbackAttempt(
        callback_id=callback.id,
        number=latest_number(session, callback.id) + 1,
        token=token,
        staff_id=staff_id,
        operator_leg_key=new_key(),
        intent_at=now,
        started_at=now,
        check_at=unknown_check(policy, now=now),
        round=callback.round,
    )
    session.add(attempt)
    session.flush()
    session.add(
        Leg(
            key=attempt.operator_leg_key,
            kind="callback_operator",
            account_sid=callback.account_sid,
            attempt_id=attempt.id,
            staff_id=staff_id,
            created_at=now,
            touched_at=now,
        )
    )
    session.flush()
    take_ring(session, callback.account_sid, policy, pressing=is_pressing(callback), now=now)
    return attempt


def _ring_of(callback: Callback, attempt: CallbackAttempt, policy: Policy, *, to: str) -> Ring:
    return Ring(
        callback_id=callback.id,
        row_id=attempt.id,
        account_sid=callback.account_sid,
        leg_key=attempt.operator_leg_key,
        token=callback.claim_token or "",
        ring_s=policy.operator_ring_s,
        to=to,
    )


def holds_lease(session: Session, ring: Ring, *, now: datetime) -> bool:
    """Whether this worker may still ask: it may have slept through its lease (F08)."""
    found = select(CallbackAttempt.id).where(
        CallbackAttempt.id == ring.row_id,
        CallbackAttempt.state == "asking",
        exists().where(
            Callback.id == ring.callback_id,
            Callback.state == "dialling_operator",
            Callback.claim_token == ring.token,
            Callback.claimed_until > now,
        ),
    )
    return session.scalar(found) is not None


def ring_started(session: Session, ring: Ring, sid: str, policy: Policy, *, now: datetime) -> None:
    """The provider rings: keep the sid, unless the leg's own webhooks were faster."""
    hold(session, ring.callback_id)
    session.execute(
        update(Leg)
        .where(Leg.key == ring.leg_key, Leg.call_sid.is_(None))
        .values(call_sid=sid, touched_at=now)
        .execution_options(synchronize_session=False)
    )
    attempt = session.get_one(CallbackAttempt, ring.row_id, populate_existing=True)
    attempt.asked_at = now
    if may_move(attempt.state, "ringing"):
        attempt.state = "ringing"
        attempt.check_at = unknown_check(policy, now=now)


def ring_busy(
    session: Session, ring: Ring, policy: Policy, *, jitter: float, now: datetime
) -> None:
    """429, nothing was done: the same attempt is asked again a little later; jitter is 0 to 1."""
    hold(session, ring.callback_id)
    attempt = session.get_one(CallbackAttempt, ring.row_id, populate_existing=True)
    if not may_move(attempt.state, "busy"):
        return
    if attempt.busy >= policy.max_busy:
        settle(session, attempt, "failed", policy, now=now)
        return
    wait_s = policy.busy_wait_s * 2**attempt.busy * (1 + jitter)
    attempt.state, attempt.busy = "busy", attempt.busy + 1
    attempt.check_at = now + timedelta(seconds=wait_s)


def ring_refused(session: Session, ring: Ring, policy: Policy, *, now: datetime) -> None:
    """4xx, and asking again will not help: the attempt failed, and people see it."""
    hold(session, ring.callback_id)
    attempt = session.get_one(CallbackAttempt, ring.row_id, populate_existing=True)
    if attempt.state == "asking":
        settle(session, attempt, "failed", policy, now=now)


def ring_held(session: Session, ring: Ring, policy: Policy, *, now: datetime) -> None:
    """The account is not let in, so nothing was done: there was no attempt, and the callback waits.

    Its operator is free again, and the round, the tries and the timeline are as they were.
    """
    callback = hold(session, ring.callback_id)
    attempt = session.get_one(CallbackAttempt, ring.row_id, populate_existing=True)
    if attempt.state != "asking":
        return
    session.execute(delete(Leg).where(Leg.attempt_id == attempt.id))
    session.delete(attempt)
    session.flush()
    if callback.state == "dialling_operator":
        again = now + timedelta(seconds=policy.shut_out_wait_s)
        asker = callback.wanted_staff_id
        put_back(session, callback, due_at=again, wanted_staff_id=asker)


def ask_again(
    session: Session, attempt: CallbackAttempt, policy: Policy, *, to: str, now: datetime
) -> Ring | None:
    """After a 429: the same attempt under a new lease, or the end of it when hours are over."""
    callback = hold(session, attempt.callback_id)
    limits = limits_of(session, callback, now=now)
    in_time = may_ring(now, limits, margin_s=policy.margin_s)
    if callback.state != "dialling_operator" or not in_time:
        settle(session, attempt, "failed", policy, now=now)
        return None
    pressing = is_pressing(callback)
    if not may_ask(session, callback.account_sid, policy, pressing=pressing, now=now):
        attempt.check_at = now + PACE
        return None
    callback.claim_token = new_key()
    callback.claimed_until = now + timedelta(seconds=policy.lease_s)
    attempt.state, attempt.intent_at = "asking", now
    attempt.check_at = unknown_check(policy, now=now)
    session.flush()
    return _ring_of(callback, attempt, policy, to=to)


def unknown_check(policy: Policy, *, now: datetime) -> datetime:
    """When a ring that nobody reported on is looked for: after it, and a good minute more."""
    return now + timedelta(seconds=policy.operator_ring_s + RING_EXTRA_S + policy.unknown_wait_s)


def new_key() -> str:
    """A key that nobody can guess, fit for a URL."""
    return secrets.token_urlsafe(KEY_BYTES)
