"""The desk's work list of callbacks, and the button that rings an operator for one now."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, select, text
from sqlalchemy.orm import Session

from agents.queries import person_to_ring
from calls.call_rules import RINGING, WISH_LIFE, CallFacts, call_refusal, not_before, today
from calls.errors import CallNowRefused
from calls.hours import caller_limits, is_spent_today
from calls.legs import is_on_the_phone
from calls.models import CLAIMABLE, Call, Callback, CallbackAttempt
from calls.moves import DIAL, hold, move
from calls.operators import can_be_rung, may_know
from calls.policy import Policy, current_policy
from calls.queries import call_is_over, line_is_rung, window_text
from calls.states import DIALLING, WAITING
from cases.models import Case
from cases.services import note_event
from core.queue import enqueue

SHOWN: Final = (*WAITING, *RINGING)
URGENCY: Final = case({"emergency": 0, "urgent": 1}, value=Callback.severity, else_=2)


@dataclass(frozen=True)
class WorkItem:
    """One callback of the list.

    `ready`: nothing but the operator's own phone speaks against calling now; else `refusal` names
    the rule and `not_before` the moment, where there is one. `rings_at` is when it rings by itself.
    """

    callback: Callback
    reference: str
    office_code: str
    severity: str
    state: str
    window: str | None
    ready: bool
    refusal: str | None
    not_before: datetime | None
    rings_at: datetime | None
    late_at: datetime
    late: bool
    tries: int
    last_outcome: str | None
    keys_only: bool
    immediate: bool
    language: str
    wanted_staff_id: int | None


@dataclass(frozen=True)
class _Lines:
    """What is known about all lines of a list at once, by number and then by case."""

    rung: Mapping[str | None, frozenset[int]]
    tries: Mapping[str | None, Mapping[int, int]]

    def facts(self, callback: Callback, policy: Policy) -> dict[str, bool]:
        """Whether the line is rung or has had its tries, through its own case or through others."""
        rung = self.rung.get(callback.number_fingerprint, frozenset())
        tries = self.tries.get(callback.number_fingerprint, {})
        rung = rung if callback.state in WAITING else frozenset()
        tries = {} if callback.immediate else tries
        enough = policy.max_tries_a_day
        return {
            "line_busy": callback.case_id in rung,
            "spent_today": tries.get(callback.case_id, 0) >= enough,
            "line_elsewhere": bool(rung) or sum(tries.values()) >= enough,
        }


def work_list(
    session: Session, seen: ColumnElement[bool], *, now: datetime, limit: int
) -> list[WorkItem]:
    """Callbacks to be made, and those that are being made: danger first, then the nearest deadline.

    What is practised comes after all that is real, and so takes the place of nothing.
    `seen` is cases.access.visible with "callback.list". A fixed number of queries, whatever it
    holds; a callback whose own call still goes on is not shown.
    """
    query = (
        select(Callback, Case.reference)
        .join(Case, Case.id == Callback.case_id)
        .join(Call, Call.sid == Callback.call_sid)
        .where(seen, Callback.state.in_(SHOWN), Call.ended_at.is_not(None))
        .order_by(
            *(Case.is_practice, Callback.immediate.desc(), URGENCY),
            *(Callback.late_at, Callback.id),
        )
        .limit(limit)
    )
    rows = session.execute(query).all()
    callbacks = [row.Callback for row in rows]
    lines = _lines(session, callbacks, now=now)
    outcomes = _last_outcomes(session, [one.id for one in callbacks])
    policy = current_policy()
    return [_item(row.Callback, row.reference, outcomes, lines, policy, now=now) for row in rows]


def _item(
    callback: Callback,
    reference: str,
    outcomes: dict[int, str | None],
    lines: _Lines,
    policy: Policy,
    *,
    now: datetime,
) -> WorkItem:
    limits = caller_limits(callback)
    line = lines.facts(callback, policy)
    asker = callback.wanted_staff_id if _is_fresh(callback, now=now) else None
    facts = CallFacts(
        state=callback.state,
        limits=limits,
        taken=asker is not None,
        **line,
    )
    refusal = call_refusal(facts, margin_s=policy.margin_s, now=now)
    return WorkItem(
        callback=callback,
        reference=reference,
        office_code=callback.office_code,
        severity=callback.severity,
        state=callback.state,
        window=window_text(callback),
        ready=refusal is None,
        refusal=refusal,
        not_before=not_before(
            limits, margin_s=policy.margin_s, spent_today=line["spent_today"], now=now
        ),
        rings_at=callback.due_at if callback.state in WAITING else None,
        late_at=callback.late_at,
        late=callback.late_at < now,
        tries=callback.tries,
        last_outcome=outcomes.get(callback.id),
        keys_only=callback.keys_only,
        immediate=callback.immediate,
        language=callback.language,
        wanted_staff_id=asker,
    )


def _lines(session: Session, callbacks: Sequence[Callback], *, now: datetime) -> _Lines:
    if not callbacks:
        return _Lines({}, {})
    numbers = {one.number_fingerprint for one in callbacks}
    rung = select(Callback.number_fingerprint, Callback.case_id).where(
        Callback.number_fingerprint.in_(numbers), Callback.state.in_(DIALLING)
    )
    tries = (
        select(Callback.number_fingerprint, Callback.case_id, func.count())
        .join(CallbackAttempt, CallbackAttempt.callback_id == Callback.id)
        .where(
            Callback.number_fingerprint.in_(numbers), CallbackAttempt.caller_rung_at >= today(now)
        )
        .group_by(Callback.number_fingerprint, Callback.case_id)
    )
    cases: dict[str | None, set[int]] = defaultdict(set)
    for line, case_id in session.execute(rung):
        cases[line].add(case_id)
    counted: dict[str | None, dict[int, int]] = defaultdict(dict)
    for line, case_id, count in session.execute(tries):
        counted[line][case_id] = count
    return _Lines({line: frozenset(found) for line, found in cases.items()}, counted)


def _last_outcomes(session: Session, ids: Collection[int]) -> dict[int, str | None]:
    if not ids:
        return {}
    query = (
        select(CallbackAttempt.callback_id, CallbackAttempt.outcome)
        .where(CallbackAttempt.callback_id.in_(ids), CallbackAttempt.outcome.is_not(None))
        .order_by(CallbackAttempt.number)
    )
    return {row.callback_id: row.outcome for row in session.execute(query)}


def call_now(session: Session, callback_id: int, *, staff_id: int, now: datetime) -> None:
    """Ring this operator, whatever the duty, and nobody else, for the callback now.

    CallNowRefused names the rule. Asked again by the same person it changes nothing. Whoever is
    not reached is not waited for: the callback then rings as the rules alone would have it.
    """
    callback = hold(session, callback_id)
    if not _asked_before(callback, staff_id, now=now):
        facts = _facts(session, callback, staff_id, now=now)
        rule = call_refusal(facts, margin_s=current_policy().margin_s, now=now)
        asked = {"wanted_staff_id": staff_id, "due_at": now}
        if rule is None and not move(session, callback, callback.state, **asked):
            rule = "already_ringing"
        if rule:
            raise CallNowRefused(rule)
        data = {"callback_id": callback.id}
        actor = f"staff:{staff_id}"
        note_event(session, callback.case_id, "callback_asked_now", data, now, actor)
    enqueue(session, DIAL, callback.id)


def _asked_before(callback: Callback, staff_id: int, *, now: datetime) -> bool:
    waits = callback.state in WAITING and callback.wanted_staff_id == staff_id
    return waits and _is_fresh(callback, now=now)


def _is_fresh(callback: Callback, *, now: datetime) -> bool:
    """Whether somebody's wish to be rung holds: `due_at` is the moment it was made."""
    return callback.due_at is not None and callback.due_at + WISH_LIFE > now


