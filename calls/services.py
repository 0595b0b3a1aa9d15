"""What a caller's answer about a callback becomes: a call that we owe, or a person's decision."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.numbers import number_fingerprint
from agents.queries import is_directory_number
from calls.hours import due_moment, limits_of
from calls.models import Callback
from calls.moves import DIAL, move
from calls.notices import owe_decision
from calls.policy import current_policy
from calls.rules import Answer, first_moment, judge, late_moment, parse_span
from calls.states import UNDIALLED, WAITING
from cases.models import Case
from cases.services import note_event
from core import runtime
from core.phones import dialable
from core.queue import enqueue

GRANTED: Final = ("this_number", "other_number")
CASE_FACTS = select(
    Case.id, Case.severity, Case.danger, Case.quiet, Case.silent_event, Case.caller_number
)
EMERGENCY: Final = "emergency"
MOMENTS: Final = ("due_at", "late_at", "escalate_at")


@dataclass(frozen=True)
class CallbackWish:
    """What one call said about being called back.

    `answer` is "this_number", "other_number", "none", "unanswered" or None (hung up before the
    question was answered). `window` is "HH:MM-HH:MM", "now", "person_decides" or None. `number`
    is E.164; for "this_number" the case's caller number stands in. `code` is the two digits told.
    """

    answer: str | None
    call_sid: str
    account_sid: str
    office_code: str
    language: str
    number: str | None = None
    number_confirmed: bool = False
    window: str | None = None
    code: str | None = None
    keys_only: bool = False


def request_callback(
    session: Session, case_id: int, wish: CallbackWish, *, now: datetime
) -> Callback | None:
    """Write down what the caller wished, one row per call; None where the answer was "no call".

    Said again in the same call it updates the row, as long as nobody was rung for it. Silence
    takes nothing back that a key had granted.
    """
    known = session.scalar(
        select(Callback).where(Callback.call_sid == wish.call_sid).with_for_update()
    )
    if known and (known.state not in UNDIALLED or known.tries):
        return known
    if known and known.consent and wish.answer not in (*GRANTED, "none"):
        return _kept(session, known, wish)
    case: Any = session.execute(CASE_FACTS.where(Case.id == case_id)).one()
    number = wish.number or (case.caller_number if wish.answer == "this_number" else None)
    state, reason = judge(_answer(session, case, wish, number))
    if state == "none":
        if known:
            _withdraw(session, known, now=now)
        return None
    return _write(session, known, _values(case, wish, number, reason), state=state, now=now)


def _answer(session: Session, case: Any, wish: CallbackWish, number: str | None) -> Answer:
    own = frozenset({runtime.current().settings.hotline_number})
    return Answer(
        wish=wish.answer,
        window=wish.window,
        in_danger=case.danger or case.quiet or case.silent_event,
        number_given=number is not None,
        number_confirmed=wish.number_confirmed,
        number_dialable=dialable(number, own),
        number_in_directory=is_directory_number(session, number_fingerprint(number)),
    )


def _values(
    case: Any, wish: CallbackWish, number: str | None, reason: str | None
) -> dict[str, Any]:
    window = wish.window if parse_span(wish.window) else None
    return {
        "case_id": case.id,
        "call_sid": wish.call_sid,
        "account_sid": wish.account_sid,
        "office_code": wish.office_code,
        "consent": wish.answer in GRANTED,
        "number": number,
        "number_fingerprint": number_fingerprint(number),
        "window_start": window[:5] if window else None,
        "window_end": window[6:] if window else None,
        "immediate": wish.window == "now",
        "code": wish.code,
        "keys_only": wish.keys_only,
        "language": wish.language,
        "severity": case.severity,
        "reason": reason,
    }


def _write(
    session: Session,
    known: Callback | None,
    values: dict[str, Any],
    *,
    state: str,
    now: datetime,
) -> Callback:
    draft = Callback(**values, state=state, waiting_since=now)
    values |= _moments(session, draft, now=now)
    if values["due_at"] is None and state == "due":
        state, values["reason"] = "decision", "no_common_hour"
    if known is None:
        known = Callback(**values, state=state, waiting_since=now)
        session.add(known)
        session.flush()
    elif not _differs(known, values | {"state": state}) or not move(
        session, known, state, **values
    ):
        return known
    if state == "due":
        _supersede(session, known, now=now)
    data = {"callback_id": known.id, "state": state, "reason": known.reason}
    note_event(session, known.case_id, "callback_requested", data, now, actor="caller")
    return known


def _supersede(session: Session, callback: Callback, *, now: datetime) -> None:
    """One line, one case, one callback: the newest permission stands for the older ones."""
    older = select(Callback).where(
        Callback.case_id == callback.case_id,
        Callback.number_fingerprint == callback.number_fingerprint,
        Callback.state.in_(WAITING),
        Callback.id != callback.id,
    )
    for one in session.scalars(older.with_for_update()).all():
        if move(session, one, "withdrawn", reason="superseded", escalate_at=None):
            data = {"callback_id": one.id, "by": callback.id}
            note_event(session, one.case_id, "callback_withdrawn", data, now)


def _moments(session: Session, draft: Callback, *, now: datetime) -> dict[str, datetime | None]:
    """When it is due and when it is late; what waits for a person is only ever late."""
    limits = limits_of(session, draft, now=now)
    spans = current_policy().late_s
    may_start = first_moment(now, limits.of_caller()) or now
    late_at = late_moment(draft.severity, may_start, spans, limits)
    due_at = due_moment(session, draft, limits, now=now) if draft.state == "due" else None
    if due_at and draft.severity == EMERGENCY:
        # Nobody in the office by then: the on-call list is rung, whatever the office's hours.
        at_the_latest = first_moment(late_at, limits.of_caller())
        due_at = min(due_at, at_the_latest or due_at)
    return {"due_at": due_at, "late_at": late_at, "escalate_at": late_at}


def _differs(known: Callback, values: dict[str, Any]) -> bool:
    """Whether the caller said anything new; the same said again leaves the moments alone."""
    return any(
        getattr(known, name) != value for name, value in values.items() if name not in MOMENTS
    )


def _kept(session: Session, known: Callback, wish: CallbackWish) -> Callback:
    """A permission that stands; only the office may have changed since."""
    if known.office_code != wish.office_code:
        move(session, known, known.state, office_code=wish.office_code)
    return known


def _withdraw(session: Session, known: Callback, *, now: datetime) -> None:
    if known.state != "withdrawn" and move(
        session, known, "withdrawn", consent=False, due_at=None, escalate_at=None
    ):
        data = {"callback_id": known.id}
        note_event(session, known.case_id, "callback_withdrawn", data, now, actor="caller")


def call_ended(session: Session, call_sid: str, *, now: datetime) -> None:
    """The call is over: what it owes may be dialled now, or a person is told to decide."""
    callback = session.scalar(select(Callback).where(Callback.call_sid == call_sid))
    if callback is None:
        return
    if callback.state == "decision":
        owe_decision(session, callback, now=now)
    elif callback.state == "due" and callback.due_at and callback.due_at <= now:
        enqueue(session, DIAL, callback.id)
