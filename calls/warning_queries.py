"""What the warnings are made of: counted by the database, each over a bounded time."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import Integer, and_, case, cast, distinct, exists, func, select, text
from sqlalchemy.orm import Session, aliased

from agents.attendance import office_is_open
from agents.coverage_rules import days_from, gaps, opening, whole_day
from agents.hours import hours_of
from agents.models import Staff, StaffRole
from agents.queries import AGENT, HEAD, OPERATORS, has_on_call_people
from agents.roster_models import ShiftRow
from agents.roster_queries import Days, Team, on_call_team, teams
from agents.roster_rules import ONE_DAY, holds_duty, turns
from calls.models import Callback, CallbackAttempt
from calls.warning_policy import WarningPolicy
from calls.warning_rules import (
    NO_ACTION,
    NOBODY,
    ON_CALL_EMPTY,
    ON_CALL_GAP,
    ROSTER_GAP,
    Finding,
    Report,
    Staffing,
    Traffic,
)
from cases.counting import counted, counted_case
from cases.models import OPEN_LEAD, Assignment, Case, CaseExclusion, CasePlace
from routing.directory import Directory, current_directory
from routing.models import Office
from routing.vocabulary import HQ

# Offices that people work at with cases of their own; schools have their area's people.
WITH_OPERATORS: Final = (
    *("hq", "agency", "province", "district", "area_primary", "area_secondary"),
)
NO_REPORTS: Final = ("duplicate", "not_a_case")
WEEK: Final = timedelta(days=7)


def staffings(session: Session) -> list[Staffing]:
    """Every office that takes part, with its people."""
    is_head = case((StaffRole.role == HEAD, Staff.id))
    counted = (
        select(Office.code, func.count(distinct(Staff.id)), func.count(distinct(is_head)))
        .outerjoin(
            StaffRole,
            and_(StaffRole.office_code == Office.code, StaffRole.role.in_(OPERATORS)),
        )
        .outerjoin(Staff, and_(Staff.id == StaffRole.staff_id, Staff.active))
        .where(Office.active, Office.is_on, Office.type.in_(WITH_OPERATORS))
        .group_by(Office.code)
        .order_by(Office.code)
    )
    return [Staffing(*row) for row in session.execute(counted)]


def failed_runs(
    session: Session, policy: WarningPolicy, now: datetime
) -> Iterator[tuple[str, int, list[bool]]]:
    """The last rings of each operator's telephone within some days, the last one first."""
    since = now - timedelta(days=policy.failure_days)
    failed = case(
        (CallbackAttempt.outcome == "operator_no_answer", 1),
        (and_(CallbackAttempt.outcome == "failed", CallbackAttempt.caller_rung_at.is_(None)), 1),
        else_=0,
    )
    newest = func.row_number().over(
        partition_by=CallbackAttempt.staff_id, order_by=CallbackAttempt.id.desc()
    )
    ranked = (
        select(
            CallbackAttempt.staff_id,
            cast(failed, Integer).label("failed"),
            newest.label("place"),
        )
        .join(Callback, Callback.id == CallbackAttempt.callback_id)
        .where(CallbackAttempt.started_at >= since, CallbackAttempt.ended_at.is_not(None))
        .where(counted_case(Callback.case_id))
        .subquery()
    )
    office = func.min(StaffRole.office_code).label("office")
    rows = session.execute(
        select(ranked.c.staff_id, ranked.c.failed, office)
        .join(Staff, and_(Staff.id == ranked.c.staff_id, Staff.active, Staff.phone.is_not(None)))
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(ranked.c.place <= policy.failures_in_a_row)
        .group_by(ranked.c.staff_id, ranked.c.place, ranked.c.failed)
        .order_by(ranked.c.staff_id, ranked.c.place)
    )
    for staff_id, same in groupby(rows, key=lambda row: row.staff_id):
        mine = list(same)
        yield mine[0].office, staff_id, [bool(row.failed) for row in mine]


def traffics(session: Session, policy: WarningPolicy, now: datetime) -> list[Traffic]:
    """How many cases each office that takes part got, by the week in which they were opened."""
    last, usual = now - WEEK, WEEK * policy.usual_weeks
    silence = now - timedelta(days=policy.silent_days)
    before_silence = and_(Case.opened_at >= silence - usual, Case.opened_at < silence)
    traffic = (
        select(
            Assignment.office_code,
            func.count(case((and_(Case.opened_at >= last - usual, Case.opened_at < last), 1))),
            func.count(case((Case.opened_at >= last, 1))),
            func.count(case((before_silence, 1))),
            func.max(Case.opened_at),
        )
        .join(Case, Case.id == Assignment.case_id)
        .join(Office, Office.code == Assignment.office_code)
        .where(Case.opened_at >= min(last, silence) - usual)
        .where(Assignment.is_lead, Office.active, Office.is_on, counted(Case.is_practice))
        .group_by(Assignment.office_code)
    )
    return [
        Traffic(code, usual_count, recent, before, (now - latest).days)
        for code, usual_count, recent, before, latest in session.execute(traffic)
    ]


