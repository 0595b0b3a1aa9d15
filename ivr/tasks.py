"""Sweeps of the telephone's door: calls whose end nobody told, calls that we only heard of or not
even that."""

from datetime import timedelta

from celery import shared_task

from calls import ledger
from calls.policy import current_policy
from calls.shut_out import answered, shut_out
from calls.states import ENDED, PROVIDER_STATUS
from core import clock, runtime
from core.database import reading, transaction
from core.logs import logger
from core.telephony import NotFound, OutcomeUnknown, Refused, ShutOut, TelephonyError, provider
from ivr import missed, orphans, services
from ivr.orphans import Told

FINISH_STALE = "ivr.finish_stale_calls"
ASK_ORPHANS = "ivr.ask_orphans"
COMPARE_CALLS = "ivr.compare_calls"
SWEEPS = {FINISH_STALE: 30.0, ASK_ORPHANS: 30.0, COMPARE_CALLS: 60.0}
SILENT_FOR = timedelta(minutes=3)
AT_ONCE = 50

log = logger(__name__)


@shared_task(name=FINISH_STALE)
def finish_stale_calls() -> None:
    """Ask the provider about calls that have been quiet for long, and finish those that ended."""
    with reading() as session:
        quiet = ledger.stale_calls(session, clock.now() - SILENT_FOR, AT_ONCE)
    silent: set[str] = set()
    for sid, account_sid in quiet:
        _finish(sid, told_by_provider(sid, account_sid, silent).status)


def _finish(sid: str, status: str | None) -> None:
    now = clock.now()
    with transaction() as session:
        if status in ENDED:
            services.end_call(session, sid, str(status), now=now)
        else:
            ledger.touch(session, sid, now)


def told_by_provider(sid: str, account_sid: str, silent: set[str]) -> Told:
    """What is known of the call there; one that is not known there has failed.

    So has one of an account that is gone. `silent` are the practice accounts that gave no answer in
    this sweep: they are asked no more in it, or real calls would wait for them.
    """
    if account_sid in silent:
        return Told(None)
    try:
        asked = provider(account_sid)
    except Refused:
        return Told("failed", is_known=False)
    try:
        call = asked.call_status(sid)
    except NotFound:
        return Told("failed", is_known=False)
    except TelephonyError as error:
        log.warning("provider did not tell a call's status", error=type(error).__name__)
        if isinstance(error, OutcomeUnknown) and _is_apart(account_sid):
            silent.add(account_sid)
        return Told(None)
    return Told(PROVIDER_STATUS.get(call.status), caller=call.caller)


def _is_apart(account_sid: str) -> bool:
    return runtime.current().settings.is_apart(account_sid)


@shared_task(name=ASK_ORPHANS)
def ask_orphans() -> None:
    """Write down calls that were told to us by an event only (reliability.md P1)."""
    with reading() as session:
        due = orphans.due_orphans(session, clock.now(), AT_ONCE)
    silent: set[str] = set()
    for orphan_id, sid, account_sid in due:
        told = told_by_provider(sid, account_sid, silent)
        with transaction() as session:
            orphans.settle_orphan(session, orphan_id, sid, told, now=clock.now())


@shared_task(name=COMPARE_CALLS)
def compare_calls() -> None:
    """Find the calls that came in while nothing of them reached us (reliability.md F03, F35).

    Span after span from where the last run ended, a few at once; when the provider does not answer
    the next run goes on from there.
    """
    account_sid = runtime.current().settings.twilio_account_sid
    for look in missed.LOOKS:
        for _ in range(missed.SPANS_AT_ONCE):
            with transaction() as session:
                span = missed.next_span(session, look, clock.now())
            if span is None or not _compare(account_sid, look, span):
                break


def _compare(account_sid: str, look: missed.Look, span: missed.Span) -> bool:
    try:
        span, listed = missed.calls_of(provider(account_sid), span)
    except TelephonyError as error:
        log.warning("provider did not list its calls", error=type(error).__name__)
        if isinstance(error, ShutOut):
            with transaction() as session:
                shut_out(session, account_sid, current_policy(), now=clock.now())
        return False
    with transaction() as session:
        answered(session, account_sid, now=clock.now())
        found = missed.note_missed(session, account_sid, listed, now=clock.now())
        missed.compared(session, look, span)
    if found:
        log.warning("calls came in that nobody here heard of", calls=found)
    return True
