"""What somebody hears who is rung because an urgent notice was not seen: a number, and two keys.

Anybody may pick the phone up, so nothing but the case's number is said (design.md §3a.5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Notice, Staff
from agents.notice_policy import current_policy
from calls.models import Leg
from calls.notice_calls import NOTICES, may_ring_again, pressed, refusal
from ivr import words
from ivr.callback_talk import OVER, Position
from ivr.flow_settings import Texts
from ivr.nodes import Flow
from ivr.notice_talk import Advance, notice_turn
from ivr.verbs import Gather, Hangup, Say, Verb
from ivr.versions import current_flow

KEY_S = 7
MINUTE_S = 60


@dataclass(frozen=True)
class NoticeTalk:
    """One turn of the leg of somebody who must be told."""

    session: Session
    leg: Leg
    params: Mapping[str, str]
    flow: Flow
    action: str
    now: datetime

    def next(self, position: Position) -> tuple[Position, list[Verb]]:
        """Tell, let a key count, and say what became of it."""
        if position.place == "over":
            return OVER, [Hangup()]
        refused = refusal(self.session, self.leg, now=self.now)
        if refused is not None:
            return OVER, [self._said(refused), Hangup()]
        may_again = may_ring_again(self.session, self.leg)
        advance = notice_turn(position, self.params.get("Digits", ""), may_again=may_again)
        if advance.effect is not None:
            pressed(self.session, self.leg, advance.effect, now=self.now)
            return OVER, [self._said(advance.effect), Hangup()]
        return advance.position, self._telling(advance, may_again=may_again)

    def _telling(self, advance: Advance, *, may_again: bool) -> list[Verb]:
        keys = ["heard_key", *(["again_key"] if may_again else []), "repeat_key"]
        told = Say(" ".join([self._matter(), *map(self._text, keys)]), self._lang())
        spoken = (self._said("wrong_key"), told) if advance.wrong_key else (told,)
        # Should the key never arrive here, the line must not stay open.
        return [Gather(spoken, self.action, timeout_s=KEY_S), Hangup()]

    def _matter(self) -> str:
        """How many matters there are, and the number of the only one."""
        ids = NOTICES.of_leg(self.session, self.leg).notice_ids
        found = self.session.scalars(select(Notice.reference).where(Notice.id.in_(ids)))
        references, lang = set(found), self._lang()
        if len(references) > 1:
            return self._text("several", count=words.number(len(references), lang))
        reference = next(iter(references), None) or ""
        if not reference.isdecimal():
            return self._text("one")
        groups = self.flow.spoken.reference_groups
        return self._text("one_with_number", ref=words.digits(reference, lang, groups))

    def _said(self, name: str) -> Say:
        return Say(self._text(name), self._lang())

    def _text(self, name: str, **values: str) -> str:
        lang = self._lang()
        minutes = words.number(current_policy().telephone.again_s // MINUTE_S, lang)
        return self._texts()[name][lang].format(minutes=minutes, **values)

    def _texts(self) -> Mapping[str, Texts]:
        """The flow's own words; a flow that was published before there were any has ours."""
        return self.flow.notice_leg or current_flow().notice_leg

    def _lang(self) -> str:
        own = self.session.scalar(select(Staff.language).where(Staff.id == self.leg.staff_id))
        return own if own in self.flow.languages else self.flow.default_language
