"""The case's part in beat: nobody's deadline passes without somebody hearing of it."""

from celery import shared_task

from cases.services import escalate_overdue
from core import clock
from core.database import transaction

ESCALATE = "cases.escalate"
AT_ONCE = 100
SWEEPS = {ESCALATE: 30.0}


@shared_task(name=ESCALATE)
def escalate() -> None:
    """Tell the next level about deadlines that passed."""
    with transaction() as session:
        escalate_overdue(session, clock.now(), AT_ONCE)
