"""Why nobody is rung for a claimed callback now, and when it is looked at again."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from calls.call_rules import A_DAY, not_before
from calls.climbing_rules import next_join
from calls.hours import is_spent_today, limits_of, usual_moment, usually_due
from calls.models import Callback
from calls.moves import NOBODYS, mark, move
from calls.notices import tell_unattended
from calls.numbers import number_refusal
from calls.operators import Choice
from calls.policy import Policy
from calls.queries import case_is_over, decisions_made, line_calls_us, line_is_rung
from calls.rules import first_moment
from calls.states import DIALLING
from core import runtime


def why_not(session: Session, callback: Callback) -> str | None:
    """What has become so since the permission, and leaves the callback to a person."""
    if runtime.current().settings.account_of(callback.account_sid) is None:
        # The practice phone was taken away, say: the real telephone never rings for practice.
        return "account_gone"
    if case_is_over(session, callback):
        return "case_over"
    decided = decisions_made(session, callback.id) > 0
    return number_refusal(session, callback.number, decided=decided)


def wait_until(
    session: Session, callback: Callback, policy: Policy, *, now: datetime
) -> datetime | None:
    """When the caller's hours, or the bounds per number, allow the next ring; None means now."""
    limits = limits_of(session, callback, now=now)
    margin_s = policy.margin_s
    later = not_before(limits, margin_s=margin_s, spent_today=False, now=now)
    if later:
        return later
    if line_is_rung(session, callback, DIALLING) or line_calls_us(session, callback):
        return now + timedelta(seconds=policy.caller_ring_s)
    spent = is_spent_today(session, callback, policy, now=now)
    return not_before(limits, margin_s=margin_s, spent_today=spent, now=now)


def wait_for_people(
    session: Session, callback: Callback, policy: Policy, choice: Choice, *, now: datetime
) -> None:
    """Nobody can be rung: looked at again when that may have changed."""
    if callback.wanted_staff_id is not None:
        usual = usual_moment(session, callback, policy, now=now)
        put_back(session, callback, due_at=usual or now + A_DAY)
        return
    if choice.from_list:
        limits = limits_of(session, callback, now=now)
        put_back(session, callback, due_at=first_moment(callback.late_at, limits) or now + A_DAY)
        return
    if choice.round_over:
        _wait_for_a_round(session, callback, policy, now=now)
        return
    on_duty = policy.nobody_on_duty_s[callback.severity]
    wait_s = policy.all_talking_s if choice.talking else on_duty
    put_back(session, callback, due_at=now + timedelta(seconds=wait_s))
    if not choice.talking and callback.severity not in policy.climb_s:
        _look_who_comes(session, callback, policy, now=now)


def _look_who_comes(session: Session, callback: Callback, policy: Policy, *, now: datetime) -> None:
    """Nobody is on duty: whoever was to come in time may be on leave by now."""
    if callback.reason is not None:
        return
    due = usually_due(session, callback, policy, now=now)
    if due.reason and mark(session, callback, reason=due.reason):
        tell_unattended(session, callback, now=now)


def _wait_for_a_round(
    session: Session, callback: Callback, policy: Policy, *, now: datetime
) -> None:
    """All were rung in vain: whoever joins next is rung alone, else all of them after a pause."""
    pauses = policy.round_pauses_s
    again = now + timedelta(seconds=pauses[min(callback.round, len(pauses) - 1)])
    joins = next_join(callback.severity, callback.late_at, policy.climb_s, now)
    if joins and joins < again:
        put_back(session, callback, due_at=joins)
    else:
        put_back(session, callback, due_at=again, round=callback.round + 1)


def put_back(session: Session, callback: Callback, **values: Any) -> None:
    """Back to those that wait; whoever asked to be rung was not, and is not waited for."""
    state = "retry" if callback.tries else "due"
    move(session, callback, state, **NOBODYS | values)
