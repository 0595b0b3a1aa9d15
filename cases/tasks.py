"""The case's part in beat: nobody's deadline passes without somebody hearing of it."""

from celery import shared_task

from cases.arrivals import tell_arrivals
from cases.clocks import look_at_clocks, run_again
from cases.handover_climbing import climb_overdue
from cases.services import escalate_overdue
from core import clock
from core.sweeps import run_on

ESCALATE = "cases.escalate"
AT_ONCE = 100
CLIMB = "cases.climb_handovers"
CLOCKS = "cases.look_at_clocks"
ARRIVALS = "cases.tell_arrivals"
# Cases that are held at once while their offices are told: whoever opens one of them waits.
FEW = 20
SWEEPS = {ESCALATE: 30.0, CLIMB: 15.0, CLOCKS: 20.0, ARRIVALS: 2.0}


@shared_task(name=ESCALATE)
def escalate() -> None:
    """Tell the next level about deadlines that passed."""
    run_on(lambda session: escalate_overdue(session, clock.now(), AT_ONCE))


@shared_task(name=CLIMB)
def climb_handovers() -> None:
    """Tell the next level about hand-overs that nobody answered in time."""
    run_on(lambda session: climb_overdue(session, clock.now(), AT_ONCE))


@shared_task(name=CLOCKS)
def look_at_all_clocks() -> None:
    """Let clocks run again whose stop is over, then remind and mark what is late."""
    run_on(lambda session: run_again(session, clock.now(), AT_ONCE))
    run_on(lambda session: look_at_clocks(session, clock.now(), AT_ONCE))


@shared_task(name=ARRIVALS)
def tell_of_arrivals() -> None:
    """Tell offices that cases have come to them, a few at a time."""
    run_on(lambda session: tell_arrivals(session, clock.now(), FEW))
