"""How a case ends: a report of the result every time, closed only after it, and opened again.

Source: domain.md C4 and C7.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from agents.permissions import DESCENDANT, OWN
from agents.queries import HEAD, operator_ids
from agents.services import owe_notice
from cases.access import Viewer, standing
from cases.beginning import begin
from cases.errors import CaseRefused, CloseRefused, ResultRefused, StaleCase
from cases.handover_moves import finish_accepted
from cases.handover_rules import words_fault
from cases.holding import hold_case, lead_of
from cases.models import Case, TimelineEvent
from cases.part_access import open_parts
from cases.queries import exclusions
from cases.result_models import JunkProposal, ResultReport
from cases.result_rules import Result, close_fault, kept_values, result_fault
from cases.services import move_case
from cases.states import CHECKING, CLOSED, IN_PROGRESS, OVER, RECEIVED, REPORTED
from cases.taking import people_of, take_part
from cases.timeline import note_event, note_reason
from cases.told_places import told_places

__all__ = ["Result", "close_case", "reopen_case", "report_in_force", "report_result", "reports_of"]
RESULT_REPORTED = "result_reported"
REOPENED = "reopened"
PLACES_SEEN = "places_seen"


def report_result(
    session: Session, case_id: int, result: Result, *, viewer: Viewer, now: datetime
) -> ResultReport:
    """Keep what was done; whoever has the case need not have said before that they began.

    What was handed over is done by it. ResultRefused says what is missing, StaleCase that the case
    is reported or over already; CaseRefused "begin_first" is for somebody who does not have it.
    """
    case = hold_case(session, case_id)
    rule = result_fault(result)
    if rule is not None:
        raise ResultRefused(rule)
    if case.status == REPORTED or case.status == RECEIVED or case.status in OVER:
        raise StaleCase(f"case {case_id} is {case.status}")
    if case.status != IN_PROGRESS:
        if viewer.staff_id not in people_of(session, case_id):
            raise CaseRefused("begin_first")
        begin(session, case_id, viewer=viewer, now=now)
    report = _kept(session, case_id, result, viewer, now)
    data = {"report_id": report.id, "child_safe": report.child_safe}
    note_event(session, case_id, "result_reported", data, now, viewer.actor)
    finish_accepted(session, case_id, now=now, actor=viewer.actor)
    move_case(session, case_id, REPORTED, now=now, actor=viewer.actor)
    _tell(session, case, report, now)
    return report


def close_case(
    session: Session, case_id: int, *, viewer: Viewer, places_seen: bool = False, now: datetime
) -> None:
    """Close a case on its report; CloseRefused says why it must stay open yet.

    `places_seen` says that each further place of the report was thought of (domain.md §2).
    """
    case = hold_case(session, case_id)
    if case.status in OVER:
        raise StaleCase(f"case {case_id} is {case.status}")
    report = report_in_force(session, case_id) if case.status == REPORTED else None
    rule = close_fault(
        report.child_safe if report else None,
        has_referral=report is not None and report.referral is not None,
        is_head=_is_head(session, viewer, case_id),
    )
    if rule is None and open_parts(session, case_id):
        rule = "open_parts"
    told = 0 if rule else len(told_places(session, case_id))
    if told and not places_seen:
        rule = "told_places"
    if rule is not None:
        raise CloseRefused(rule)
    if told:
        note_event(session, case_id, PLACES_SEEN, {"count": told}, now, viewer.actor)
    move_case(session, case_id, CLOSED, now=now, actor=viewer.actor)


def reopen_case(
    session: Session, case_id: int, *, reason: str, viewer: Viewer, now: datetime
) -> None:
    """Open a case again that was over, and say why; StaleCase when it is open.

    An earlier report does not count any longer, nor does a proposal that it is no case. Whoever
    opens it has it from now on.
    """
    case = hold_case(session, case_id)
    rule = words_fault(reason, needed=True)
    if rule is not None:
        raise CaseRefused(rule)
    if case.status not in OVER:
        raise StaleCase(f"case {case_id} is {case.status}")
    session.execute(delete(JunkProposal).where(JunkProposal.case_id == case_id))
    actor = viewer.actor
    note_reason(session, case_id, "reopened", reason=reason.strip(), actor=actor, now=now)
    move_case(session, case_id, CHECKING, now=now, actor=viewer.actor)
    take_part(session, case_id, viewer.staff_id, now=now)


def reports_of(session: Session, case_id: int) -> list[ResultReport]:
    """The reports of a case, the newest first."""
    wanted = select(ResultReport).where(ResultReport.case_id == case_id)
    return list(session.scalars(wanted.order_by(ResultReport.id.desc())))


def report_in_force(session: Session, case_id: int) -> ResultReport | None:
    """The last report, unless the case was opened again after it."""
    wanted = select(TimelineEvent).where(
        TimelineEvent.case_id == case_id, TimelineEvent.kind.in_((RESULT_REPORTED, REOPENED))
    )
    last = session.scalars(wanted.order_by(TimelineEvent.id.desc()).limit(1)).first()
    if last is None or last.kind != RESULT_REPORTED:
        return None
    return session.get(ResultReport, last.data["report_id"])


def _kept(
    session: Session, case_id: int, result: Result, viewer: Viewer, now: datetime
) -> ResultReport:
    kept = kept_values(result)
    report = ResultReport(case_id=case_id, staff_id=viewer.staff_id, at=now, **kept)
    session.add(report)
    session.flush()
    return report


def _tell(session: Session, case: Case, report: ResultReport, now: datetime) -> None:
    """Whoever has the case may read the result and close; else the operators of its office."""
    others = [one for one in people_of(session, case.id) if one != report.staff_id]
    people = others or operator_ids(session, lead_of(session, case.id).office_code)
    secret = exclusions(session, case.id)
    for staff_id in secret.without(people):
        if staff_id != report.staff_id:
            owe_notice(
                session,
                RESULT_REPORTED,
                staff_id=staff_id,
                reference=case.reference,
                occasion=str(report.id),
                severity=case.severity,
                barred=secret.staff,
                is_practice=secret.is_apart,
                due_at=now,
                now=now,
            )


def _is_head(session: Session, viewer: Viewer, case_id: int) -> bool:
    pairs = standing(session, viewer, case_id).pairs
    return any(role == HEAD and relation in (OWN, DESCENDANT) for role, relation in pairs)
