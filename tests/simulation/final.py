"""What must hold when the days are over: nothing lost, nothing forgotten, somebody told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import Session

from agents.models import Notice
from agents.notice_models import NoticeDelivery, NoticeReceipt
from agents.notice_policy import PHONE
from calls.models import Call, Callback, CallbackAttempt, CallbackDecision
from calls.models import Leg as LegRow
from calls.states import NEEDS_PERSON
from cases.arrivals import CASE_ARRIVED
from cases.models import UNTOLD, Assignment, Case, CaseCall
from cases.states import NEXT_STEPS, WATCHED
from core.database import reading

if TYPE_CHECKING:
    from tests.simulation.world import World

OVER: Final = ("done", "withdrawn")
# A sweep looks every ten seconds or every half minute; nobody is told sooner.
TOLD_WITHIN: Final = timedelta(minutes=2)


def faults(world: "World") -> list[str]:
    """Every promise that was broken on the way or is at the end, in plain words."""
    with reading() as session:
        at_the_end = [
            *_calls(session, world),
            *_cases(session, world),
            *_arrivals(session),
            *_callbacks(session),
            *_late_ones(session),
            *_rings_about_notices(session, world.agenda.now),
            *_loose_ends(session),
        ]
    return [*world.ledger.faults, *world.desk.faults, *world.door.faults, *at_the_end]


def _calls(session: Session, world: "World") -> Iterator[str]:
    """Nothing reported is lost: each call is written down, has ended, and has its case."""
    known = {row.sid: row for row in session.execute(select(Call.sid, Call.ended_at, Call.case_id))}
    linked = set(session.scalars(select(CaseCall.call_sid)))
    for sid, promise in world.ledger.promises.items():
        row = known.get(sid)
        if row is None or row.ended_at is None:
            yield f"call {sid} of report {promise.report.number} is not written down or open"
        elif sid not in linked:
            yield f"report {promise.report.number} has no case"


def _cases(session: Session, world: "World") -> Iterator[str]:
    """Every case has an owner and a time; every step that is overdue was told to somebody."""
    lead = select(Case.id, Case.status, Assignment.office_code, Assignment.due_at).outerjoin(
        Assignment, (Assignment.case_id == Case.id) & Assignment.is_lead
    )
    for row in session.execute(lead.add_columns(Assignment.escalation)):
        if row.status in NEXT_STEPS and (not row.office_code or row.due_at is None):
            yield f"case {row.id} has no owner or no time"
        if overdue_untold(row.status, row.due_at, row.escalation, world.agenda.now):
            yield f"case {row.id} is overdue and nobody was told"


def _arrivals(session: Session) -> Iterator[str]:
    """No office has a case that nobody has acknowledged without having been told of it."""
    untold = select(Case.id).join(Assignment, Assignment.case_id == Case.id)
    wanted = untold.where(text(UNTOLD), Case.finished_at.is_not(None))
    for case_id in session.scalars(wanted):
        yield f"case {case_id} has come to an office and nobody was told"
    is_told = exists().where(Notice.template == CASE_ARRIVED, Notice.reference == Case.reference)
    told = select(Case.id).join(Assignment, Assignment.case_id == Case.id)
    for case_id in session.scalars(told.where(Assignment.told_at.is_not(None), ~is_told)):
        yield f"case {case_id} is marked as told and is in no notice"


def overdue_untold(status: str, due_at: datetime, escalation: int, now: datetime) -> bool:
    """Whether a watched step is overdue without any level having been told."""
    return status in WATCHED and not escalation and due_at < now - TOLD_WITHIN


def _callbacks(session: Session) -> Iterator[str]:
    """Each is done, taken back, or on a person's list with that person told or heard."""
    for callback in session.scalars(select(Callback).order_by(Callback.id)):
        if callback.state in OVER:
            continue
        if callback.state not in NEEDS_PERSON:
            yield f"callback {callback.id} of {callback.office_code} is still {callback.state}"
        elif callback.decided_at is None and not _is_told(session, callback):
            yield f"callback {callback.id} needs a decision and nobody was told"


def _is_told(session: Session, callback: Callback) -> bool:
    told = exists().where(
        Notice.template.like("callback_%"),
        Notice.template != "callback_unattended",
        Notice.key.contains(f"|{callback.id}.", autoescape=True),
    )
    return bool(session.scalar(select(told)))


def _late_ones(session: Session) -> Iterator[str]:
    """Whoever was reached late, and about whom nobody decided before, was told of."""
    reached = (
        select(Callback.id, Callback.late_at, CallbackAttempt.caller_rung_at)
        .join(CallbackAttempt, CallbackAttempt.callback_id == Callback.id)
        .where(
            CallbackAttempt.outcome == "reached",
            Callback.escalation == 0,
            ~exists().where(CallbackDecision.callback_id == Callback.id),
        )
    )
    for callback_id, late_at, rung_at in session.execute(reached):
        if rung_at > late_at + TOLD_WITHIN:
            yield f"callback {callback_id} was late and nobody was told"


def _rings_about_notices(session: Session, now: datetime) -> Iterator[str]:
    """Each ends seen, not needed any more, or in vain: then it stands in the list of the office."""
    columns = select(Notice.id, Notice.state, NoticeDelivery.state.label("rung"))
    wanted = columns.add_columns(NoticeDelivery.due_at).join(
        NoticeDelivery, NoticeDelivery.notice_id == Notice.id
    )
    seen = set(session.scalars(select(NoticeReceipt.notice_id)))
    for row in session.execute(wanted.where(NoticeDelivery.channel == PHONE)):
        if row.rung in ("owed", "claimed") and row.due_at < now - TOLD_WITHIN:
            yield f"notice {row.id} was to be told by telephone and is forgotten"
        if row.rung == "given_up" and row.state in ("owed", "planned") and row.id not in seen:
            yield f"notice {row.id} was rung for in vain and nobody learns of it"


def _loose_ends(session: Session) -> Iterator[str]:
    """Nothing stays claimed, no attempt without an end, no leg that binds a person."""
    counts = {
        "attempts without an outcome": select(func.count()).where(
            CallbackAttempt.outcome.is_(None), CallbackAttempt.check_at.is_(None)
        ),
        "legs that never ended": select(func.count()).where(LegRow.state != "ended"),
    }
    for what, query in counts.items():
        if found := session.scalar(query):
            yield f"{found} {what}"
