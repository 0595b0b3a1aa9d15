"""The tasks around a recording; each may be lost, doubled or killed, for the row is the truth."""

from celery import shared_task

from core.clock import now
from core.crashpoints import crashpoint
from core.database import transaction
from core.queue import enqueue
from recordings import claiming, queries, states, taking
from recordings.services import DELETE_UPSTREAM, SWEEP, TAKE

SWEEPS = {SWEEP: 5.0}

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
            enqueue(session, DELETE_UPSTREAM if state == states.STORED else TAKE, recording_id)
