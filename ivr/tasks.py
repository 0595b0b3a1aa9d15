"""Sweeps of the telephone's door: calls whose end nobody told, events of unknown calls."""

from datetime import timedelta

from celery import shared_task

from calls import ledger
from calls.states import ENDED, PROVIDER_STATUS
from core import clock
from core.database import reading, transaction
from core.logs import logger
from core.telephony import NotFound, TelephonyError, provider
from ivr import orphans, services

FINISH_STALE = "ivr.finish_stale_calls"
ASK_ORPHANS = "ivr.ask_orphans"
SWEEPS = {FINISH_STALE: 30.0, ASK_ORPHANS: 30.0}
SILENT_FOR = timedelta(minutes=3)
AT_ONCE = 50

log = logger(__name__)


@shared_task(name=FINISH_STALE)
def finish_stale_calls() -> None:
    """Ask the provider about calls that have been quiet for long, and finish those that ended."""
    with reading() as session:
        quiet = ledger.stale_calls(session, clock.now() - SILENT_FOR, AT_ONCE)
    for sid, account_sid in quiet:
        _finish(sid, status_at_provider(sid, account_sid))


def _finish(sid: str, status: str | None) -> None:
    now = clock.now()
    with transaction() as session:
        if status in ENDED:
            services.end_call(session, sid, str(status), now=now)
        else:
            ledger.touch(session, sid, now)


def status_at_provider(sid: str, account_sid: str) -> str | None:
    """Our word for the call's status there; a call that is not known there has failed."""
    try:
        return PROVIDER_STATUS.get(provider(account_sid).call_status(sid).status)
    except NotFound:
        return "failed"
    except TelephonyError as error:
        log.warning("provider did not tell a call's status", error=type(error).__name__)
        return None


@shared_task(name=ASK_ORPHANS)
def ask_orphans() -> None:
    """Write down calls that were told to us by an event only (reliability.md P1)."""
    with reading() as session:
        due = orphans.due_orphans(session, clock.now(), AT_ONCE)
    for orphan_id, sid, account_sid in due:
        status = status_at_provider(sid, account_sid)
        with transaction() as session:
            orphans.settle_orphan(session, orphan_id, sid, status, now=clock.now())