def _facts(session: Session, callback: Callback, staff_id: int, *, now: datetime) -> CallFacts:
    person = person_to_ring(session, staff_id)
    wanted = callback.wanted_staff_id
    policy, case_id = current_policy(), callback.case_id
    rung_here = line_is_rung(session, callback, DIALLING, case_id=case_id)
    rung = line_is_rung(session, callback, DIALLING)
    spent = is_spent_today(session, callback, policy, now=now)
    talks = is_on_the_phone(session, staff_id, now=now)
    waits = _waits_for_a_ring(session, staff_id, callback.account_sid, now=now)
    return CallFacts(
        state=callback.state,
        limits=caller_limits(callback),
        taken=wanted not in (None, staff_id) and _is_fresh(callback, now=now),
        has_phone=person is not None and can_be_rung(person),
        may_know=person is not None and bool(may_know(session, callback, [person])),
        on_the_phone=talks or waits,
        line_busy=rung_here or not call_is_over(session, callback),
        spent_today=is_spent_today(session, callback, policy, case_id=case_id, now=now),
        line_elsewhere=rung or spent,
    )


def _waits_for_a_ring(session: Session, staff_id: int, account_sid: str, *, now: datetime) -> bool:
    """Whether the person asked for another callback just now, and is about to be rung.

    Practice beside a real telephone keeps nobody from real work.
    """
    waiting: Any = text(CLAIMABLE)
    asked = select(Callback.id).where(
        waiting,
        Callback.due_at <= now,
        Callback.due_at > now - WISH_LIFE,
        Callback.wanted_staff_id == staff_id,
        Callback.account_sid == account_sid,
    )
    return session.scalar(asked.limit(1)) is not None
