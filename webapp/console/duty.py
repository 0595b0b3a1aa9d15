"""On duty, off duty, by office hours: the switch, and what it means for ringing now."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import abort, redirect, request, url_for
from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from agents.duty import Standing, set_duty, standing
from agents.models import OfficeSetting, Staff
from agents.queries import AGENT, HEAD, OPERATORS, on_call_people
from agents.roster_rules import is_of_today
from agents.sessions import SignedIn
from core import clock
from core.database import transaction
from webapp.console import bp
from webapp.console.guard import SIGNED_IN, action, current_person, local_page
from webapp.console.language import gettext, marked

CHOICES = {
    "on": marked("On duty"),
    "auto": marked("By office hours"),
    "off": marked("Off duty"),
}
BY_ROSTER = CHOICES | {"auto": marked("By roster")}
NO_PHONE = marked(
    "No telephone number of yours is known, so nothing can ring you. "
    "The administrator of your office adds it."
)
ON = marked("You are on duty until you change it: your telephone (ends in %(end)s) may ring now.")
ON_TODAY = marked(
    "You are on duty until six in the morning: your telephone (ends in %(end)s) may ring now. "
    "Then the roster holds again."
)
OFF_TODAY = marked(
    "Nothing rings you by itself until six in the morning; then the roster holds again. You can "
    "still call from the list of callbacks."
)
SHIFT_ON = marked("You are on shift: your telephone (ends in %(end)s) may ring now.")
SHIFT_OFF = marked("You are not on shift now: nothing rings you until your next shift begins.")
AWAY = marked("You are on leave today: nothing rings you, unless you choose to be on duty.")
ALWAYS = marked("You are always on duty: your telephone (ends in %(end)s) may ring now.")
HOURS_ON = marked("Office hours hold: your telephone (ends in %(end)s) may ring now.")
HOURS_OFF = marked("Office hours are over: nothing rings you until they begin again.")
OFF = marked("Nothing rings you by itself. You can still call from the list of callbacks.")
BY_LIST = marked(
    "Your office calls from its list: only urgent, emergency and overdue callbacks ring by "
    "themselves."
)
ON_CALL = marked("You are on the hotline's on-call list: it rings you whatever you choose here.")
ON_CALL_LATER = marked(
    "You are on the hotline's on-call list and not on shift now: it rings you when nobody else can "
    "be rung."
)
EMERGENCIES = marked("An emergency hand-over asks head operators by telephone even off duty.")


@dataclass(frozen=True)
class DutyCard:
    """What the switch shows: the choice, whether the person is on duty now, what that means."""

    chosen: str
    is_on: bool
    choices: list[tuple[str, str]]
    sentences: list[str]
    phone_end: str | None


@bp.post("/duty")
@action(SIGNED_IN)
def choose_duty() -> Answer:
    """Take the choice and go back to the page."""
    chosen = request.form.get("duty", "")
    if chosen not in CHOICES:
        abort(HTTPStatus.BAD_REQUEST)
    with transaction() as session:
        set_duty(session, current_person().staff_id, chosen, now=clock.now())
    back = local_page(request.form.get("next")) or url_for("desk.home")
    return redirect(f"{back.partition('#')[0]}#duty", HTTPStatus.SEE_OTHER)


def duty_card(session: Session, person: SignedIn, *, now: datetime) -> DutyCard | None:
    """The switch of a person; None for who is never rung."""
    roles = {role for role, _ in person.roles}
    row = session.execute(_facts(person)).one()
    if not (roles & {AGENT, *OPERATORS} or row.on_call):
        return None
    holds = standing(session, person.staff_id, person.roles, now=now)
    is_called = row.on_call and _is_called(session, person.staff_id, now)
    is_on = holds.is_on or (is_called and not roles & {AGENT, *OPERATORS})
    return DutyCard(
        chosen=row.duty,
        is_on=is_on,
        choices=[
            (code, gettext(text))
            for code, text in (BY_ROSTER if holds.by_roster else CHOICES).items()
        ],
        sentences=[
            gettext(text) % {"end": ending(row.phone) or ""}
            for text in _sentences(row, roles, holds, is_called=is_called, now=now)
        ],
        phone_end=ending(row.phone),
    )


def ending(phone: str | None) -> str | None:
    """The last two digits of a number: enough to know one's own by."""
    return phone[-2:] if phone else None


def _facts(person: SignedIn) -> Any:
    offices = {office for _, office in person.roles}
    by_list = exists().where(
        OfficeSetting.office_code.in_(offices), OfficeSetting.ringing == "work_list"
    )
    columns = (Staff.phone, Staff.duty, Staff.duty_since, Staff.always_on_duty, Staff.on_call)
    return select(*columns, by_list.label("by_list")).where(Staff.id == person.staff_id)


def _is_called(session: Session, staff_id: int, now: datetime) -> bool:
    """Whether the hotline's on-call list rings the person now."""
    return staff_id in {one.staff_id for one in on_call_people(session, now=now)}


def _sentences(
    row: Any, roles: set[str], holds: Standing, *, is_called: bool, now: datetime
) -> list[str]:
    if row.phone is None:
        return [NO_PHONE]
    may_ring = roles & {AGENT, *OPERATORS}
    more = (
        (BY_LIST, holds.is_on and row.by_list),
        (ON_CALL, row.on_call and is_called),
        (ON_CALL_LATER, row.on_call and not is_called),
        (EMERGENCIES, HEAD in roles and not holds.is_on),
    )
    first = [_first(row, holds, now)] if may_ring else []
    return [*first, *(text for text, is_so in more if is_so)]


def _first(row: Any, holds: Standing, now: datetime) -> str:
    """What decides now: today's choice, leave, "always", the roster or the hours."""
    is_today = is_of_today(row.duty_since, now)
    chosen = row.duty if is_today or not holds.by_roster or row.duty_since is None else "auto"
    if chosen == "off":
        return OFF_TODAY if holds.by_roster else OFF
    if holds.is_on and chosen == "on":
        return ON_TODAY if holds.by_roster else ON
    if holds.is_on and row.always_on_duty:
        return ALWAYS
    if holds.is_away and not holds.is_on:
        return AWAY
    if holds.by_roster:
        return SHIFT_ON if holds.is_on else SHIFT_OFF
    return HOURS_ON if holds.is_on else HOURS_OFF
