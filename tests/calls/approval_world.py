"""A small world around one hand-over that waits for a head operator: staff, a case, a provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from calls import tasks
from calls.approval_calls import APPROVALS
from calls.approvals import handovers_to_ring
from cases.access import Viewer
from cases.answers import CaseAnswers
from cases.handover_models import Handover
from cases.handovers import Wish, approve, ask, ask_to_ring, climb_overdue, reject, revoke
from cases.services import finish_case
from cases.taking import acknowledge
from core.database import reading, transaction
from routing.rules import Decision, Reason
from tests.calls.callback_world import OFFICE
from tests.calls.ring_world import RingWorld

KANTANG = "9202"
WHY = (Reason("area_known", "เขตพื้นที่ดูแล", "The area serves it"),)
WORDS = "The child may be at risk at home."
ASKER, FIRST, SECOND, DEPUTY = 1, 11, 12, 13


def phone_of(number: int) -> str:
    """The phone of the made-up person with this number."""
    return f"+6681000{100 + number:04d}"


@dataclass
class ApprovalWorld(RingWorld):
    """Drives one hand-over from outside: tasks, webhooks, time, the page."""

    rings = APPROVALS
    handover_id: int = 0

    def ask(self, *heads: int, danger: bool = True, office: str = OFFICE, **wish: Any) -> int:
        """A case of an office with these heads, and a request to hand it over; its id."""
        for number in heads:
            self.head(number, office)
        self.people[ASKER] = asker = self.operator(ASKER, office)
        self.report(danger=danger)
        asked = Wish(**{"kind": "person", "reason": WORDS, "people": (asker,)} | wish)
        viewer = Viewer(asker, (("operator", office),))
        told = CaseAnswers("V", "V3", danger=danger, conflict="no", district_code=KANTANG)
        with transaction() as session:
            finish_case(
                session, self.case_id, told, Decision(office, WHY), now=self.now, ended=True
            )
            acknowledge(session, self.case_id, viewer=viewer, now=self.now)
            made = ask(session, self.case_id, asked, viewer=viewer, now=self.now)
            self.handover_id = made.id
        return self.handover_id

    def ring_now(self) -> bool:
        """Somebody asks on the page for the approvers to be rung."""
        with transaction() as session:
            return ask_to_ring(session, self.handover_id, now=self.now)

    def approve_on_the_page(self, number: int) -> None:
        """A head operator decides elsewhere."""
        staff_id = self.people[number]
        with transaction() as session:
            approve(session, self.handover_id, staff_id=staff_id, way="page", now=self.now)

    def reject_on_the_page(self, number: int) -> None:
        """The same, the other way."""
        by = {"staff_id": self.people[number], "way": "page", "words": WORDS, "now": self.now}
        with transaction() as session:
            reject(session, self.handover_id, **by)

    def revoke(self) -> None:
        """The asker takes it back."""
        viewer = Viewer(self.people[ASKER], (("operator", OFFICE),))
        with transaction() as session:
            revoke(session, self.handover_id, viewer=viewer, words=None, now=self.now)

    def climb(self) -> None:
        """The time to approve passes, and the office above is asked too."""
        due_at = self.handover.climb_at
        assert due_at is not None
        self.now = max(self.now, due_at)
        with transaction() as session:
            assert climb_overdue(session, self.now, 10) == 1

    # The worker
    def due(self, session: Session) -> Sequence[int]:
        """The hand-overs for which somebody is to be rung."""
        return handovers_to_ring(session, self.now, 50)

    def ring_for(self, due_id: int) -> None:
        """What the worker does with a nudge about a hand-over."""
        tasks.ring_for_approval(
            due_id, self.policy, now=self.clock, telephony=lambda _account: self.exchange
        )

    def ring(self) -> None:
        """The nudge about this one."""
        self.ring_for(self.handover_id)

    # Looking
    @property
    def handover(self) -> Handover:
        """The hand-over now."""
        with reading() as session:
            return session.get_one(Handover, self.handover_id)

    # Whole stretches
    def picked_up(self) -> tuple[str, str]:
        """Ring and answer; gives the leg's key and its call's sid."""
        self.ring()
        return self.answered()
