"""How a person stands to a hand-over: who decides, who answers, who takes it back, who looks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from agents.permissions import EXCLUDED
from agents.queries import OPERATORS
from cases.access import Standing, Viewer, standing
from cases.approvers import approval_with
from cases.handover_moves import ACCEPTED, OFFERED, REQUESTED
from cases.handover_rules import PERSON
from cases.handovers import HandoverFile, owes_reason

VIEW, READ = "case.view", "note.read"
ASK, REVOKE = "handover.ask", "handover.revoke"
DECIDE, ANSWER = "handover.decide", "handover.answer"


@dataclass(frozen=True)
class OpenedHandover:
    """A hand-over, and how the person who asks stands to it and to its case."""

    file: HandoverFile
    viewer: Viewer
    standing: Standing
    is_decider: bool

    @property
    def state(self) -> str:
        """Whose answer is awaited, or how it ended."""
        return self.file.handover.state

    @property
    def is_receiver(self) -> bool:
        """Whether the person answers for who is to have the case; a committee's chair for all."""
        office, me = self.file.handover.to_office_code, self.viewer.staff_id
        if office is not None:
            asked = any(role in OPERATORS and mine == office for role, mine in self.viewer.roles)
        else:
            alone = self.file.handover.kind == PERSON
            asked = any(one.staff_id == me and (one.chair or alone) for one in self.file.people)
        return asked and self.standing.may(ANSWER)

    @property
    def may_view_case(self) -> bool:
        """Whether the person sees the case itself as well."""
        return self.standing.may(VIEW)

    @property
    def may_decide(self) -> bool:
        """Whether the person's approval is awaited."""
        return self.is_decider and self.state == REQUESTED

    @property
    def may_answer(self) -> bool:
        """Whether the person's acceptance is awaited."""
        return self.is_receiver and self.state == OFFERED

    @property
    def may_ring(self) -> bool:
        """Whether the person may have the approvers rung."""
        return self.state == REQUESTED and self.standing.may(ASK)

    @property
    def may_revoke(self) -> bool:
        """Whether the person may take it back; an office that has accepted keeps the case."""
        takes_part = self.state == ACCEPTED and self.file.handover.to_office_code is None
        is_open = self.state in (REQUESTED, OFFERED) or takes_part
        return is_open and self.standing.may(REVOKE)

    @property
    def may_explain(self) -> bool:
        """Whether the person rejected it by telephone and has not said yet why."""
        handover = self.file.handover
        return owes_reason(handover) and handover.decided_by == self.viewer.staff_id

    @property
    def is_answered_by_me(self) -> bool:
        """Whether the person has answered it already, however that went."""
        one, me = self.file.handover, self.viewer.staff_id
        return me in (one.decided_by, one.ended_by) or any(
            person.staff_id == me and person.answer for person in self.file.people
        )

    @property
    def is_shut_out(self) -> bool:
        """Whether the person must not even know of the case."""
        return any(relation == EXCLUDED for _, relation in self.standing.pairs)

    @property
    def is_seen(self) -> bool:
        """Whether the person may look at it."""
        is_asked = self.state == OFFERED and (self.is_receiver or self.is_named)
        knows = self.may_view_case or self.is_decider or is_asked or self.may_explain
        return knows and not self.is_shut_out

    @property
    def is_named(self) -> bool:
        """Whether this hand-over is to the person, alone or on a committee."""
        return any(one.staff_id == self.viewer.staff_id for one in self.file.people)

    @property
    def reads_words(self) -> bool:
        """Whether what people wrote about it is for this person: not for who sees cases masked."""
        is_answering = self.is_decider or self.is_receiver or self.is_named or self.may_explain
        return is_answering or self.standing.may(READ)


def opened_for(
    session: Session, file: HandoverFile, viewer: Viewer, *, now: datetime
) -> OpenedHandover:
    """How a person stands to a hand-over now."""
    stands = standing(session, viewer, file.case.case_id)
    decides = stands.may(DECIDE) and _decides(session, file, viewer, now)
    return OpenedHandover(file, viewer, stands, decides)


def _decides(session: Session, file: HandoverFile, viewer: Viewer, now: datetime) -> bool:
    asked = [code for code, _ in file.approvers]
    receivers = [one.staff_id for one in file.people]
    approval = approval_with(session, file.handover, asked, receivers, now=now)
    return approval.may_decide(viewer.staff_id)
