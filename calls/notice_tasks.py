"""The doors of rings about urgent notices: a sweep for what is due, one ring, one look after it."""

from typing import Final

from celery import shared_task

from agents.notice_rings import rings_due
from calls.notice_calls import NOTICES
from calls.notice_ringing import prepare_ring
from calls.policy import Policy, current_policy
from calls.tasks import Clock, Provider, check_ring, request_ring
from core import clock
from core.crashpoints import crashpoint
from core.database import transaction
from core.queue import enqueue
from core.telephony import provider

RING: Final = "calls.ring_for_notice"
CHECK: Final = "calls.check_notice_ring"
SWEEP: Final = "calls.sweep_notice_rings"
SWEEPS: Final = {SWEEP: 2.0}


@shared_task(name=RING)
def ring_notice(delivery_id: int) -> None:
    """Ring the person of one delivery by telephone."""
    ring_for_notice(delivery_id, current_policy())


@shared_task(name=CHECK)
def check_notice_ring(ring_id: int) -> None:
    """Look after one ring that nobody reported on."""
    check_ring(NOTICES, ring_id, current_policy())


@shared_task(name=SWEEP)
def sweep_notice_rings() -> None:
    """Find people to ring about notices, and rings that are to be looked after."""
    policy, now = current_policy(), clock.now()
    with transaction() as session:
        for delivery_id in rings_due(session, now, policy.dials_a_sweep):
            enqueue(session, RING, delivery_id)
        for ring_id in NOTICES.open(session, now, policy.checks_a_sweep):
            enqueue(session, CHECK, ring_id)


def ring_for_notice(
    delivery_id: int, policy: Policy, *, now: Clock = clock.now, telephony: Provider = provider
) -> None:
    """Write the ring, ask the provider: the one durable before the other begins."""
    with transaction() as session:
        asking = prepare_ring(session, delivery_id, policy, now=now())
    if asking is None:
        return
    crashpoint("notice_ring_written")
    request_ring(NOTICES, asking, policy, now=now, telephony=telephony)
