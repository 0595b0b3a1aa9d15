"""One callback as a list shows it: what, where, for whom safe, what was tried; never a number."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.names import names_of
from calls.models import Callback, CallbackAttempt
from calls.policy import current_policy
from calls.queries import window_text
from calls.rules import NOBODY_THERE
from calls.states import WAITING
from cases.access import Viewer, visible
from cases.models import Case, CasePlace, HazardType
from routing.directory import current_directory
from webapp.console.callback_words import LEFT_ALONE, reason_text
from webapp.console.case_words import in_language, word
from webapp.console.dates import thai_date, thai_moment
from webapp.console.desk import place_words
from webapp.console.language import gettext
from webapp.console.pages import named
from webapp.documents import office_names

CALL, DECIDE, CHANGE = "callback.call", "callback.decide", "callback.change"
# Of many attempts the last ones say enough; all of them stand on the case's page.
MOST_TRIED = 3


@dataclass(frozen=True)
class Line:
    """One callback in the reader's language."""

    id: int
    reference: str
    what: str
    place: str
    office: str
    severity: str
    severity_word: str
    danger: bool
    is_practice: bool
    keys_only: bool
    window: str
    state: str
    state_word: str
    reason: str
    left_alone: str
    tries: str
    tried: list[str]
    late_at: datetime
    is_late: bool
    due_at: datetime | None
    may_call: bool
    may_decide: bool
    may_change: bool


@dataclass(frozen=True)
class Facts:
    """What the lines need beside the callbacks, read at once for all of them."""

    cases: Mapping[int, Any]
    types: Mapping[str, str]
    attempts: Mapping[int, Sequence[CallbackAttempt]]
    names: Mapping[int, str]
    offices: Mapping[str, Any]
    directory: Any
    callable: frozenset[int]
    decidable: frozenset[int]
    changeable: frozenset[int]


def read_facts(session: Session, callbacks: Sequence[Callback], viewer: Viewer) -> Facts:
    """Read them with a fixed number of queries."""
    case_ids = {one.case_id for one in callbacks}
    cases = _cases(session, case_ids)
    rights = _rights(session, case_ids, viewer)
    attempts = _attempts(session, [one.id for one in callbacks])
    return Facts(
        cases=cases,
        types=_types(session, cases.values()),
        attempts=attempts,
        names=_names(session, attempts),
        offices=office_names(session, {one.office_code for one in callbacks}),
        directory=current_directory(session),
        callable=frozenset(row.id for row in rights if row.may_call),
        decidable=frozenset(row.id for row in rights if row.may_decide),
        changeable=frozenset(row.id for row in rights if row.may_change),
    )


def line_of(callback: Callback, facts: Facts, *, now: datetime) -> Line:
    """One callback, from what was read."""
    case = facts.cases[callback.case_id]
    attempts = facts.attempts.get(callback.id, ())
    return Line(
        id=callback.id,
        reference=case.reference,
        what=facts.types.get(case.hazard_type or "") or word("group", case.hazard_group),
        place=place_words(facts.directory, case.district_code, case.province_code),
        office=named(facts.offices[callback.office_code]),
        severity=callback.severity,
        severity_word=word("severity", callback.severity),
        danger=case.danger,
        is_practice=case.is_practice,
        keys_only=callback.keys_only,
        window=window_words(callback),
        state=callback.state,
        state_word=word("callback_state", callback.state),
        reason=reason_text(callback.state, callback.reason),
        left_alone=_left_alone(callback),
        tries=tries_words(callback),
        tried=[_tried(one, facts.names) for one in attempts[-MOST_TRIED:]],
        late_at=callback.late_at,
        is_late=callback.late_at < now,
        due_at=callback.due_at,
        may_call=callback.case_id in facts.callable,
        may_decide=callback.case_id in facts.decidable,
        may_change=callback.case_id in facts.changeable,
    )


def _left_alone(callback: Callback) -> str:
    """That nobody of the office is there in the caller's hours, of a callback that waits."""
    is_so = callback.reason == NOBODY_THERE and callback.state in WAITING
    return gettext(LEFT_ALONE) if is_so else ""


def window_words(callback: Callback) -> str:
    """When a call is safe for the caller."""
    window = window_text(callback)
    if not callback.consent:
        return gettext("The caller gave no permission to call.")
    if window == "now":
        return gettext("The caller asked to be called at once.")
    if window:
        safe = gettext("Safe for the caller: %(window)s") % {"window": window.replace("-", "–")}
        return f"{safe} · {from_day}" if (from_day := day_words(callback)) else safe
    return gettext("The caller said no time.")


def day_words(callback: Callback) -> str:
    """From which day on the caller wants it, where one was named."""
    if callback.not_before is None:
        return ""
    return gettext("from %(day)s on") % {"day": thai_date(callback.not_before)}


def tries_words(callback: Callback) -> str:
    """How often the caller's telephone has rung."""
    if not callback.tries:
        return gettext("Not tried yet")
    values = {"tries": callback.tries, "most": current_policy().max_tries}
    return gettext("Caller rung %(tries)s of %(most)s times") % values


def _tried(attempt: CallbackAttempt, names: Mapping[int, str]) -> str:
    parts = (
        thai_moment(attempt.started_at),
        word("outcome", attempt.outcome or "open"),
        names.get(attempt.staff_id or 0, ""),
    )
    return " · ".join(part for part in parts if part)


def _cases(session: Session, ids: Collection[int]) -> dict[int, Any]:
    if not ids:
        return {}
    columns = select(
        *(Case.id, Case.reference, Case.hazard_group, Case.hazard_type, Case.danger),
        *(Case.is_practice, CasePlace.district_code, CasePlace.province_code),
    )
    joined = columns.join(CasePlace, (CasePlace.case_id == Case.id) & CasePlace.is_lead)
    return {one.id: one for one in session.execute(joined.where(Case.id.in_(ids)))}


def _types(session: Session, cases: Iterable[Any]) -> dict[str, str]:
    codes = {one.hazard_type for one in cases if one.hazard_type}
    if not codes:
        return {}
    found = session.scalars(select(HazardType).where(HazardType.code.in_(codes)))
    return {one.code: in_language(one) for one in found}


def _attempts(session: Session, ids: Sequence[int]) -> dict[int, list[CallbackAttempt]]:
    found: dict[int, list[CallbackAttempt]] = {}
    if not ids:
        return found
    wanted = select(CallbackAttempt).where(CallbackAttempt.callback_id.in_(ids))
    for one in session.scalars(wanted.order_by(CallbackAttempt.number)):
        found.setdefault(one.callback_id, []).append(one)
    return found


def _names(session: Session, attempts: Mapping[int, Sequence[CallbackAttempt]]) -> dict[int, str]:
    tried = (one for of_one in attempts.values() for one in of_one[-MOST_TRIED:])
    return names_of(session, [one.staff_id for one in tried])


def _rights(session: Session, ids: Collection[int], viewer: Viewer) -> Sequence[Any]:
    """What the reader may do with the callbacks of each case."""
    if not ids:
        return ()
    rights = {"may_call": CALL, "may_decide": DECIDE, "may_change": CHANGE}
    held = [visible(session, viewer, name).label(held) for held, name in rights.items()]
    return session.execute(select(Case.id, *held).where(Case.id.in_(ids))).all()
