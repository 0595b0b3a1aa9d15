"""The steps of ringing an operator for a callback: claim, write the attempt, ask, write the sid.

Each step is one short transaction of the task (calls.tasks); between them the process may die at
any point without a second ring (reliability.md §3, outbound ring protocol).
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from calls.hours import limits_of
from calls.models import Callback, CallbackAttempt, Leg
from calls.moves import hold, latest_number, move
from calls.operators import Choice, choose_operator
from calls.outcomes import settle
from calls.policy import Policy
from calls.queries import line_is_rung, ripe, tries_since
from calls.rules import first_moment, may_ring
from calls.states import DIALLING, may_move
from core.logs import logger
from core.zones import BANGKOK

KEY_BYTES: Final = 32
RING_EXTRA_S: Final = 5
A_DAY: Final = timedelta(days=1)

log = logger(__name__)


@dataclass(frozen=True)
class Ring:
    """One request to the provider: everything that is needed once the database is let go."""

    callback_id: int
    attempt_id: int
    account_sid: str
    leg_key: str
    token: str
    ring_s: int
    to: str = field(repr=False)


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
    wait_until = _not_before(session, callback, policy, now=now)
    if wait_until:
        _put_back(session, callback, due_at=wait_until)
        return None
    choice = choose_operator(session, callback, now=now)
    if choice.operator is None:
        _wait_for_people(session, callback, policy, choice, now=now)
        return None
    attempt = _write_attempt(session, callback, choice.operator.staff_id, policy, now=now)
    return _ring_of(callback, attempt, policy, to=choice.operator.phone)


def _not_before(
    session: Session, callback: Callback, policy: Policy, *, now: datetime
) -> datetime | None:
    """When the caller's hours, or the bounds per number, allow the next ring; None means now."""
    limits = limits_of(session, callback, now=now)
    if not may_ring(now, limits, margin_s=policy.margin_s):
        later = now + timedelta(seconds=policy.margin_s)
        return first_moment(later, limits) or now + A_DAY
    if line_is_rung(session, callback, DIALLING):
        return now + timedelta(seconds=policy.caller_ring_s)
    midnight = now.astimezone(BANGKOK).replace(hour=0, minute=0, second=0, microsecond=0)
    if callback.immediate or tries_since(session, callback, midnight) < policy.max_tries_a_day:
        return None
    return first_moment(midnight + A_DAY, limits) or now + A_DAY


def _wait_for_people(
    session: Session, callback: Callback, policy: Policy, choice: Choice, *, now: datetime
) -> None:
    if choice.round_over:
        pauses = policy.round_pauses_s
        wait_s = pauses[min(callback.round, len(pauses) - 1)]
        _put_back(
            session, callback, due_at=now + timedelta(seconds=wait_s), round=callback.round + 1
        )
        return
    on_duty = policy.nobody_on_duty_s[callback.severity]
    wait_s = policy.all_talking_s if choice.talking else on_duty
    _put_back(session, callback, due_at=now + timedelta(seconds=wait_s))


def _put_back(session: Session, callback: Callback, **values: Any) -> None:
    state = "retry" if callback.tries else "due"
    move(session, callback, state, claim_token=None, claimed_until=None, **values)


def _write_attempt(
    session: Session, callback: Callback, staff_id: int, policy: Policy, *, now: datetime
) -> CallbackAttempt:
    attempt = CallbackAttempt(
        callback_id=callback.id,
        number=latest_number(session, callback.id) + 1,
        token=callback.claim_token,
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
    until = now + timedelta(seconds=policy.lease_s)
    move(session, callback, "dialling_operator", claimed_until=until)
    return attempt


def _ring_of(callback: Callback, attempt: CallbackAttempt, policy: Policy, *, to: str) -> Ring:
    return Ring(
        callback_id=callback.id,
        attempt_id=attempt.id,
        account_sid=callback.account_sid,
        leg_key=attempt.operator_leg_key,
        token=callback.claim_token or "",
        ring_s=policy.operator_ring_s,
        to=to,
    )


def holds_lease(session: Session, ring: Ring, *, now: datetime) -> bool:
    """Whether this worker may still ask: it may have slept through its lease (F08)."""
    found = select(CallbackAttempt.id).where(
        CallbackAttempt.id == ring.attempt_id,
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
    attempt = session.get_one(CallbackAttempt, ring.attempt_id, populate_existing=True)
    attempt.asked_at = now
    if may_move(attempt.state, "ringing"):
        attempt.state = "ringing"
        attempt.check_at = unknown_check(policy, now=now)


def ring_busy(
    session: Session, ring: Ring, policy: Policy, *, jitter: float, now: datetime
) -> None:
    """429, nothing was done: the same attempt is asked again a little later; jitter is 0 to 1."""
    hold(session, ring.callback_id)
    attempt = session.get_one(CallbackAttempt, ring.attempt_id, populate_existing=True)
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
    attempt = session.get_one(CallbackAttempt, ring.attempt_id, populate_existing=True)
    if attempt.state == "asking":
        settle(session, attempt, "failed", policy, now=now)


def ask_again(
    session: Session, attempt: CallbackAttempt, policy: Policy, *, to: str, now: datetime
) -> Ring | None:
    """After a 429: the same attempt under a new lease, or the end of it when hours are over."""
    callback = hold(session, attempt.callback_id)
    limits = limits_of(session, callback, now=now)
    may_ask = may_ring(now, limits, margin_s=policy.margin_s)
    if callback.state != "dialling_operator" or not may_ask:
        settle(session, attempt, "failed", policy, now=now)
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
