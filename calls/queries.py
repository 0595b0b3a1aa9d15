"""Looking at callbacks: for the API and the commands, and for those who dial them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, exists, func, or_, select, text
from sqlalchemy.orm import Session

from calls.models import CLAIMABLE, Call, Callback, CallbackAttempt
from cases.models import Case


@dataclass(frozen=True)
class CallbackFile:
    """A callback with its attempts, the first one first."""

    callback: Callback
    attempts: tuple[CallbackAttempt, ...]

    @property
    def window(self) -> str | None:
        """The caller's window as it is shown: "08:00-20:00", "now", or None for none given."""
        if self.callback.immediate:
            return "now"
        start, end = self.callback.window_start, self.callback.window_end
        return f"{start}-{end}" if start and end else None


@dataclass(frozen=True)
class CallbackFilter:
    """Which callbacks a list wants; None is all. `before_id` is where the last page ended."""

    reference: str | None = None
    state: str | None = None
    before_id: int | None = None


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
    if wanted.state is not None:
        newest = newest.where(Callback.state == wanted.state)
    if wanted.before_id is not None:
        newest = newest.where(Callback.id < wanted.before_id)
    return _files(session, newest)


def _files(session: Session, wanted: Select[Any]) -> list[CallbackFile]:
    callbacks = session.scalars(wanted).all()
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


def ripe_callbacks(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Ids of callbacks to dial now: danger first, then by severity, then who has waited longest."""
    urgency = case({"emergency": 0, "urgent": 1}, value=Callback.severity, else_=2)
    query = select(Callback.id).where(ripe(now))
    order = (Callback.immediate.desc(), urgency, Callback.due_at, Callback.id)
    return session.scalars(query.order_by(*order).limit(limit)).all()


def open_attempts(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Ids of attempts that somebody must look after now."""
    query = select(CallbackAttempt.id).where(
        CallbackAttempt.check_at.is_not(None), CallbackAttempt.check_at <= now
    )
    return session.scalars(query.order_by(CallbackAttempt.check_at).limit(limit)).all()


def line_is_rung(session: Session, callback: Callback, states: Sequence[str]) -> bool:
    """Whether another callback to this number is in one of the states: never two on one line."""
    other = exists().where(
        Callback.number_fingerprint == callback.number_fingerprint,
        Callback.id != callback.id,
        Callback.state.in_(states),
    )
    return bool(session.scalar(select(other)))


def tries_since(session: Session, callback: Callback, since: datetime) -> int:
    """How often this number was rung since a moment, whatever the callback."""
    query = (
        select(func.count())
        .select_from(CallbackAttempt)
        .join(Callback, Callback.id == CallbackAttempt.callback_id)
        .where(
            Callback.number_fingerprint == callback.number_fingerprint,
            CallbackAttempt.caller_rung_at >= since,
        )
    )
    return session.scalar(query) or 0


def oldest_due(session: Session) -> datetime | None:
    """When the callback that has been due longest fell due (health page, metrics)."""
    return session.scalar(select(func.min(Callback.due_at)).where(text(CLAIMABLE)))
