"""The part of the flow's figures in beat."""

from typing import Final

from celery import shared_task

from calls.node_counts import count_ended
from core import runtime
from core.database import transaction

COUNT: Final = "calls.count_nodes"
# Often enough for the busiest hour: 50 calls a second with 500 at a time.
SWEEPS: Final = {COUNT: 10.0}


@shared_task(name=COUNT)
def count_nodes() -> None:
    """Add the calls that have ended to the figures of the flow."""
    with transaction() as session:
        count_ended(session, account_sid=runtime.current().settings.twilio_account_sid)
