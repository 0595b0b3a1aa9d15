"""The doors of the callback: tasks that dial, look after attempts, and sweep up what is due.

A task opens one short transaction per step and none while the provider answers; the clock is
asked anew for each, because a worker may have been stopped in between.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final

from celery import shared_task

from calls.dialling import (
    Ring,
    claim,
    holds_lease,
    prepare_ring,
    ring_busy,
    ring_refused,
    ring_started,
)
from calls.escalation import escalate_late
from calls.moves import DIAL
from calls.policy import Policy, current_policy
from calls.queries import open_attempts, ripe_callbacks
from calls.reconcile import ask_provider, next_look, take_in
from core import clock
from core.crashpoints import crashpoint
from core.database import reading, transaction
from core.links import public_url
from core.logs import logger
from core.queue import enqueue
from core.telephony import Busy, CallLinks, NotFound, Refused, Telephony, TelephonyError, provider

CHECK: Final = "calls.check_attempt"
SWEEP: Final = "calls.sweep_callbacks"
SWEEP_ATTEMPTS: Final = "calls.sweep_attempts"
ESCALATE: Final = "calls.escalate_callbacks"
SWEEPS: Final = {SWEEP: 2.0, SWEEP_ATTEMPTS: 2.0, ESCALATE: 10.0}
FINEST: Final = 1000

Clock = Callable[[], datetime]
Provider = Callable[[str], Telephony]

log = logger(__name__)


@shared_task(name=DIAL)
def dial_callback(callback_id: int) -> None:
    """Ring an operator for one due callback."""
    dial(callback_id, current_policy())


@shared_task(name=CHECK)
def check_attempt(attempt_id: int) -> None:
    """Look after one attempt that nobody reported on."""
    check(attempt_id, current_policy())


@shared_task(name=SWEEP)
def sweep_callbacks() -> None:
    """Find due callbacks whose nudge was lost."""
    with transaction() as session:
        for callback_id in ripe_callbacks(session, clock.now(), current_policy().dials_a_sweep):
            enqueue(session, DIAL, callback_id)


@shared_task(name=SWEEP_ATTEMPTS)
def sweep_attempts() -> None:
    """Find attempts that are to be looked after."""
    with transaction() as session:
        for attempt_id in open_attempts(session, clock.now(), current_policy().checks_a_sweep):
            enqueue(session, CHECK, attempt_id)


@shared_task(name=ESCALATE)
def escalate_callbacks() -> None:
    """Tell the next level about callbacks that are late."""
    with transaction() as session:
        escalate_late(session, current_policy(), now=clock.now())


def dial(
    callback_id: int, policy: Policy, *, now: Clock = clock.now, telephony: Provider = provider
) -> None:
    """Claim, write the attempt, ask the provider: each step durable before the next begins."""
    with transaction() as session:
        token = claim(session, callback_id, policy, now=now())
    if token is None:
        return
    crashpoint("callback_claimed")
    with transaction() as session:
        ring = prepare_ring(session, callback_id, token, policy, now=now())
    if ring is None:
        return
    crashpoint("attempt_written")
    ask(ring, policy, now=now, telephony=telephony)


def ask(ring: Ring, policy: Policy, *, now: Clock, telephony: Provider) -> None:
    """Ask the provider to ring, once; what it answers is written down, what is unknown is not."""
    with reading() as session:
        if not holds_lease(session, ring, now=now()):
            log.warning("lease lost before ringing", attempt_id=ring.attempt_id)
            return
    crashpoint("before_ask")
    try:
        sid = telephony(ring.account_sid).create_call(
            to=ring.to,
            links=CallLinks(
                document=public_url(f"/ivr/leg/{ring.leg_key}/0", "twiml"),
                fallback=public_url("/ivr/leg-fallback", "twiml"),
                status=public_url(f"/ivr/leg-status/{ring.leg_key}", "event"),
            ),
            ring_s=ring.ring_s,
        )
    except TelephonyError as error:
        _not_rung(ring, policy, error, now=now())
        return
    crashpoint("after_ask")
    with transaction() as session:
        ring_started(session, ring, sid, policy, now=now())
    crashpoint("sid_written")


def _not_rung(ring: Ring, policy: Policy, error: TelephonyError, *, now: datetime) -> None:
    log.warning("ring not started", attempt_id=ring.attempt_id, reason=type(error).__name__)
    with transaction() as session:
        if isinstance(error, Busy):
            jitter = secrets.randbelow(FINEST) / FINEST
            ring_busy(session, ring, policy, jitter=jitter, now=now)
        elif isinstance(error, Refused | NotFound):
            ring_refused(session, ring, policy, now=now)
        # Anything else: nobody knows whether it rings. The attempt's check_at finds out.


def check(
    attempt_id: int, policy: Policy, *, now: Clock = clock.now, telephony: Provider = provider
) -> None:
    """Do what an attempt needs now: ring again after a 429, or ask what became of its legs."""
    with transaction() as session:
        work = next_look(session, attempt_id, policy, now=now())
    if work is None:
        return
    if isinstance(work, Ring):
        ask(work, policy, now=now, telephony=telephony)
        return
    look = ask_provider(work, telephony(work.account_sid))
    with transaction() as session:
        take_in(session, work, look, policy, now=now())
