"""What stands beside "whose turn it is": the reader's next step, the hand-over, results, junk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Staff
from agents.permissions import ACTIONS
from cases.access import Standing, Viewer
from cases.handover_models import Handover
from cases.handover_moves import ACCEPTED
from cases.handovers import handover_file
from cases.junk import junk_proposal
from cases.queries import CaseFile, exclusions
from cases.result_models import ResultReport
from cases.results import reports_of
from cases.sending import SENDABLE
from cases.states import IN_PROGRESS, OVER
from core.zones import bangkok
from routing.models import Office
from routing.vocabulary import HQ, PARTNER
from webapp.console.case_actions import Choices, Circumstances, choices
from webapp.console.conflict_form import nameable
from webapp.console.handover_card import HandoverCard, handover_card
from webapp.console.handover_forms import Receivers, receivers
from webapp.console.handover_standing import OpenedHandover, opened_for
from webapp.console.pages import named
from webapp.console.refer_form import ReferTo, refer_to


@dataclass(frozen=True)
class Proposal:
    """Who says that this is no case, and since when."""

    staff_id: int
    name: str
    at: datetime


@dataclass(frozen=True)
class CaseNext:
    """What this reader can do now, and what bears on it."""

    choices: Choices
    candidates: list[tuple[str, str]]
    handover: HandoverCard | None
    may_ring: bool
    may_revoke: bool
    may_explain: bool
    receivers: Receivers | None
    nameable: list[tuple[int, str]]
    reports: Sequence[ResultReport]
    junk: Proposal | None
    is_junk_for_me: bool
    partners: ReferTo | None


def case_next(
    session: Session,
    file: CaseFile,
    viewer: Viewer,
    standing: Standing,
    *,
    unexplained: int | None = None,
    now: datetime,
) -> CaseNext:
    """What a reader who may see the case can do with it.

    `unexplained` is a hand-over whose rejection is still to be explained.
    """
    opened = _handover(session, file, viewer, unexplained, now=now)
    junk = _junk(session, file)
    candidates = _candidates(session, file)
    possible = choices(
        Circumstances(
            status=file.case.status,
            granted=frozenset(one for one in ACTIONS if standing.may(one)),
            has_case=standing.is_assigned,
            has_candidates=bool(candidates),
            is_handed_over=file.handover is not None,
            may_decide=opened is not None and opened.may_decide,
            may_answer=opened is not None and opened.may_answer,
            is_junk_for_me=junk is not None and junk.staff_id == viewer.staff_id,
            is_at_desk=file.assignment.office_code == HQ,
        )
    )
    return CaseNext(
        choices=possible,
        candidates=candidates,
        handover=_card(session, opened, now=now) if opened else None,
        may_ring=opened is not None and opened.may_ring,
        may_revoke=opened is not None and opened.may_revoke,
        may_explain=opened is not None and opened.may_explain,
        receivers=_receivers(session, file, viewer, now) if possible.has("hand_over") else None,
        nameable=nameable(session, file, viewer) if possible.has("conflict") else [],
        reports=reports_of(session, file.case.id),
        junk=junk,
        is_junk_for_me=junk is not None and junk.staff_id == viewer.staff_id,
        partners=refer_to(session, file) if possible.has("refer") else None,
    )


def _handover(
    session: Session, file: CaseFile, viewer: Viewer, unexplained: int | None, *, now: datetime
) -> OpenedHandover | None:
    """The hand-over that waits for an answer, else the one by which people solve the case, else
    one whose rejection is still to be explained."""
    handover_id = file.handover.id if file.handover else None
    if handover_id is None and file.case.status == IN_PROGRESS:
        at_work = select(Handover.id).where(
            Handover.case_id == file.case.id,
            Handover.state == ACCEPTED,
            Handover.to_office_code.is_(None),
        )
        handover_id = session.scalar(at_work.order_by(Handover.id.desc()).limit(1))
    handover_id = handover_id or unexplained
    found = handover_file(session, handover_id) if handover_id else None
    return opened_for(session, found, viewer, now=now) if found else None


def _card(session: Session, opened: OpenedHandover, *, now: datetime) -> HandoverCard:
    return handover_card(session, opened.file, with_words=opened.reads_words, now=now)


def _receivers(session: Session, file: CaseFile, viewer: Viewer, now: datetime) -> Receivers:
    secret = exclusions(session, file.case.id)
    office = file.assignment.office_code
    today = bangkok(now).date()
    return receivers(session, office, secret, asker=viewer.staff_id, today=today)


def _candidates(session: Session, file: CaseFile) -> list[tuple[str, str]]:
    """The offices that the place fits and that take part; none that must not know, no partner: it
    would own what nobody there can see (decision 0016), nor any once work has begun."""
    codes = file.assignment.candidates
    if not codes or file.case.status not in SENDABLE:
        return []
    secret = exclusions(session, file.case.id)
    wanted = select(Office).where(
        Office.code.in_(set(codes) - secret.offices), Office.active, Office.is_on
    )
    wanted = wanted.where(Office.type != PARTNER)
    return [(one.code, named(one)) for one in session.scalars(wanted.order_by(Office.code))]


def _junk(session: Session, file: CaseFile) -> Proposal | None:
    proposal = junk_proposal(session, file.case.id)
    if proposal is None or file.case.status in OVER:
        return None
    name = session.scalar(select(Staff.name).where(Staff.id == proposal.staff_id))
    return Proposal(proposal.staff_id, name or "", proposal.at)
