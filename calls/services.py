"""What a caller's answer about a callback becomes: a call that we owe, or a person's decision."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agents.numbers import number_fingerprint
from calls.call_rules import RINGING
from calls.following import follow_case, hold_owed, owes_call, ringing_changed
from calls.hours import due_when, late_from, limits_of
from calls.line_rules import place_of
from calls.models import Callback
from calls.moves import NOBODYS, SUPERSEDED, move, supersede
from calls.notices import owe_decision, tell_unattended
from calls.nudging import ring_soon
from calls.numbers import can_be_dialled, is_of_the_directory
from calls.policy import current_policy
from calls.rules import Answer, judge, parse_span
from calls.states import UNDIALLED, WAITING
from cases.models import Case
from cases.services import note_event

GRANTED: Final = ("this_number", "other_number")
CASE_FACTS = select(
    Case.id, Case.severity, Case.danger, Case.quiet, Case.silent_event, Case.caller_number
).with_for_update(key_share=True)
MOMENTS: Final = ("due_at", "late_at", "escalate_at")
__all__ = [
    "CallbackWish",
    "call_ended",
    "follow_case",
    "hold_owed",
    "owes_call",
    "request_callback",
    "ringing_changed",
]


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

    Said again in the same call it updates the row, as long as nobody was rung for it and nobody
    has decided about it. Silence takes nothing back that a key had granted.
    """
    # The case first, as everybody else: two calls about one case follow each other here.
    case: Any = session.execute(CASE_FACTS.where(Case.id == case_id)).one()
    known = session.scalar(
        select(Callback).where(Callback.call_sid == wish.call_sid).with_for_update(key_share=True)
    )
    if known and (known.state not in UNDIALLED or known.tries or known.decided_at):
        return known
    if known and known.reason == SUPERSEDED:
        # Late word of an older call: what the newer one said stands.
        return known
    if known and known.consent and wish.answer not in (*GRANTED, "none"):
        return _kept(session, known, wish)
    number = wish.number or (case.caller_number if wish.answer == "this_number" else None)
    state, reason = judge(_answer(session, case, wish, number))
    if state == "none":
        _take_back(session, case_id, known, now=now)
        return None
    return _write(session, known, _values(case, wish, number, reason), state=state, now=now)


def _answer(session: Session, case: Any, wish: CallbackWish, number: str | None) -> Answer:
    return Answer(
        wish=wish.answer,
        window=wish.window,
        in_danger=case.danger or case.quiet or case.silent_event,
        number_given=number is not None,
        number_confirmed=wish.number_confirmed,
        number_dialable=can_be_dialled(number),
        number_in_directory=is_of_the_directory(session, number),
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
        "number_fingerprint": number_fingerprint(number, wish.account_sid),
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
    if known and not _differs(known, values | {"state": state}):
        return known
    values["place"] = _place(session, values, known, now=now)
    kept = _keep(session, known, values, state=state, now=now)
    if kept is None:
        return cast(Callback, known)
    data = {"callback_id": kept.id, "state": state, "reason": kept.reason}
    note_event(session, kept.case_id, "callback_requested", data, now, actor="caller")
    return kept


def _keep(
    session: Session,
    known: Callback | None,
    values: dict[str, Any],
    *,
    state: str,
    now: datetime,
) -> Callback | None:
    """The row as it is now; None when somebody was faster with the one that was known.

    An older callback whose ring ends at this very moment may take the line's place between the
    look and the writing: looked once more, it is superseded too.
    """
    for is_last in (False, True):
        if state == "due":
            _supersede(session, values, known, now=now)
        try:
            with session.begin_nested():
                if known:
                    return known if move(session, known, state, **values) else None
                made = Callback(**values, state=state, waiting_since=now)
                session.add(made)
                session.flush()
                return made
        except IntegrityError:
            if is_last:
                raise
    return None


def _place(
    session: Session, values: dict[str, Any], known: Callback | None, *, now: datetime
) -> datetime:
    """From when its place in line counts: a new permission keeps the place of an older one."""
    severity, head_start_s = values["severity"], current_policy().head_start_s
    since = known.waiting_since if known else now
    own = place_of(severity, since, head_start_s, immediate=values["immediate"])
    older = select(func.min(Callback.place)).where(*_same_line(values, (*WAITING, *RINGING)))
    kept = session.scalar(older) or own
    return min(own, kept, known.place if known else own)


def _supersede(
    session: Session, values: dict[str, Any], known: Callback | None, *, now: datetime
) -> None:
    """One line, one case, one callback: the newest permission stands for the older ones.

    One that rings already goes on; should nobody be reached, the new one stands (calls.outcomes).
    """
    older = select(Callback).where(*_same_line(values, (*WAITING, "claimed")))
    found = session.scalars(older.order_by(Callback.id).with_for_update(key_share=True)).all()
    for one in found:
        if one is not known:
            supersede(session, one, now=now)


def _same_line(values: dict[str, Any], states: tuple[str, ...]) -> tuple[ColumnElement[bool], ...]:
    return (
        Callback.case_id == values["case_id"],
        Callback.number_fingerprint == values["number_fingerprint"],
        Callback.state.in_(states),
    )


def _moments(session: Session, draft: Callback, *, now: datetime) -> dict[str, Any]:
    """When it is due and when it is late, and whether anybody is there in time; what waits for a
    person is only ever late."""
    limits = limits_of(session, draft, now=now)
    late_at = late_from(session, draft, limits, now=now)
    moments = {"due_at": None, "late_at": late_at, "escalate_at": late_at}
    if draft.state != "due":
        return moments
    due = due_when(session, draft, limits, late_at=late_at, now=now)
    return moments | {"due_at": due.at, "reason": due.reason}


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


def _take_back(session: Session, case_id: int, known: Callback | None, *, now: datetime) -> None:
    """A key said "no call": this call's wish is gone, and what earlier ones of the case allowed."""
    waiting = select(Callback).where(
        Callback.case_id == case_id, Callback.state.in_((*WAITING, "claimed"))
    )
    found = session.scalars(waiting.order_by(Callback.id).with_for_update(key_share=True)).all()
    if known and known not in found and known.state != "withdrawn":
        found = [known, *found]
    gone = {"consent": False, "due_at": None, "escalate_at": None}
    for one in found:
        if move(session, one, "withdrawn", **gone | NOBODYS):
            data = {"callback_id": one.id}
            note_event(session, case_id, "callback_withdrawn", data, now, actor="caller")


def call_ended(session: Session, call_sid: str, *, now: datetime) -> None:
    """The call is over: what it owes may be dialled now, or a person is told to decide."""
    callback = session.scalar(select(Callback).where(Callback.call_sid == call_sid))
    if callback is None:
        return
    if callback.state == "decision":
        owe_decision(session, callback, now=now)
    elif callback.state == "due":
        ring_soon(session, callback, now=now)
        tell_unattended(session, callback, now=now)
