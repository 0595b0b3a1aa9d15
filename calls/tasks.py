"""The doors of the telephone: tasks that ring, look after rings, and sweep up what is due.

Callbacks ring operators, hand-overs ring the head operators who may approve them; what is asked
of the provider, and how, is the same for both.

A task opens one short transaction per step and none while the provider answers; the clock is
asked anew for each, because a worker may have been stopped in between.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol, TypeVar

from celery import shared_task
from sqlalchemy.orm import Session

from calls import approvals, dialling
from calls.approval_calls import APPROVALS, RING_APPROVER
from calls.asking import Asking
from calls.dialling import Ring, claim, prepare_ring
from calls.escalation import escalate_late
from calls.line import next_in_line
from calls.looking import Question, ask_provider
from calls.moves import DIAL
from calls.policy import Policy, current_policy
from calls.queries import open_attempts
from calls.reconcile import next_look, take_in
from calls.shut_out import let_in, shut_out
from calls.staff_ring_checks import next_look as next_look_at_ring
from calls.staff_ring_checks import take_in as take_in_ring
from calls.staff_rings import Row, StaffRings
from core import clock, runtime
from core.crashpoints import crashpoint
from core.database import reading, transaction
from core.links import public_url
from core.logs import logger
from core.queue import enqueue
from core.sweeps import run_on
from core.telephony import (
    Busy,
    CallLinks,
    NotFound,
    OutcomeUnknown,
    Refused,
    ShutOut,
    Telephony,
    TelephonyError,
    provider,
)

CHECK: Final = "calls.check_attempt"
SWEEP: Final = "calls.sweep_callbacks"
SWEEP_ATTEMPTS: Final = "calls.sweep_attempts"
ESCALATE: Final = "calls.escalate_callbacks"
CHECK_APPROVAL: Final = "calls.check_approval"
SWEEP_APPROVALS: Final = "calls.sweep_approvals"
SWEEPS: Final = {SWEEP: 1.0, SWEEP_ATTEMPTS: 2.0, ESCALATE: 10.0, SWEEP_APPROVALS: 2.0}
FINEST: Final = 1000

Clock = Callable[[], datetime]
Provider = Callable[[str], Telephony]

log = logger(__name__)


R = TypeVar("R", bound=Asking, contravariant=True)


class Book(Protocol[R]):
    """Where a request is written down: calls.dialling for callbacks, else calls.staff_rings."""

    def holds_lease(self, session: Session, ring: R, /, *, now: datetime) -> bool:
        """Whether it may still be asked."""

    def ring_started(
        self, session: Session, ring: R, sid: str, policy: Policy, /, *, now: datetime
    ) -> None:
        """The provider rings."""

    def ring_busy(
        self, session: Session, ring: R, policy: Policy, /, *, jitter: float, now: datetime
    ) -> None:
        """The provider was busy and did nothing."""

    def ring_refused(self, session: Session, ring: R, policy: Policy, /, *, now: datetime) -> None:
        """The provider said no."""

    def ring_held(self, session: Session, ring: R, policy: Policy, /, *, now: datetime) -> None:
        """The provider does not let the account in: it is as if nothing had been asked."""


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
    for account_sid in runtime.current().settings.accounts:
        with transaction() as session:
            due = next_in_line(session, current_policy(), account_sid=account_sid, now=clock.now())
            for callback_id in due:
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
    run_on(lambda session: escalate_late(session, current_policy(), now=clock.now()))


@shared_task(name=RING_APPROVER)
def ring_approver(handover_id: int) -> None:
    """Ring the next head operator who may approve one hand-over."""
    ring_for_approval(handover_id, current_policy())


@shared_task(name=CHECK_APPROVAL)
def check_approval(approval_id: int) -> None:
    """Look after one ring at a head operator that nobody reported on."""
    check_ring(APPROVALS, approval_id, current_policy())


@shared_task(name=SWEEP_APPROVALS)
def sweep_approvals() -> None:
    """Find hand-overs to ring for, and rings that are to be looked after."""
    policy, now = current_policy(), clock.now()
    with transaction() as session:
        for handover_id in approvals.handovers_to_ring(session, now, policy.dials_a_sweep):
            enqueue(session, RING_APPROVER, handover_id)
        for approval_id in APPROVALS.open(session, now, policy.checks_a_sweep):
            enqueue(session, CHECK_APPROVAL, approval_id)


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
    """Ask the provider to ring an operator for a callback."""
    request_ring(dialling, ring, policy, now=now, telephony=telephony)


def request_ring(
    book: Book[R], ring: R, policy: Policy, *, now: Clock, telephony: Provider
) -> None:
    """Ask the provider to ring, once; what it answers is written down, what is unknown is not."""
    with reading() as session:
        if not book.holds_lease(session, ring, now=now()):
            log.warning("lease lost before ringing", what=type(ring).__name__, row_id=ring.row_id)
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
        _not_rung(book, ring, policy, error, now=now())
        return
    crashpoint("after_ask")
    with transaction() as session:
        book.ring_started(session, ring, sid, policy, now=now())
        let_in(session, ring.account_sid)
    crashpoint("sid_written")


def _not_rung(
    book: Book[R], ring: R, policy: Policy, error: TelephonyError, *, now: datetime
) -> None:
    log.warning(
        "ring not started",
        what=type(ring).__name__,
        row_id=ring.row_id,
        reason=type(error).__name__,
    )
    with transaction() as session:
        if isinstance(error, ShutOut):
            book.ring_held(session, ring, policy, now=now)
            # The row of the account is locked last, as by everybody (calls.pace).
            shut_out(session, ring.account_sid, policy, now=now)
            return
        if isinstance(error, Busy):
            jitter = secrets.randbelow(FINEST) / FINEST
            book.ring_busy(session, ring, policy, jitter=jitter, now=now)
        elif isinstance(error, Refused | NotFound):
            book.ring_refused(session, ring, policy, now=now)
        # Anything else: nobody knows whether it rings. The check_at of its row finds out.
        if not isinstance(error, OutcomeUnknown):
            let_in(session, ring.account_sid)


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
    look = ask_provider(work, telephony)
    with transaction() as session:
        take_in(session, work, look, policy, now=now())


def ring_for_approval(
    handover_id: int, policy: Policy, *, now: Clock = clock.now, telephony: Provider = provider
) -> None:
    """Claim, write the ring, ask the provider: each step durable before the next begins."""
    with transaction() as session:
        until = approvals.claim(session, handover_id, policy, now=now())
    if until is None:
        return
    crashpoint("approval_claimed")
    with transaction() as session:
        ring = approvals.prepare_ring(session, handover_id, until, policy, now=now())
    if ring is None:
        return
    crashpoint("approval_written")
    request_ring(APPROVALS, ring, policy, now=now, telephony=telephony)


def check_ring(
    rings: StaffRings[Row],
    ring_id: int,
    policy: Policy,
    *,
    now: Clock = clock.now,
    telephony: Provider = provider,
) -> None:
    """Do what a ring at a member of staff needs now: ring again after a 429, or ask after it."""
    with transaction() as session:
        work = next_look_at_ring(session, rings, ring_id, policy, now=now())
    if work is None:
        return
    if not isinstance(work, Question):
        request_ring(rings, work, policy, now=now, telephony=telephony)
        return
    look = ask_provider(work, telephony)
    with transaction() as session:
        take_in_ring(session, rings, work, look, policy, now=now())
