"""Putting right what a case is: its type, how grave it is, where it happened, who reported.

A promised time is never moved back by it, and the case never moves by itself: whoever put the place
right sends it on, to an office that the new place names, hands it over or says "not ours". Source:
domain.md B6, decision 0042.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cases.access import Viewer
from cases.answers import CaseAnswers
from cases.candidates import asked_about, fitting_candidates
from cases.choosing import severity_of
from cases.correction_rules import (
    CORRECTABLE,
    Changes,
    Correction,
    Known,
    change_fault,
    form_fault,
    severity_after,
)
from cases.danger import bring_forward, hurry_answer
from cases.errors import CorrectionRefused, StaleCase
from cases.exclusions import exclude_office
from cases.holding import hold_case, lead_of, place_of
from cases.inferring import INTENTS, ROLES
from cases.models import Case, CasePlace, HazardType
from cases.queries import exclusions, unanswered_handovers
from cases.reviving import is_graver
from cases.rules import EMERGENCY, UNKNOWN_GROUP
from cases.states import OVER
from cases.stopping import open_stop, resume_for_danger
from cases.taxonomy import shipped_types
from cases.timeline import note_reason
from routing.directory import current_directory
from routing.explaining import explain
from routing.queries import school
from routing.rules import Decision

__all__ = ["Corrected", "Correction", "correct", "would_go_to"]
CORRECTED = "corrected"
HAZARD, SEVERITY, DISTRICT, SCHOOL = "hazard", "severity", "district", "school"
INTENT, ROLE = "intent", "role"
TYPE_OR_GROUP = re.compile(r"[A-Z][0-9]{0,2}")


@dataclass(frozen=True)
class Corrected:
    """What the floors above need to know: whether it is graver now, of another type, elsewhere."""

    severity: str
    is_graver: bool
    has_moved: bool
    has_other_type: bool


def correct(
    session: Session, case_id: int, wish: Correction, *, viewer: Viewer, now: datetime
) -> Corrected:
    """Keep what it really is, with a trace of old and new; CorrectionRefused says why not.

    Somebody must have acknowledged it, and it must not be over.
    """
    case = hold_case(session, case_id)
    if case.status in OVER:
        raise StaleCase(f"case {case_id} is {case.status}")
    if case.status not in CORRECTABLE:
        raise CorrectionRefused("wrong_status")
    rule = form_fault(wish, _known(session, wish))
    if rule is not None:
        raise CorrectionRefused(rule)
    place, old = place_of(session, case_id), case.severity
    changes = _changes(session, case, place, wish)
    rule = change_fault(changes, wish.words)
    if rule is not None:
        raise CorrectionRefused(rule)
    _write(session, case, place, changes)
    data = {name: list(pair) for name, pair in changes.items()}
    words, actor = wish.words.strip() or None, viewer.actor
    note_reason(session, case_id, CORRECTED, reason=words, actor=actor, now=now, data=data)
    if HAZARD in changes or is_graver(old, case.severity):
        _reckon(session, case, old, now)
    has_moved = bool(changes.keys() & {DISTRICT, SCHOOL})
    if has_moved:
        _choose_anew(session, case, place, now)
    case.version += 1
    session.flush()
    return Corrected(case.severity, is_graver(old, case.severity), has_moved, HAZARD in changes)


def would_go_to(session: Session, case: Case, place: CasePlace, *, now: datetime) -> Decision:
    """Where the directory would send such a report now."""
    barred = exclusions(session, case.id).offices
    return explain(session, asked_about(case, place, excluded=barred, now=now)).decision


def hazard_of(case: Case) -> str:
    """The type of a case, or its group where the type is not known."""
    return case.hazard_type or case.hazard_group


def _known(session: Session, wish: Correction) -> Known:
    directory = current_directory(session)
    return Known(
        hazard=_is_hazard(session, wish.hazard),
        district=directory.district(wish.district_code) is not None,
        school=wish.school_code is None or school(session, wish.school_code) is not None,
        intent=wish.intent in INTENTS,
        role=wish.role in ROLES,
    )


def _is_hazard(session: Session, hazard: str | None) -> bool:
    if hazard is None or hazard == UNKNOWN_GROUP:
        return True
    if not TYPE_OR_GROUP.fullmatch(hazard):
        return False
    groups = {one["hazard_group"] for one in shipped_types().values()}
    is_known = hazard in groups or hazard in shipped_types()
    return is_known or session.get(HazardType, hazard) is not None


def _changes(session: Session, case: Case, place: CasePlace, wish: Correction) -> Changes:
    """Old and new of everything that changes."""
    before = {
        HAZARD: hazard_of(case),
        SEVERITY: case.severity,
        INTENT: case.intent,
        ROLE: case.role,
    }
    after = {
        HAZARD: wish.hazard,
        SEVERITY: _severity(session, case, wish),
        INTENT: wish.intent,
        ROLE: wish.role,
    }
    told = {
        name: (before[name], new)
        for name, new in after.items()
        if new is not None and new != before[name]
    }
    return {**told, **_place_changes(session, place, wish)}


def _place_changes(session: Session, place: CasePlace, wish: Correction) -> Changes:
    """A school brings its district along; one that lies elsewhere goes with the old district."""
    code = wish.school_code or place.school_code
    found = school(session, code) if code else None
    lies_in = found.district_code if found else None
    district = wish.district_code or (lies_in if wish.school_code else None)
    changes: dict[str, tuple[str | None, str | None]] = {}
    if district is not None and district != place.district_code:
        changes[DISTRICT] = (place.district_code, district)
        if code != wish.school_code and lies_in != district:
            changes[SCHOOL] = (code, None)
    if wish.school_code is not None and wish.school_code != place.school_code:
        changes[SCHOOL] = (place.school_code, wish.school_code)
    return changes


def _severity(session: Session, case: Case, wish: Correction) -> str:
    """As chosen, else as the new type has it where that is graver."""
    if wish.hazard is None:
        return wish.severity or case.severity
    group, kind = _split(wish.hazard)
    by_type = severity_of(session, CaseAnswers(hazard_group=group, hazard_type=kind))
    return severity_after(case.severity, wish.severity, by_type)


def _split(hazard: str) -> tuple[str, str | None]:
    """Group and type of a hazard as a form names it."""
    return hazard[:1], hazard if len(hazard) > 1 else None


def _write(session: Session, case: Case, place: CasePlace, changes: Changes) -> None:
    new = {name: pair[1] for name, pair in changes.items()}
    if HAZARD in new:
        case.hazard_group, case.hazard_type = _split(new[HAZARD] or UNKNOWN_GROUP)
    case.severity = new.get(SEVERITY) or case.severity
    case.intent, case.role = new.get(INTENT) or case.intent, new.get(ROLE) or case.role
    if DISTRICT in new:
        _move(session, place, new[DISTRICT] or "")
    if SCHOOL in new:
        place.school_code = new[SCHOOL]
    if new.keys() & {DISTRICT, SCHOOL}:
        place.confirmed = True
    session.flush()


def _move(session: Session, place: CasePlace, code: str) -> None:
    """Another district; a postal code of the old one alone is forgotten with it."""
    directory = current_directory(session)
    district = directory.districts[code]
    of_postal_code = directory.districts_of_postal_code(place.postal_code or "")
    place.district_code, place.province_code = code, district.province_code
    if district not in of_postal_code:
        place.postal_code = None


def _choose_anew(session: Session, case: Case, place: CasePlace, now: datetime) -> None:
    """The old place's offices are no candidates any longer, those of the new one are.

    Whatever the status: from each the case may come back to where it can be sent on. The new
    place's office must not know of it where its people are complained of (design.md §3a.7).
    """
    decision, lead = would_go_to(session, case, place, now=now), lead_of(session, case.id)
    accused = decision.complained_of
    if case.conflict == "yes" and accused is not None and accused != lead.office_code:
        exclude_office(session, case.id, accused)
    lead.candidates = fitting_candidates(session, case.id, decision)


def _reckon(session: Session, case: Case, old: str, now: datetime) -> None:
    """The step that is owed has the time of what the case is now, from now on and only earlier.

    A clock that stands still goes on standing, but not in an emergency.
    """
    if case.severity == EMERGENCY and old != EMERGENCY:
        resume_for_danger(session, case.id, now=now)
    lead = lead_of(session, case.id)
    handover = unanswered_handovers(session, [case.id]).get(case.id)
    stop = open_stop(session, case.id)
    if stop is None or stop.begun_at is None:
        bring_forward(session, case, lead, handover, now)
    if handover is not None and is_graver(old, case.severity):
        hurry_answer(session, handover, case.severity, lead.due_at, now)
    session.flush()