def days_silent(session: Session, office_codes: Collection[str], now: datetime) -> dict[str, int]:
    """How long these offices have had no case, those of them that still take part."""
    newest = (
        select(Assignment.office_code, func.max(Assignment.case_id).label("case_id"))
        .join(Case, Case.id == Assignment.case_id)
        .where(Assignment.office_code.in_(office_codes), Assignment.is_lead)
        .where(counted(Case.is_practice))
        .group_by(Assignment.office_code)
        .subquery()
    )
    latest = (
        select(newest.c.office_code, Case.opened_at)
        .join(Case, Case.id == newest.c.case_id)
        .join(Office, Office.code == newest.c.office_code)
        .where(Office.active, Office.is_on)
    )
    return {code: (now - at).days for code, at in session.execute(latest)}


def idle_offices(session: Session, policy: WarningPolicy, now: datetime) -> Iterator[Finding]:
    """Offices with cases whose step has been overdue for long: nobody there acts."""
    overdue = (
        select(Assignment.office_code, func.count())
        .where(text(OPEN_LEAD), Assignment.due_at < now - timedelta(days=policy.idle_days))
        .where(counted_case(Assignment.case_id))
        .group_by(Assignment.office_code)
        .limit(policy.most_of_a_kind)
    )
    for code, count in session.execute(overdue):
        yield Finding(NO_ACTION, code, data={"count": count, "days": policy.idle_days})


def reports(session: Session, policy: WarningPolicy, now: datetime) -> list[Report]:
    """The reports of the last days about schools and spots with several of them."""
    subject = case(
        (CasePlace.school_code.is_not(None), "school:" + CasePlace.school_code),
        else_="spot:" + CasePlace.postal_code + ":" + Case.hazard_type,
    )
    recent = (
        select(Case.id, subject.label("subject"))
        .join(CasePlace, and_(CasePlace.case_id == Case.id, CasePlace.is_lead))
        .where(
            Case.opened_at >= now - timedelta(days=policy.report_days),
            Case.status.not_in(NO_REPORTS),
            counted(Case.is_practice),
            subject.is_not(None),
        )
        .cte("recent")
    )
    many = (
        select(recent.c.subject)
        .group_by(recent.c.subject)
        .having(func.count() >= policy.reports)
        .order_by(func.count().desc())
        .limit(policy.most_subjects)
    )
    place = func.row_number().over(partition_by=recent.c.subject, order_by=recent.c.id.desc())
    newest = (
        select(recent.c.id, recent.c.subject, place.label("place"))
        .where(recent.c.subject.in_(many))
        .subquery()
    )
    shut_out = and_(CaseExclusion.case_id == newest.c.id, CaseExclusion.office_code.is_not(None))
    rows = session.execute(
        select(newest.c.id, newest.c.subject, Assignment.office_code, CaseExclusion.office_code)
        .join(Assignment, and_(Assignment.case_id == newest.c.id, Assignment.is_lead))
        .outerjoin(CaseExclusion, shut_out)
        .where(newest.c.place <= policy.most_reports)
        .order_by(newest.c.id)
    )
    found: dict[tuple[int, str, str], set[str]] = {}
    for case_id, about, lead, excluded in rows:
        found.setdefault((case_id, lead, about), set()).update({excluded} - {None})
    return [Report(*key, frozenset(excluded)) for key, excluded in found.items()]


def uncovered(session: Session, policy: WarningPolicy, now: datetime) -> Iterator[Finding]:
    """The on-call list that is empty, hours ahead that nobody covers, offices with nobody now."""
    ahead = days_from(now, policy.ahead_days)
    span = Days(ahead[0] - ONE_DAY, ahead[-1])
    if not has_on_call_people(session):
        yield Finding(ON_CALL_EMPTY, HQ)
    called = on_call_team(session, span)
    if _hours_without(called, [one for day in ahead for one in whole_day(day)], span, now):
        yield Finding(ON_CALL_GAP, HQ)
    directory = current_directory(session)
    line = aliased(ShiftRow)
    planned = exists().where(line.office_code == StaffRole.office_code)
    for code, team in teams(session, (*OPERATORS, AGENT), span, planned).items():
        usual = hours_of(code, span.first, span.last, of_agents=code == HQ)
        week = None if code == HQ else directory.hours.get(code)
        open_hours = [one for day in ahead for one in opening(day, week, usual)]
        if minutes := _hours_without(team, open_hours, span, now):
            yield Finding(
                ROSTER_GAP, code, data={"hours": f"{minutes / 60:.1f}".removesuffix(".0")}
            )
    yield from _nobody_now(session, directory, now)


def _hours_without(
    team: Team, wanted: list[tuple[datetime, datetime]], span: Days, now: datetime
) -> int:
    """Minutes from now on in which nobody of a team with a roster is on shift."""
    if not team.roster.is_kept:
        return 0
    count = (span.last - span.first).days + 1
    found = turns(team.roster, [span.first + ONE_DAY * ahead for ahead in range(count)])
    left = [(max(begin, now), end) for begin, end in wanted if end > now]
    missing = gaps(left, list(found), fewest=1)
    return sum(int((one.ends - one.begins).total_seconds()) for one in missing) // 60


def _nobody_now(session: Session, directory: Directory, now: datetime) -> Iterator[Finding]:
    """Offices that are open, have operators, and nobody with a telephone on duty."""
    for code, team in teams(session, OPERATORS, Days.around(now)).items():
        office = directory.office(code)
        if code == HQ or office is None or not office.active or not office.is_on:
            continue
        if not office_is_open(directory, code, now):
            continue
        if not any(
            one.phone and holds_duty(one.staff_id, one.choice, team.roster, now, is_open=True)
            for one in team.members
        ):
            yield Finding(NOBODY, code)
