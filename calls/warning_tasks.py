"""The warnings' part in beat."""

from typing import Final

from celery import shared_task

from calls.warning_policy import current_warning_policy
from calls.warnings import sweep
from core import clock
from core.database import transaction

SWEEP: Final = "calls.sweep_warnings"
# Often enough for an office that is open with nobody there, and seldom enough to be nothing.
SWEEPS: Final = {SWEEP: 900.0}


@shared_task(name=SWEEP)
def sweep_warnings() -> None:
    """Open and close warnings."""
    with transaction() as session:
        sweep(session, current_warning_policy(), now=clock.now())
