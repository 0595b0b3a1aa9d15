"""The desk's choice of an office becomes what the directory says, with one click.

Only where the choice was an ordinary one: the district alone left it open, and neither a conflict
of interest, nor an exclusion, nor a rule, nor the roll-out had to do with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cases.access import Viewer
from cases.answers import CaseAnswers
from cases.choosing import question_of
from cases.correcting import CORRECTED, DISTRICT, SCHOOL
from cases.counting import everything_counts
from cases.errors import StaleCase
from cases.holding import hold_case
from cases.models import Assignment, Case, CaseExclusion, CasePlace, TimelineEvent
from cases.part_models import CasePart
from cases.queries import CaseFile, case_file
from cases.rules import staff_involved
from cases.senders import BY_PEOPLE, SENT_ON
from cases.timeline import note_event
from routing.change_log import Author
from routing.directory import current_directory
from routing.learning import (
    Served,
    add_served,
    end_served,
    may_serve,
    named_for,
    reference_of,
)
from routing.loading import hold_directory
from routing.rules import understood
from routing.snapshot import Link

LEFT_OPEN = "area_unknown"
# Anything else on the way to the desk makes the choice one of this case alone.
ORDINARY = frozenset(
    {
        *("place_district", "school_unknown", LEFT_OPEN, "to_desk"),
        *("affiliation_given", "affiliation_from_level", "affiliation_assumed"),
        *("level_given", "level_assumed"),
    }
)


@dataclass(frozen=True)
class Offer:
    """What could be decided for good: such reports always to the office that the desk chose.

    `named` are the jurisdictions that the directory has for them by now, of whatever office.
    """

    case_id: int
    reference: str
    served: Served
    office_code: str
    named: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Decided:
    """Who decided something for good, and who ended it, as timelines name them."""

    by: str = ""
    ended_by: str = ""


def offer_of(session: Session, file: CaseFile, *, now: datetime) -> Offer | None:
    """What the desk's choice in this case could become, or None where it is no ordinary one."""
    if not _was_sent(file.assignment) or not _is_plain(session, file) or _is_apart(file.case):
        return None
    office = file.assignment.office_code
    if not _was_left_open(session, file.case.id, office) or _was_elsewhere(session, file.case.id):
        return None
    served = _served(file.case, file.place, now)
    directory = current_directory(session)
    if served is None or directory.district(served.district_code) is None:
        return None
    named = named_for(served, directory, now)
    if not named and not may_serve(office, served, directory, now):
        return None
    return Offer(file.case.id, file.case.reference, served, office, named)


def learn(session: Session, reference: str, seen: Offer, *, viewer: Viewer, now: datetime) -> None:
    """Give such reports to that office from now on; where an office is named already nothing is
    changed.

    `seen` is what whoever decides was shown: StaleCase when it is another thing by now.
    """
    hold_case(session, seen.case_id)
    hold_directory(session)
    file = case_file(session, reference)
    offer = offer_of(session, file, now=now) if file else None
    if offer is None or (offer.served, offer.office_code) != (seen.served, seen.office_code):
        raise StaleCase(f"the choice in case {seen.case_id} has changed")
    if offer.named:
        return
    office = offer.office_code
    by = Author(viewer.actor, now)
    made = add_served(session, offer.served, office, reference=reference, by=by)
    data = {"office_code": office, "district_code": offer.served.district_code}
    data["jurisdiction_id"] = str(made)
    note_event(session, offer.case_id, "learned", data, now, viewer.actor)


def unlearn(session: Session, jurisdiction_id: int, *, viewer: Viewer, now: datetime) -> None:
    """End what the desk decided for good; what has ended already stays as it is."""
    ended = end_served(session, jurisdiction_id, by=Author(viewer.actor, now))
    if ended is None:
        return
    case_id = session.scalar(select(Case.id).where(Case.reference == reference_of(ended.basis)))
    if case_id is not None:
        data = {"office_code": ended.office_code, "jurisdiction_id": str(ended.id)}
        note_event(session, case_id, "unlearned", data, now, viewer.actor)


