"""The tasks around a recording; each may be lost, doubled or killed, for the row is the truth."""

from celery import shared_task

from core.clock import now
from core.crashpoints import crashpoint
from core.database import transaction
from core.queue import enqueue
from recordings import claiming, expiry, queries, states, storage, taking
from recordings.expiry import PURGE, SWEEP_EXPIRED
from recordings.services import DELETE_UPSTREAM, SWEEP, TAKE

SWEEPS = {SWEEP: 5.0, SWEEP_EXPIRED: 600.0}

# A task that hangs is killed before its claim ends, so that no two ever work on one recording.
TAKE_LIMIT_S = 240
DELETE_LIMIT_S = 40


@shared_task(name=TAKE, time_limit=TAKE_LIMIT_S)
def take(recording_id: int) -> None:
    """Fetch, check, seal and store one recording."""
    with transaction() as session:
        claim = claiming.claim_take(session, recording_id, now=now())
    if claim is None:
        return
    outcome = taking.take(claim)
    with transaction() as session:
        if isinstance(outcome, taking.Trouble):
            claiming.settle_trouble(session, claim, outcome.reason, now=now())
        else:
            claiming.settle_stored(session, claim, outcome, now=now())
    crashpoint("row_stored")


@shared_task(name=DELETE_UPSTREAM, time_limit=DELETE_LIMIT_S)
def delete_upstream(recording_id: int) -> None:
    """Delete the provider's copy of one stored recording."""
    with transaction() as session:
        claim = claiming.claim_upstream_delete(session, recording_id, now=now())
    if claim is None:
        return
    trouble = taking.delete_upstream(claim)
    with transaction() as session:
        if trouble:
            claiming.settle_trouble(session, claim, trouble.reason, now=now())
        else:
            claiming.settle_upstream_deleted(session, claim, now=now())


@shared_task(name=SWEEP)
def sweep() -> None:
    """Nudge whatever is due again, for a first nudge may have been lost."""
    with transaction() as session:
        for recording_id, state in queries.due(session, now()):
            enqueue(session, TAKE if state == states.REGISTERED else DELETE_UPSTREAM, recording_id)


@shared_task(name=PURGE, time_limit=DELETE_LIMIT_S)
def purge(recording_id: int) -> None:
    """Delete the sealed copy of one recording whose time is over; safe to be done twice."""
    with transaction() as session:
        path = expiry.let_go(session, recording_id, now=now())
    if path is None:
        return
    crashpoint("let_go")
    storage.delete(path)
    crashpoint("copy_deleted")
    with transaction() as session:
        expiry.gone(session, recording_id)


@shared_task(name=SWEEP_EXPIRED)
def sweep_expired() -> None:
    """Let go of what has been kept long enough."""
    with transaction() as session:
        for recording_id in expiry.expired(session, now()):
            enqueue(session, PURGE, recording_id)
