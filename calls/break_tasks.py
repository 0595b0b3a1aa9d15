"""The door of rings that are broken off: one request for each, with no transaction open."""

from celery import shared_task

from calls.breaking import BREAK, rings_to_break
from calls.tasks import Provider
from core.database import reading
from core.logs import logger
from core.telephony import TelephonyError, provider

log = logger(__name__)


@shared_task(name=BREAK)
def break_ring(staff_id: int) -> None:
    """Break off what rings at one person and is to give way, unless it is over or answered."""
    break_off(staff_id)


def break_off(staff_id: int, *, telephony: Provider = provider) -> None:
    """Ask once of each account: the leg's own status tells what became of it."""
    with reading() as session:
        rings = rings_to_break(session, staff_id)
    for account_sid, sid in rings:
        try:
            telephony(account_sid).cancel_ring(sid)
        except TelephonyError as error:
            log.warning("ring not broken off", reason=type(error).__name__)