def sent_by(session: Session, case_id: int, viewer: Viewer) -> bool:
    """Whether the person chose the office of this case."""
    chose = exists().where(
        TimelineEvent.case_id == case_id,
        TimelineEvent.kind == SENT_ON,
        TimelineEvent.actor == viewer.actor,
    )
    return bool(session.scalar(select(chose)))


def who_decided(session: Session, references: Iterable[str]) -> dict[int, Decided]:
    """Who decided and who ended, by the ids of the jurisdictions made in these cases."""
    wanted = (
        select(TimelineEvent.kind, TimelineEvent.actor, TimelineEvent.data)
        .join(Case, Case.id == TimelineEvent.case_id)
        .where(Case.reference.in_(set(references)))
        .where(TimelineEvent.kind.in_(("learned", "unlearned")))
    )
    found: dict[int, dict[str, str]] = {}
    for row in session.execute(wanted.order_by(TimelineEvent.id)):
        name = "by" if row.kind == "learned" else "ended_by"
        found.setdefault(int(row.data["jurisdiction_id"]), {})[name] = row.actor
    return {number: Decided(**who) for number, who in found.items()}


def _was_sent(lead: Assignment) -> bool:
    return any(one["rule"] == SENT_ON for one in lead.reasons)


def _is_plain(session: Session, file: CaseFile) -> bool:
    """Whether nobody is shut out of the case, nor may be involved, and the place is sure."""
    shut_out = exists().where(CaseExclusion.case_id == file.case.id)
    case = file.case
    answers = CaseAnswers(
        hazard_group=case.hazard_group,
        hazard_type=case.hazard_type,
        quiet=case.quiet,
        conflict=case.conflict,
    )
    is_sure = file.place.confirmed and not staff_involved(answers)
    return is_sure and not session.scalar(select(shut_out))


def _is_apart(case: Case) -> bool:
    """Whether it was practised in a real service: the directory learns nothing from that."""
    return case.is_practice and not everything_counts()


def _was_left_open(session: Session, case_id: int, office: str) -> bool:
    """Whether the district alone had left the choice to the desk, and this office was in it.

    What a first choice was, which said "not ours", does not count: the question stayed the same.
    """
    parts = select(CasePart.assignment_id).where(CasePart.case_id == case_id)
    leads = select(Assignment.reasons, Assignment.candidates).where(
        Assignment.case_id == case_id, ~Assignment.is_lead, Assignment.id.not_in(parts)
    )
    rows = session.execute(leads.order_by(Assignment.id.desc())).all()
    if not rows or office not in rows[0].candidates:
        return False
    asked = ({one["rule"] for one in row.reasons} for row in rows if office in row.candidates)
    rules = next((one for one in asked if not one <= BY_PEOPLE), frozenset[str]())
    return LEFT_OPEN in rules and rules <= ORDINARY


def _was_elsewhere(session: Session, case_id: int) -> bool:
    """Whether the desk was asked about another place than the case has now, or about a school.

    So where somebody put the district right at any time, or the school before it was sent on.
    """
    wanted = select(TimelineEvent.kind, TimelineEvent.data).where(
        TimelineEvent.case_id == case_id, TimelineEvent.kind.in_((CORRECTED, SENT_ON))
    )
    was_sent = False
    for kind, data in session.execute(wanted.order_by(TimelineEvent.id.desc())):
        was_sent = was_sent or kind == SENT_ON
        if kind == CORRECTED and (DISTRICT in data or (was_sent and SCHOOL in data)):
            return True
    return False


def _served(case: Case, place: CasePlace, now: datetime) -> Served | None:
    if place.district_code is None:
        return None
    answers = CaseAnswers(
        hazard_group=case.hazard_group,
        affiliation=place.affiliation,
        level=place.level,
        district_code=place.district_code,
    )
    asked = question_of(answers, severity=case.severity, excluded=frozenset(), at=now)
    return Served(place.district_code, *understood(asked))
