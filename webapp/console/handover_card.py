"""A hand-over in words: who asked, to whom, why, whose answer is awaited, who was rung for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.names import names_of
from calls.models import ApprovalCall
from cases.handover_models import Handover
from cases.handover_rules import PERSON
from cases.handovers import HandoverFile, owes_reason
from webapp.console.case_words import word
from webapp.console.pages import named
from webapp.documents import office_names

WAITING = ("requested", "offered")


@dataclass(frozen=True)
class Answer:
    """What somebody said: who, when, how, in which words."""

    name: str
    at: datetime
    way: str | None
    words: str | None


@dataclass(frozen=True)
class Ring:
    """One ring at a head operator; no outcome while it lasts."""

    name: str
    at: datetime
    outcome: str | None


@dataclass(frozen=True)
class HandoverCard:
    """All that is shown of a hand-over, in the reader's language."""

    id: int
    kind: str
    state: str
    severity: str
    to: list[str]
    reason: str
    asked_by: str
    asked_at: datetime
    from_office: str
    approvers: list[tuple[str, datetime]]
    due_at: datetime
    is_late: bool
    decided: Answer | None
    ended: Answer | None
    rung: list[Ring]
    reason_follows: bool

    @property
    def is_waiting(self) -> bool:
        """Whether somebody owes an answer."""
        return self.state in WAITING


def handover_card(
    session: Session, file: HandoverFile, *, with_words: bool, now: datetime
) -> HandoverCard:
    """A hand-over as a page shows it; what people wrote only `with_words`."""
    one = file.handover
    calls = _calls(session, one.id)
    names = file.names | names_of(session, {call.staff_id for call in calls} - file.names.keys())
    codes = {one.from_office_code, *(code for code, _ in file.approvers)}
    found = office_names(session, codes | ({one.to_office_code} if one.to_office_code else set()))
    offices = {code: named(office) for code, office in found.items()}
    return HandoverCard(
        id=one.id,
        kind=one.kind,
        state=one.state,
        severity=one.severity,
        to=[offices[one.to_office_code]] if one.to_office_code else _people(file),
        reason=one.reason if with_words else "",
        asked_by=names.get(one.asked_by, ""),
        asked_at=one.asked_at,
        from_office=offices[one.from_office_code],
        approvers=[(offices[code], asked_at) for code, asked_at in file.approvers],
        due_at=one.due_at,
        is_late=one.state in WAITING and one.due_at < now,
        decided=_decided(one, names, with_words=with_words),
        ended=_ended(one, names, with_words=with_words),
        rung=[Ring(names.get(call.staff_id, ""), call.intent_at, call.outcome) for call in calls],
        reason_follows=owes_reason(one),
    )


def _people(file: HandoverFile) -> list[str]:
    """The receivers by name, with what each is to be."""
    if file.handover.kind == PERSON:
        return [one.name for one in file.people]
    parts = {True: word("handover_part", "chair"), False: word("handover_part", "member")}
    return [f"{one.name} ({parts[one.chair]})" for one in file.people]


def _decided(one: Handover, names: Mapping[int, str], *, with_words: bool) -> Answer | None:
    if one.decided_at is None:
        return None
    name = names.get(one.decided_by or 0, "")
    words = one.decision_words if with_words else None
    return Answer(name, one.decided_at, one.decided_way, words)


def _ended(one: Handover, names: Mapping[int, str], *, with_words: bool) -> Answer | None:
    """Who ended it, where that was not the decision itself."""
    if one.ended_at is None or one.state == "rejected":
        return None
    words = one.end_words if with_words else None
    return Answer(names.get(one.ended_by or 0, ""), one.ended_at, None, words)


def _calls(session: Session, handover_id: int) -> Sequence[ApprovalCall]:
    wanted = select(ApprovalCall).where(ApprovalCall.handover_id == handover_id)
    return session.scalars(wanted.order_by(ApprovalCall.id)).all()
