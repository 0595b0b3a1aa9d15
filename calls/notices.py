"""Who is told about a callback: that a person must decide, that it is late, that it failed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.notices import withdraw_all
from agents.queries import HQ, head_operator_ids, on_call_ids
from agents.services import owe_notice
from calls.models import Callback
from calls.queries import decisions_made
from calls.rules import NOBODY_THERE
from calls.states import NEEDS_PERSON, WAITING
from cases.above import office_above
from cases.models import Case
from cases.queries import Exclusions, exclusions
from cases.services import note_event
from core.zones import bangkok

# Told one after another when nothing happens: the office's heads, the office above, the on-call
# list of the hotline, which is never empty (design.md §3a.9).
LEVELS: Final = ("head", "parent", "on_call")
UNATTENDED: Final = "unattended"


def owe_decision(session: Session, callback: Callback, *, now: datetime) -> None:
    """Tell the owning office that a person must decide about this callback."""
    tell(session, callback, f"callback_{callback.state}", "head", now=now)
    data = {"callback_id": callback.id, "state": callback.state, "reason": callback.reason}
    note_event(session, callback.case_id, "callback_decision", data, now)


def tell_unattended(session: Session, callback: Callback, *, now: datetime) -> None:
    """Nobody of the office is there in the caller's hours: its heads are told at once, those of the
    office above where it has none; the deadline climbs beside it."""
    if callback.reason != NOBODY_THERE or callback.state not in WAITING:
        return
    _, heads = _receivers(session, callback, "head", exclusions(session, callback.case_id))
    tell(session, callback, f"callback_{UNATTENDED}", "head" if heads else "parent", now=now)


def tell(
    session: Session,
    callback: Callback,
    template: str,
    level: str,
    *,
    now: datetime,
    is_again: bool = False,
) -> None:
    """Owe a notice to a level's people; to the office itself where it has none that may know.

    The same is owed once, unless it `is_again`: then once a day.
    """
    secret = exclusions(session, callback.case_id)
    office, people = _receivers(session, callback, level, secret)
    reference = session.scalar(select(Case.reference).where(Case.id == callback.case_id))
    about: dict[str, Any] = {
        "reference": reference,
        "occasion": _occasion(session, callback) + (f".{bangkok(now).date()}" if is_again else ""),
        "severity": callback.severity,
        "barred": secret.staff,
        "is_practice": secret.is_apart,
        "due_at": now,
        "now": now,
    }
    receivers: list[dict[str, Any]] = [{"staff_id": one} for one in people]
    for receiver in receivers or [{"office_code": office}]:
        owe_notice(session, template, **receiver, **about)


def nobody_waits(session: Session, callback: Callback) -> None:
    """A person has decided: whoever was not told yet that it waits never is.

    The other callbacks of the case go on waiting.
    """
    reference = session.scalars(select(Case.reference).where(Case.id == callback.case_id)).one()
    climbed = (f"{what}_{level}" for what in ("late", "undecided") for level in LEVELS)
    _withdraw(session, (*NEEDS_PERSON, *climbed, UNATTENDED), reference, callback)


def office_left(session: Session, callback: Callback) -> None:
    """The callback goes to another office: the heads of this one have nothing to do about it.

    Should it come back, they are told again.
    """
    reference = session.scalars(select(Case.reference).where(Case.id == callback.case_id)).one()
    told = (*NEEDS_PERSON, "late_head", "undecided_head", UNATTENDED)
    _withdraw(session, told, reference, callback)


def _withdraw(session: Session, what: Iterable[str], reference: str, callback: Callback) -> None:
    templates = [f"callback_{one}" for one in what]
    withdraw_all(session, templates, reference, occasion=f"{callback.id}.")


def _occasion(session: Session, callback: Callback) -> str:
    """What the same words are told again for: another callback, another decision or office."""
    return f"{callback.id}.{decisions_made(session, callback.id)}.{callback.office_code}"


def _receivers(
    session: Session, callback: Callback, level: str, secret: Exclusions
) -> tuple[str, list[int]]:
    office: str | None = callback.office_code
    if level == "parent" or office in secret.offices:
        office = office_above(session, callback.office_code, secret.offices)
    if level == "on_call" or office is None:
        return HQ, secret.without(on_call_ids(session))
    people = head_operator_ids(session, office) or (on_call_ids(session) if office == HQ else [])
    return office, secret.without(people)
