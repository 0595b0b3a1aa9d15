"""The clock on a case's page: why this time, what was late, whether the clock stands still."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Staff
from cases.access import Standing
from cases.deadline_models import ClockStop, DeadlineRule
from cases.deadline_rules import Deadline
from cases.deadlines import clock_policy, defaults
from cases.lateness import marks_of
from cases.queries import CaseFile, NextStep
from cases.stop_rules import stop_fault
from cases.stopping import facts_of, open_stop
from core.zones import bangkok
from webapp.console.case_words import word
from webapp.console.dates import thai_date
from webapp.console.deadline_words import deadline_text, hazard_names
from webapp.console.language import gettext
from webapp.console.pages import named
from webapp.documents import office_names

A_DAY = timedelta(days=1)
STOP, AGREE = "case.stop_clock", "case.agree_stop"


@dataclass(frozen=True)
class LateStep:
    """A step that was late; `done_at` is empty while it still is."""

    step: str
    due_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class StopCard:
    """The stop that runs or is asked for, and what this reader may do about it."""

    id: int
    reason: str
    until: datetime
    is_asked: bool
    by: str
    may_agree: bool
    may_end: bool


@dataclass(frozen=True)
class StopChoice:
    """A reason to choose, and the last day on which the clock may run again."""

    code: str
    text: str
    latest: datetime
    needs_head: bool


@dataclass(frozen=True)
class ClockCard:
    """All that the page shows of the clock; `choices` are empty where it cannot be stopped."""

    why: str
    late: list[LateStep]
    stop: StopCard | None
    choices: Sequence[StopChoice]
    first_day: date | None


def clock_card(
    session: Session, file: CaseFile, step: NextStep | None, standing: Standing, *, now: datetime
) -> ClockCard:
    """The clock of a case for a reader who may see the case."""
    stop = open_stop(session, file.case.id) if step else None
    may_stop = standing.may(STOP) and stop_fault(facts_of(file.case, stop)) is None
    return ClockCard(
        why=_why(session, file, step) if step else "",
        late=[
            LateStep(word("step", one.step), one.due_at, one.done_at)
            for one in marks_of(session, file.case.id)
        ],
        stop=_stop(session, stop, standing) if stop else None,
        choices=_choices(standing, now) if may_stop else (),
        first_day=bangkok(now + A_DAY).date() if may_stop else None,
    )


def _why(session: Session, file: CaseFile, step: NextStep) -> str:
    rule_id = file.assignment.due_rule_id
    rule = session.get(DeadlineRule, rule_id) if rule_id is not None else None
    if rule is None or rule.unit is None or rule.amount is None:
        values = {
            "severity": word("severity", file.case.severity),
            "time": deadline_text(defaults()[file.case.severity, step.what]),
        }
        return gettext("The usual time for “%(severity)s”: %(time)s") % values
    office = office_names(session, {rule.office_code})[rule.office_code]
    values = {
        "time": deadline_text(Deadline(rule.unit, rule.amount)),
        "office": named(office),
        "hazard": hazard_names(session).get(rule.hazard, rule.hazard),
        "date": thai_date(rule.created_at),
        "note": rule.note,
    }
    text = gettext("%(time)s by the rule of %(office)s (%(hazard)s, %(date)s): %(note)s")
    return text % values


def _stop(session: Session, stop: ClockStop, standing: Standing) -> StopCard:
    name = session.scalar(select(Staff.name).where(Staff.id == stop.asked_by))
    is_asked = stop.begun_at is None
    return StopCard(
        id=stop.id,
        reason=word("stop_reason", stop.reason),
        until=stop.until,
        is_asked=is_asked,
        by=name or "",
        may_agree=is_asked and standing.may(AGREE),
        may_end=standing.may(STOP),
    )


def _choices(standing: Standing, now: datetime) -> list[StopChoice]:
    return [
        StopChoice(
            code=code,
            text=word("stop_reason", code),
            latest=bangkok(now + one.longest),
            needs_head=one.needs_head and not standing.may(AGREE),
        )
        for code, one in clock_policy().stops.items()
    ]
