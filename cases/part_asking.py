"""The lead asks a further office to solve its own share of a report, and may take that back.

Where it goes is the same pure decision as for a call (routing.rules), asked about the other place.
Source: domain.md §2 (fights outside school: one report reaches each school that is concerned).
"""

from dataclasses import asdict
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.access import Viewer
from cases.answers import CaseAnswers
from cases.choosing import question_of
from cases.deadlines import Owed
from cases.errors import PartRefused
from cases.handover_rules import words_fault
from cases.holding import hold_case, lead_of
from cases.models import Assignment, Case, CasePlace
from cases.part_access import PartFile, open_parts
from cases.part_clock import owed_from
from cases.part_models import CasePart
from cases.part_moves import end_part, end_people, held_part
from cases.part_notices import PART_ASKED, PART_WITHDRAWN, tell_asked, tell_withdrawn
from cases.part_rules import REVOKED, OfficeFacts, PartWish, office_fault, wish_fault
from cases.parts import Reason, reason_of
from cases.queries import exclusions
from cases.reach import SCHOOL
from cases.states import OFFERED
from cases.timeline import note_reason
from routing.directory import current_directory
from routing.models import Office
from routing.rules import choose_office
from routing.vocabulary import PARTNER

CHOSEN = "part_chosen"


class _Target(NamedTuple):
    """The office that is to have the part, for which place, and why it is this one."""

    office_code: str
    place: CasePlace
    reasons: list[Reason]


def ask_part(
    session: Session,
    case_id: int,
    wish: PartWish,
    *,
    viewer: Viewer,
    now: datetime,
    around_clock: bool = False,
) -> PartFile:
    """Ask a further office to solve its share of a case.

    PartRefused says what is wrong; "several_offices" names those that the place fits. An office
    whose part is done may be asked once more: that is another part.
    """
    case = hold_case(session, case_id)
    rule = wish_fault(wish, case.status)
    if rule is not None:
        raise PartRefused(rule)
    if wish.office_code:
        target = _chosen(session, case, wish.office_code)
    else:
        target = _routed(session, case, wish, now, around_clock=around_clock)
    rule = office_fault(_facts(session, case_id, target.office_code))
    if rule is not None:
        raise PartRefused(rule)
    file = _asked(session, case, target, wish, viewer, now)
    case.version += 1
    session.flush()
    _note(session, file, PART_ASKED, wish.briefing, viewer, now)
    tell_asked(session, file, now=now)
    return file


def withdraw_part(
    session: Session, part_id: int, *, reason: str, viewer: Viewer, now: datetime
) -> None:
    """Take a part back that is not done, and say why; its people no longer have it."""
    file = held_part(session, part_id)
    rule = words_fault(reason, needed=True)
    if rule is not None:
        raise PartRefused(rule)
    tell_withdrawn(session, file, now=now)
    end_part(session, file, REVOKED, now=now)
    end_people(session, file.id, now=now)
    _note(session, file, PART_WITHDRAWN, reason, viewer, now)


def _chosen(session: Session, case: Case, code: str) -> _Target:
    """The office or school that somebody named, with its own place."""
    office = session.scalars(select(Office).where(Office.code == code)).one_or_none()
    place = CasePlace(
        case_id=case.id,
        is_lead=False,
        district_code=office.district_code if office else None,
        province_code=office.province_code if office else None,
        school_code=code if office and office.type == SCHOOL else None,
        confirmed=True,
    )
    return _Target(code, place, [reason_of(session, CHOSEN, code)])


def _routed(
    session: Session, case: Case, wish: PartWish, now: datetime, *, around_clock: bool
) -> _Target:
    """The office that serves a place, by the rules of a call."""
    directory = current_directory(session)
    district = directory.district(wish.district_code)
    if district is None:
        raise PartRefused("place_missing")
    place = CasePlace(
        case_id=case.id,
        is_lead=False,
        district_code=district.code,
        province_code=district.province_code,
        affiliation=wish.affiliation,
        level=wish.level,
        confirmed=True,
    )
    barred, severity = exclusions(session, case.id).offices, case.severity
    answers = _answers(case, place)
    asked = question_of(
        answers, severity=severity, excluded=barred, at=now, around_clock=around_clock
    )
    decision = choose_office(asked, directory)
    if decision.candidates:
        raise PartRefused("several_offices", decision.candidates)
    return _Target(decision.office_code, place, [asdict(one) for one in decision.reasons])


def _answers(case: Case, place: CasePlace) -> CaseAnswers:
    """What was told of the case, as if it had happened at the other place."""
    return CaseAnswers(
        hazard_group=case.hazard_group,
        hazard_type=case.hazard_type,
        danger=case.danger,
        quiet=case.quiet,
        conflict=case.conflict,
        language=case.language,
        level=place.level,
        affiliation=place.affiliation,
        district_code=place.district_code,
        province_code=place.province_code,
        place_confirmed=True,
    )


def _facts(session: Session, case_id: int, office_code: str) -> OfficeFacts:
    takes = select(Office.id).where(
        Office.code == office_code, Office.active, Office.is_on, Office.type != PARTNER
    )
    return OfficeFacts(
        code=office_code,
        takes_cases=session.scalar(takes) is not None,
        lead=lead_of(session, case_id).office_code,
        with_parts=frozenset(one.office_code for one in open_parts(session, case_id)),
        barred=exclusions(session, case_id).offices,
    )


def _asked(
    session: Session, case: Case, target: _Target, wish: PartWish, viewer: Viewer, now: datetime
) -> PartFile:
    """The part as it is owed from now on."""
    owed = Owed(case.severity, case.hazard_group, case.hazard_type, target.office_code)
    assignment = Assignment(
        case_id=case.id,
        office_code=target.office_code,
        is_lead=False,
        state=OFFERED,
        reasons=target.reasons,
        candidates=[],
        created_at=now,
        case_status=case.status,
        **owed_from(session, OFFERED, owed, now),
    )
    session.add_all((target.place, assignment))
    session.flush()
    part = CasePart(
        assignment_id=assignment.id,
        case_id=case.id,
        place_id=target.place.id,
        briefing=wish.briefing.strip(),
        asked_by=viewer.staff_id,
        asked_at=now,
    )
    session.add(part)
    session.flush()
    return held_part(session, assignment.id)


def _note(
    session: Session, file: PartFile, kind: str, words: str, viewer: Viewer, now: datetime
) -> None:
    data = {"part_id": file.id, "office_code": file.assignment.office_code}
    reason, actor = words.strip(), viewer.actor
    note_reason(session, file.case.id, kind, reason=reason, actor=actor, now=now, data=data)
