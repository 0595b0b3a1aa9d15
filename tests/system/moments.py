"""Letting time pass for rows: their moments are moved, so that no test waits for minutes."""

from datetime import UTC, datetime, timedelta

from celery import Celery
from sqlalchemy import Update, update

from calls.models import Call, Callback, CallbackAttempt
from calls.ring_models import RingPace
from calls.states import WAITING
from calls.tasks import SWEEP, SWEEP_ATTEMPTS
from core.queue import broker_url
from ivr.tasks import FINISH_STALE
from tests.support.stack import Stack

# A moment as near as this comes by itself.
NEAR = timedelta(seconds=1)
LONG_AGO = timedelta(minutes=10)


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def leases_run_out(stack: Stack) -> None:
    """Whatever a dead worker holds may be taken over."""
    past = now() - NEAR
    claimed = update(Callback).where(Callback.claimed_until > past)
    _run(stack, claimed.values(claimed_until=past))


def attempt_is_looked_after(stack: Stack, number: int) -> None:
    """The sweep looks after the attempt of this number now, if it is to be looked after at all."""
    later = CallbackAttempt.check_at > now() + NEAR
    attempt = update(CallbackAttempt).where(CallbackAttempt.number == number, later)
    if _run(stack, attempt.values(check_at=now())):
        sweep(stack, SWEEP_ATTEMPTS)


def callbacks_fall_due(stack: Stack) -> None:
    """Every callback that waits for its time may ring now."""
    waits = Callback.state.in_(WAITING), Callback.due_at > now() + NEAR
    if _run(stack, update(Callback).where(*waits).values(due_at=now())):
        sweep(stack, SWEEP)


def rings_may_be_asked_for(stack: Stack) -> None:
    """The pause is over for which nobody is rung while the account is not let in."""
    held = update(RingPace).where(RingPace.ask_at > now() + NEAR)
    if _run(stack, held.values(ask_at=now())):
        callbacks_fall_due(stack)


def calls_go_quiet(stack: Stack) -> None:
    """Nothing was heard of any open call for long, and the sweep looks after them now."""
    is_open = update(Call).where(Call.ended_at.is_(None))
    if _run(stack, is_open.values(touched_at=now() - LONG_AGO)):
        sweep(stack, FINISH_STALE)


def sweep(stack: Stack, task: str) -> None:
    """Let the worker run a sweep now, not at its next turn."""
    with Celery(broker=broker_url(stack.settings.redis_url)) as app:
        app.send_task(task)


def _run(stack: Stack, statement: Update) -> int:
    """How many rows were moved."""
    with stack.database() as engine, engine.execution_options(immediate=True).begin() as connection:
        return connection.execute(statement).rowcount
