"""Which promises a ring breaks, in plain words; none is the only good answer.

What is expected comes from the plan (who wished what, who works where) and from the telephone
company's own ledger, never from the rows that the hotline decided by.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from agents.hours import holidays_around, office_hours
from agents.models import Notice, Staff
from agents.notice_models import NoticeReceipt
from agents.notice_policy import current_policy as notice_policy
from agents.queries import HEAD
from agents.rules import is_open, on_duty
from calls.call_rules import PRESSING, today
from calls.hours import EMERGENCY
from calls.legs import CALLER, NOTICE, OPERATOR
from calls.models import Call, Callback, CallbackAttempt
from calls.policy import current_policy
from calls.states import WAITING
from cases.models import Case, CaseExclusion
from core.zones import BANGKOK
from routing.vocabulary import HQ
from tests.simulation.reports import NOW

if TYPE_CHECKING:
    from tests.simulation.ledger import Ledger, Promise, Ring

# As ENVIRON of tests.simulation.settings has it.
SAFE: Final = ("08:00", "20:00")
RANKS: Final = {"emergency": 0, "urgent": 1, "normal": 2}
# What fell due less than two sweeps ago may not have been seen yet.
SEEN_WITHIN: Final = timedelta(seconds=10)


# One ring, and one more after each pause.
MOST_RINGS: Final = len(notice_policy().telephone.pauses_s) + 1


def faults(session: Session, ledger: "Ledger", ring: "Ring") -> Iterator[str]:
    """The promises that this ring breaks."""
    if any(one.number == ring.number for one in ledger.open_rings.values()):
        yield "a number rings twice at once"
    if ring.attempt_id is not None and (ring.kind, ring.attempt_id) in ledger.once:
        yield "rung twice in one attempt"
    if ring.case_id is not None and ring.staff_id is not None:
        yield from _secrecy(session, ledger, ring)
    if ring.kind == OPERATOR:
        yield from _operator(session, ledger, ring)
    elif ring.kind == CALLER:
        yield from _caller(ledger, ring)
    elif ring.kind == NOTICE:
        yield from _notice(session, ledger, ring)


def _secrecy(session: Session, ledger: "Ledger", ring: "Ring") -> Iterator[str]:
    human = ledger.country.by_id[ring.staff_id or 0]
    barred = session.execute(
        select(CaseExclusion.office_code, CaseExclusion.staff_id).where(
            CaseExclusion.case_id == ring.case_id
        )
    ).all()
    if any(human.office == office or human.staff_id == staff for office, staff in barred):
        yield "somebody is rung who must not know of the case"


def _operator(session: Session, ledger: "Ledger", ring: "Ring") -> Iterator[str]:
    callback, human = ring.callback, ledger.country.by_id[ring.staff_id or 0]
    if callback is None:
        return
    if ring.number != human.phone:
        yield "a number is rung that is not the operator's"
    if (human.staff_id, callback.id) in ledger.asked:
        return
    staff = session.get_one(Staff, human.staff_id)
    hours_hold = is_open(ring.began, office_hours(), holidays_around(ring.began))
    works = on_duty(staff.duty, always=staff.always_on_duty, is_open=hours_hold)
    is_late = callback.late_at <= ring.began
    is_called = human.on_call and (
        callback.office_code == HQ or (callback.severity == EMERGENCY and is_late)
    )
    near = human.office == callback.office_code
    above = human.office in ledger.country.above(callback.office_code)
    # Before a pressing one is late its deputy, head, the office above and the hotline join, at any
    # hour; whoever switched off duty in an emergency alone (docs/decisions/0022).
    may_join = staff.duty != "off" or callback.severity == EMERGENCY
    leads = human.role == HEAD and (near or above)
    joins = callback.severity in PRESSING and may_join and (leads or human.on_call)
    serves = near or (above and callback.severity in PRESSING)
    if not is_called and not joins and not (works and serves):
        yield "somebody is rung who is off duty or of another office"
    mode = ledger.country.modes[callback.office_code]
    waits = mode == "work_list" and callback.severity not in PRESSING and not is_late
    if waits and not staff.always_on_duty:
        yield "rung by itself although the office rings from its list"
    if passed_over(session, ledger, ring, callback):
        yield "rung although a graver one waited for the same operator"


def _notice(session: Session, ledger: "Ledger", ring: "Ring") -> Iterator[str]:
    """A ring about what somebody was told, by the notices themselves and who has read them."""
    columns = (Notice.id, Notice.recipient_staff_id, Notice.severity, Case.id.label("case_id"))
    wanted = select(*columns).outerjoin(Case, Case.reference == Notice.reference)
    told = session.execute(wanted.where(Notice.id.in_(ring.notice_ids))).all()
    for one in told:
        yield from _secrecy(session, ledger, replace(ring, case_id=one.case_id))
    read = exists().where(
        NoticeReceipt.notice_id == Notice.id,
        NoticeReceipt.staff_id == ring.staff_id,
        NoticeReceipt.seen_at < ring.began,
    )
    unread = select(Notice.id).where(Notice.id.in_(ring.notice_ids), ~read).limit(1)
    is_news = session.scalar(unread) is not None
    yield from about_notices(ring, told, ledger.all_rings, is_news=is_news)


def about_notices(
    ring: "Ring", told: Sequence[Any], rings: Sequence["Ring"], *, is_news: bool
) -> Iterator[str]:
    """Only emergencies that this person was told of and has not read, and only so often."""
    if any(one.recipient_staff_id != ring.staff_id for one in told):
        yield "somebody is rung about a notice of somebody else"
    if any(one.severity != EMERGENCY for one in told):
        yield "rung about a notice that is no emergency"
    if not is_news:
        yield "rung although the person had read it"
    before = (sum(one in other.notice_ids for other in rings) for one in ring.notice_ids)
    if max(before, default=0) >= MOST_RINGS:
        yield "rung about a notice more often than allowed"


def passed_over(session: Session, ledger: "Ledger", ring: "Ring", callback: Callback) -> list[int]:
    """Graver callbacks of the office that were due, free to ring, not tried with this person."""
    over = exists().where(Call.sid == Callback.call_sid, Call.ended_at.is_not(None))
    tried = exists().where(
        CallbackAttempt.callback_id == Callback.id,
        CallbackAttempt.round == Callback.round,
        CallbackAttempt.staff_id == ring.staff_id,
    )
    waiting = session.scalars(
        select(Callback).where(
            Callback.office_code == callback.office_code,
            Callback.id != callback.id,
            Callback.state.in_(WAITING),
            Callback.due_at <= ring.began - SEEN_WITHIN,
            Callback.wanted_staff_id.is_(None),
            over,
            ~tried,
        )
    )
    return [
        one.id
        for one in waiting
        if stands_before(one, callback) and _is_free(session, ledger, one, ring)
    ]


def stands_before(one: Callback, callback: Callback) -> bool:
    """Whether one is graver, and no ordinary one has grown older than its head start meanwhile.

    Danger stands before all; the ageing of the rest is that of docs/decisions/0022.
    """
    return _rank(one) < _rank(callback) and _place(one) < _place(callback)


def _place(callback: Callback) -> datetime:
    ahead = current_policy().head_start_s["now" if callback.immediate else callback.severity]
    return callback.waiting_since - timedelta(seconds=ahead)


def _rank(callback: Callback) -> tuple[bool, int]:
    return not callback.immediate, RANKS[callback.severity]


def _is_free(session: Session, ledger: "Ledger", callback: Callback, ring: "Ring") -> bool:
    promise = ledger.promises.get(callback.call_sid)
    if promise is None or promise.window is None or not in_window(promise, ring):
        return False
    lines = {one.number for one in ledger.open_rings.values() if one.kind == CALLER}
    line = replace(ring, number=promise.number or "")
    spent = _rung_today(ledger, line)
    for_it = replace(ring, case_id=callback.case_id)
    excluded = next(_secrecy(session, ledger, for_it), None) is not None
    enough = spent >= current_policy().max_tries_a_day and not callback.immediate
    return promise.number not in lines and not enough and not excluded


def _rung_today(ledger: "Ledger", ring: "Ring") -> int:
    """How often the number was rung since midnight in Thailand."""
    return sum(
        one.kind == CALLER and one.number == ring.number and one.began >= today(ring.began)
        for one in ledger.all_rings
    )


def _caller(ledger: "Ledger", ring: "Ring") -> Iterator[str]:
    promise = ledger.promise_of(ring)
    if promise is None or promise.number is None or promise.window is None:
        yield "a caller is rung who never asked for it"
        return
    if ring.number != promise.number:
        yield "another number is rung than the caller's"
    if not in_window(promise, ring):
        yield f"rung outside {promise.window} or the safe hours"
    if promise.call_over is None or promise.call_over > ring.began:
        yield "rung before the caller's own call was over"
    if _rung_today(ledger, ring) >= current_policy().max_tries_a_day and promise.window != NOW:
        yield "rung more often on one day than allowed"
    stopped = ledger.stopped.get(ring.number)
    if stopped is not None and stopped >= promise.since:
        yield "rung although the line asked not to be"


def in_window(promise: "Promise", ring: "Ring") -> bool:
    """Whether the caller's wish and the safe hours allow a ring at this moment."""
    if promise.window == NOW:
        return True
    local = ring.began.astimezone(BANGKOK)
    clock = f"{local:%H:%M}"
    begin, end = (promise.window or "").split("-")
    return max(begin, SAFE[0]) <= clock < min(end, SAFE[1])
