"""What the person hears who is rung for a waiting caller: "press 1 to take it"."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call, Leg
from ivr.callback_talk import OVER, Position
from ivr.nodes import Flow, Queue
from ivr.prompts import text_of
from ivr.verbs import Gather, Hangup, Say, Verb

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

    def next(self, position: Position) -> tuple[Position, list[Verb]]:
        """Offer the call, take it with 1, let it go with any other key or after two silences."""
        if self.leg.state == "ended":
            return OVER, [Hangup()]  # the caller is gone, or rings somebody else by now
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

    def _texts(self) -> list[Say]:
        """What this caller needs said first (keys only, silent), then the offer."""
        name = self.session.scalar(select(Call.node).where(Call.sid == self.leg.parent_call_sid))
        node = self.flow.nodes.get(name or "")
        texts = [self.flow.live_leg.offer]
        if isinstance(node, Queue) and node.agent_hears:
            texts.insert(0, node.agent_hears)
        return [Say(text_of(one, STAFF_LANGUAGE, self.flow), STAFF_LANGUAGE) for one in texts]
