"""What a head operator hears who is rung to approve a hand-over: "press 1 to approve".

Anybody may pick the phone up, so nothing personal is said (design.md §3a.5); only the person's own
number is rung, and only the keys 1 and 2 decide anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Staff
from calls.approval_calls import APPROVALS
from calls.approval_decisions import decide, forgo, refusal
from calls.models import Leg
from cases.handover_models import Handover
from cases.models import Case, CasePlace
from ivr.approval_talk import Advance, approval_turn
from ivr.approval_words import ApprovalFacts, Name, question
from ivr.callback_talk import OVER, Position
from ivr.nodes import Flow
from ivr.verbs import Gather, Hangup, Say, Verb
from routing.models import District, Office

KEY_S = 7


@dataclass(frozen=True)
class ApprovalTalk:
    """One turn of a head operator's leg."""

    session: Session
    leg: Leg
    params: Mapping[str, str]
    flow: Flow
    action: str
    now: datetime

    def next(self, position: Position) -> tuple[Position, list[Verb]]:
        """Ask, let a key count, and say what became of it."""
        advance = approval_turn(position, self.params.get("Digits", ""))
        if position.place == "over":
            return OVER, [Hangup()]
        if advance.effect is not None:
            return OVER, [self._said(self._effect(advance.effect)), Hangup()]
        refused = refusal(self.session, self.leg, now=self.now)
        if refused is not None:
            return OVER, [self._said(refused), Hangup()]
        return advance.position, self._asking(advance)

    def _effect(self, effect: str) -> str:
        """What became of the key, or of two silences: the name of what is said about it."""
        if effect != "left":
            return decide(self.session, self.leg, effect, now=self.now)
        refused = refusal(self.session, self.leg, now=self.now)
        if refused is None:
            forgo(self.session, self.leg, effect, now=self.now)
        return refused or effect

    def _asking(self, advance: Advance) -> list[Verb]:
        lang = self._lang()
        asked = Say(question(self._facts(), lang, self.flow), lang)
        spoken = (self._said("wrong_key"), asked) if advance.wrong_key else (asked,)
        # Should the key never arrive here, the line must not stay open.
        return [Gather(spoken, self.action, timeout_s=KEY_S), Hangup()]

    def _said(self, name: str) -> Say:
        lang = self._lang()
        return Say(self.flow.approval_leg[name][lang], lang)

    def _lang(self) -> str:
        own = self.session.scalar(select(Staff.language).where(Staff.id == self.leg.staff_id))
        return own if own in self.flow.languages else self.flow.default_language

    def _facts(self) -> ApprovalFacts:
        approval = APPROVALS.of_leg(self.session, self.leg)
        handover = self.session.get_one(Handover, approval.handover_id)
        row = self.session.execute(
            select(Case.hazard_group, CasePlace.district_code)
            .join(CasePlace, (CasePlace.case_id == Case.id) & CasePlace.is_lead)
            .where(Case.id == handover.case_id)
        ).one()
        receiver = self._office(handover.to_office_code) if handover.to_office_code else None
        return ApprovalFacts(
            group=row.hazard_group,
            district=self._district(row.district_code),
            office=self._office(handover.from_office_code),
            kind=handover.kind,
            receiver=receiver,
        )

    def _office(self, code: str) -> Name:
        """An office by the names that the directory keeps; its code where it has gone."""
        names = select(Office.name_th, Office.name_en).where(Office.code == code)
        row = self.session.execute(names).one_or_none()
        return Name(row.name_th, row.name_en) if row else Name(code, code)

    def _district(self, code: str | None) -> Name | None:
        names = select(District.name_th, District.name_en, District.kind)
        row = self.session.execute(names.where(District.code == code)).one_or_none()
        return Name(row.name_th, row.name_en, row.kind) if row else None
