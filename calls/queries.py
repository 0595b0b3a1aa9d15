"""Looking at callbacks: for the API and the commands, and for those who dial them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, or_, select, text, true
from sqlalchemy.orm import Session

from calls.models import CLAIMABLE, Call, Callback, CallbackAttempt, CallbackDecision
from calls.retry import HALTING
from cases import counting
from cases.models import Case
from cases.states import SETTLED


@dataclass(frozen=True)
class CallbackFile:
    """A callback with its attempts, the first one first."""

    callback: Callback
    attempts: tuple[CallbackAttempt, ...]

    @property
    def window(self) -> str | None:
        """The window as it is shown: "08:00-20:00", "now", or None for none given."""
        return window_text(self.callback)


def window_text(callback: Callback) -> str | None:
    """A callback's window as it is shown."""
    if callback.immediate:
        return "now"
    start, end = callback.window_start, callback.window_end
    return f"{start}-{end}" if start and end else None


@dataclass(frozen=True)
class CallbackFilter:
    """Which callbacks a list wants; None is all, but of `practice` what counts.

    `before_id` is where the last page ended. Who names a case gets its callbacks anyway.
    """

    reference: str | None = None
    state: str | None = None
    before_id: int | None = None
    practice: bool | None = None


def callbacks_of_case(session: Session, case_id: int) -> Sequence[CallbackFile]:
    """All callbacks of a case, the oldest first."""
    wanted = select(Callback).where(Callback.case_id == case_id)
    return _files(session, wanted.order_by(Callback.id))


def list_callbacks(session: Session, wanted: CallbackFilter, limit: int) -> Sequence[CallbackFile]:
    """The newest callbacks first, at most `limit`; every filter is served by an index."""
    newest = select(Callback).order_by(Callback.id.desc()).limit(limit)
    if wanted.reference is not None:
        of_case = select(Case.id).where(Case.reference == wanted.reference)
        newest = newest.where(Callback.case_id.in_(of_case))
    else:
        newest = newest.where(counting.listed_case(Callback.case_id, wanted.practice))
    if wanted.state is not None:
        newest = newest.where(Callback.state == wanted.state)
    if wanted.before_id is not None:
        newest = newest.where(Callback.id < wanted.before_id)
    return _files(session, newest)


def _files(session: Session, wanted: Select[Any]) -> list[CallbackFile]:
    callbacks = session.scalars(wanted).all()
    if not callbacks:
        return []
    attempts: dict[int, list[CallbackAttempt]] = {one.id: [] for one in callbacks}
    rows = select(CallbackAttempt).where(CallbackAttempt.callback_id.in_(attempts))
    for attempt in session.scalars(rows.order_by(CallbackAttempt.number)):
        attempts[attempt.callback_id].append(attempt)
    return [CallbackFile(one, tuple(attempts[one.id])) for one in callbacks]


def ripe(now: datetime) -> Any:
    """The condition of a callback that may be claimed: due, nobody's, and its own call over."""
    over = exists().where(Call.sid == Callback.call_sid, Call.ended_at.is_not(None))
    free = or_(Callback.claimed_until.is_(None), Callback.claimed_until < now)
    return text(CLAIMABLE) & (Callback.due_at <= now) & free & over


def open_attempts(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Ids of attempts that somebody must look after now."""
    query = select(CallbackAttempt.id).where(
        CallbackAttempt.check_at.is_not(None), CallbackAttempt.check_at <= now
    )
    return session.scalars(query.order_by(CallbackAttempt.check_at).limit(limit)).all()


def line_is_rung(
    session: Session, callback: Callback, states: Sequence[str], *, case_id: int | None = None
) -> bool:
    """Whether another callback to this number is in one of the states: never two on one line.

    With a case, whether one of that case is.
    """
    other = exists().where(
        true() if case_id is None else Callback.case_id == case_id,
        Callback.number_fingerprint == callback.number_fingerprint,
        Callback.id != callback.id,
        Callback.state.in_(states),
    )
    return bool(session.scalar(select(other)))


def line_calls_us(session: Session, callback: Callback) -> bool:
    """Whether somebody phones us from this number right now: it would be busy, and a try lost."""
    phones = exists().where(
        Call.caller_fingerprint == callback.number_fingerprint, Call.ended_at.is_(None)
    )
    return bool(session.scalar(select(phones)))


def tries_since(
    session: Session, callback: Callback, since: datetime, *, case_id: int | None = None
) -> int:
    """How often this number was rung since a moment, whatever the callback; or by one case's."""
    query = (
        select(func.count())
        .select_from(CallbackAttempt)
        .join(Callback, Callback.id == CallbackAttempt.callback_id)
        .where(
            Callback.number_fingerprint == callback.number_fingerprint,
            CallbackAttempt.caller_rung_at >= since,
            true() if case_id is None else Callback.case_id == case_id,
        )
    )
    return session.scalar(query) or 0


def call_is_over(session: Session, callback: Callback) -> bool:
    """Whether the caller's own call has ended: nothing is decided or rung before."""
    over = exists().where(Call.sid == callback.call_sid, Call.ended_at.is_not(None))
    return bool(session.scalar(select(over)))


def case_is_over(session: Session, callback: Callback) -> bool:
    """Whether the case was closed or put aside: until it is opened again nobody is rung for it.

    A case that was referred, or whose people cannot be reached, is still ours to see through: who
    wished a call is called.
    """
    status = session.scalar(select(Case.status).where(Case.id == callback.case_id))
    return status in SETTLED


def decisions_made(session: Session, callback_id: int) -> int:
    """How often people have decided about a callback."""
    query = select(func.count()).where(CallbackDecision.callback_id == callback_id)
    return session.scalar(query) or 0


def last_decision(session: Session, callback_id: int) -> datetime | None:
    """When a person last decided about a callback: what was tried before counts no more."""
    query = select(func.max(CallbackDecision.at)).where(CallbackDecision.callback_id == callback_id)
    return session.scalar(query)


def halted_by(session: Session, callback: Callback) -> str | None:
    """The outcome with which this line ended all ringing, if it did since the permission."""
    query = (
        select(CallbackAttempt.outcome)
        .join(Callback, Callback.id == CallbackAttempt.callback_id)
        .where(
            Callback.number_fingerprint == callback.number_fingerprint,
            CallbackAttempt.outcome.in_(HALTING),
            CallbackAttempt.ended_at >= callback.waiting_since,
        )
        .order_by(CallbackAttempt.ended_at.desc())
        .limit(1)
    )
    return session.scalar(query)


def oldest_due(session: Session) -> datetime | None:
    """When the callback that has been due longest fell due (health page, metrics)."""
    due = select(Callback.due_at).where(
        text(CLAIMABLE), Callback.due_at.is_not(None), counting.counted_case(Callback.case_id)
    )
    return session.scalar(due.order_by(Callback.due_at).limit(1))
