"""What the person hears who is rung for a waiting caller: "press 1 to take it"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call, Leg
from ivr.callback_talk import OVER, Position
from ivr.flow_settings import Texts
from ivr.nodes import Flow, Queue
from ivr.people import is_wanted_elsewhere
from ivr.prompts import text_of
from ivr.verbs import Gather, Hangup, Say, Verb
from ivr.words import number

TAKE: Final = "1"
STAFF_LANGUAGE: Final = "th"


@dataclass(frozen=True)
class LiveTalk:
    """One turn of the whisper on a live call's leg."""

    session: Session
    leg: Leg
    params: Mapping[str, str]
    flow: Flow
    action: str
    now: datetime

    def next(self, position: Position) -> tuple[Position, list[Verb]]:
        """Offer the call, take it with 1, let it go with any other key or after two silences."""
        if self.leg.state == "ended":
            return OVER, [Hangup()]  # the caller is gone, or rings somebody else by now
        if self._is_wanted_elsewhere():
            return OVER, [*self._said(self.flow.live_leg.gives_way), Hangup()]
        key = self.params.get("Digits", "")
        if position.place == "offer" and key == TAKE:
            self.leg.accepted, self.leg.state = True, "accepted"
            # An empty document ends the whisper, which joins the two.
            return OVER, []
        asked = position.times
        if position.place == "over" or key or asked >= self.flow.live_leg.rounds:
            return OVER, [Hangup()]
        offer = Gather(tuple(self._texts()), self.action, 1, self.flow.timing.key_s)
        # Should the key never arrive here, the whisper must not run out: that would join the two.
        return Position("offer", asked + 1), [offer, Hangup()]

    def _is_wanted_elsewhere(self) -> bool:
        """Whether a graver call came while this one rang, and nobody else is free for it."""
        node = self._queue()
        if node is None or not self.flow.live_leg.gives_way:
            return False
        graver, caller = self.flow.graver_queues(node.name), str(self.leg.parent_call_sid)
        return is_wanted_elsewhere(self.session, graver, caller, now=self.now)

    def _queue(self) -> Queue | None:
        """Where the caller waits, by the flow in force; None where it knows no such queue."""
        name = self.session.scalar(select(Call.node).where(Call.sid == self.leg.parent_call_sid))
        node = self.flow.nodes.get(name or "")
        return node if isinstance(node, Queue) else None

    def _texts(self) -> list[Say]:
        """What this caller needs said first (keys only, silent), the offer, then the limit.

        The limit comes last, for the key counts while all this is spoken.
        """
        node, leg = self._queue(), self.flow.live_leg
        said = [*self._said(node.agent_hears)] if node else []
        return [*self._language(), *said, *self._said(leg.offer), *self._limit()]

    def _language(self) -> list[Say]:
        """Which language the caller has chosen, where it is not the first."""
        own = select(Call.language).where(Call.sid == self.leg.parent_call_sid)
        lang = self.session.scalar(own) or self.flow.default_language
        if lang == self.flow.default_language or lang not in self.flow.languages:
            return []
        name = text_of(self.flow.languages[lang].name, STAFF_LANGUAGE, self.flow)
        return self._said(self.flow.live_leg.language, language=name) if name else []

    def _limit(self) -> list[Say]:
        longest = self.flow.longest
        if longest is None:
            return []
        minutes = number(longest.talk_s // 60, STAFF_LANGUAGE)
        return self._said(self.flow.live_leg.limit, minutes=minutes)

    def _said(self, texts: Texts, **values: str) -> list[Say]:
        text = text_of(texts, STAFF_LANGUAGE, self.flow)
        return [Say(text.format(**values), STAFF_LANGUAGE)] if text else []
