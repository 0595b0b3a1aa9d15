"""The doors of notices: a sweep that plans what is owed, and a sender for each channel; and the
sweep that warns of committees whose term ends.

A sender works through its channel one message after another, never two at once in one process: a
mail server that hangs holds one thread, and the others go on ringing people.
"""

import time
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Final

from celery import shared_task

from agents.committees import warn_ending
from agents.notice_planning import Planner, plan_owed, plan_unseen
from agents.notice_policy import EMAIL, LINE, SMS, current_policy
from agents.notice_sending import Sending, claim, holds, next_due, not_sent, sent
from agents.notice_services import Carrier, current_carriers, usable
from core import clock
from core.crashpoints import crashpoint
from core.database import reading, transaction
from core.delivery import DeliveryError, ServiceAway
from core.logs import logger
from core.sweeps import run_on

PLAN: Final = "agents.plan_notices"
SEND_MAIL: Final = "agents.send_mail"
SEND_LINE: Final = "agents.send_line"
SEND_SMS: Final = "agents.send_sms"
WARN_COMMITTEES: Final = "agents.warn_ending_committees"
SWEEPS: Final = {
    PLAN: 2.0,
    SEND_MAIL: 3.0,
    SEND_LINE: 3.0,
    SEND_SMS: 3.0,
    WARN_COMMITTEES: 900.0,
}
MOST_WARNED: Final = 100

Clock = Callable[[], datetime]

log = logger(__name__)
_senders: Final = {channel: Lock() for channel in (EMAIL, LINE, SMS)}


@shared_task(name=PLAN)
def plan_notices() -> None:
    """Write down how each notice goes out that is owed, or that nobody has seen in time."""
    carriers = current_carriers()
    run_on(lambda session: plan_owed(session, _planner(carriers, clock.now())))
    run_on(lambda session: plan_unseen(session, _planner(carriers, clock.now())))


@shared_task(name=SEND_MAIL)
def send_mail() -> None:
    """Send the mails that are due."""
    send_due(EMAIL, current_carriers())


@shared_task(name=SEND_LINE)
def send_line() -> None:
    """Push to LINE what is due."""
    send_due(LINE, current_carriers())


@shared_task(name=SEND_SMS)
def send_sms() -> None:
    """Send the SMS that are due."""
    send_due(SMS, current_carriers())


@shared_task(name=WARN_COMMITTEES)
def warn_ending_committees() -> None:
    """Tell the heads whose safety centre's committee ends its term soon."""
    with transaction() as session:
        warn_ending(session, clock.now(), MOST_WARNED)


def send_due(channel: str, carriers: dict[str, Carrier], *, now: Clock = clock.now) -> int:
    """Send what is due until nothing is, time is up or the service is away; returns how many."""
    lock, policy = _senders[channel], current_policy()
    if not lock.acquire(blocking=False):
        return 0
    try:
        end = time.monotonic() + policy.longest_turn_s
        for number in range(policy.sends_a_sweep):
            with reading() as session:
                due = next_due(session, channel, now())
            if due is None or time.monotonic() > end or not send(due, carriers, now=now):
                return number
        return policy.sends_a_sweep
    finally:
        lock.release()


def send(delivery_id: int, carriers: dict[str, Carrier], *, now: Clock = clock.now) -> bool:
    """Claim, ask the service, write down: False when the service is away for everybody."""
    with transaction() as session:
        sending = claim(session, delivery_id, _planner(carriers, now()))
    if sending is None:
        return True
    crashpoint("notice_claimed")
    with reading() as session:
        if not holds(session, sending, now()):
            log.warning("claim lost before sending", delivery_id=delivery_id)
            return True
    crashpoint("before_notice")
    try:
        provider_id = carriers[sending.channel](sending.offer)
    except DeliveryError as error:
        _note_failure(sending, error, carriers, now())
        return not isinstance(error, ServiceAway)
    crashpoint("after_notice")
    with transaction() as session:
        sent(session, sending, provider_id, now())
    crashpoint("notice_written")
    return True


def _note_failure(
    sending: Sending, error: DeliveryError, carriers: dict[str, Carrier], now: datetime
) -> None:
    log.warning("notice not sent", channel=sending.channel, reason=error.code, tries=sending.tries)
    with transaction() as session:
        not_sent(session, sending, error, _planner(carriers, now))


def _planner(carriers: dict[str, Carrier], now: datetime) -> Planner:
    return Planner(current_policy(), usable(carriers), now)
