"""The telephone company of the storm and the people at its phones; it counts every ring."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from core.telephony import Busy, CallLinks, NotFound, OutcomeUnknown, RemoteCall
from tests.calls.exchange import new_sid

if TYPE_CHECKING:
    from tests.calls.storm import Storm

TALK_S: Final = 40
KEYS: Final = {"talks": "1", "not now": "2", "wrong person": "3", "stops": "9"}
NEVER_ANSWERS: Final = {"no answer": "no-answer", "busy": "busy"}


@dataclass
class Leg:
    """One connection; `over` once its last word was said."""

    kind: str
    status: str
    sid: str = field(default_factory=new_sid)
    over: bool = False
    sequence: int = 0
    child: "Leg | None" = None


class Phones:
    """A provider that rings people; `habits` say what the caller does at each ring, the last on."""

    def __init__(self, storm: "Storm", habits: tuple[str, ...]) -> None:
        self.storm, self.habits = storm, habits
        # The addresses of the documents of operators' rings; (from, until) of rings at the caller.
        self.operator_rings: list[str] = []
        self.caller_rings: list[tuple[datetime, datetime | None]] = []
        self.remote: dict[str, RemoteCall] = {}

    # What the service asks
    def create_call(self, *, to: str, links: CallLinks, ring_s: int) -> str:
        """Ring an operator, unless the weather has it otherwise."""
        made = self.storm.weather.answer()
        if made == "busy":
            raise Busy("429")
        if made == "lost_request":
            raise OutcomeUnknown("reset")
        self.operator_rings.append(links.document)
        leg = Leg("operator", links.status)
        self._note(leg, "queued", to, "outbound-api")
        self.storm.after(0.5, lambda: self._ring_operator(leg, links, ring_s))
        if made == "lost_answer":
            raise OutcomeUnknown("timeout")
        return leg.sid

    def call_status(self, sid: str) -> RemoteCall:
        """One call."""
        if sid not in self.remote:
            raise NotFound("404")
        return self.remote[sid]

    def calls_to(self, to: str, since: datetime) -> list[RemoteCall]:
        """Calls to a number, newest first."""
        found = [one for one in self.remote.values() if one.to == to and self._is_since(one, since)]
        return found[::-1]

    def calls_in(self, since: datetime, until: datetime, most: int) -> list[RemoteCall]:
        """Nobody phones the hotline here."""
        return []

    def recording_media(self, recording_sid: str) -> Any:
        """Nothing is recorded."""
        raise NotFound(recording_sid)

    def delete_recording(self, recording_sid: str) -> None:
        """Nothing to remove."""

    @staticmethod
    def _is_since(call: RemoteCall, since: datetime) -> bool:
        return call.started_at is not None and call.started_at >= since

    def _note(self, leg: Leg, word: str, to: str = "", direction: str = "outbound-dial") -> None:
        known = self.remote.get(leg.sid)
        begun = known.started_at if known else self.storm.now
        place, way = (known.to, known.direction) if known else (to, direction)
        self.remote[leg.sid] = RemoteCall(leg.sid, word, way, place, begun)

    def _say(self, leg: Leg, word: str) -> None:
        """The leg goes on, and the service is told."""
        self._note(leg, word)
        leg.sequence += 1
        told = {"CallStatus": word, "SequenceNumber": str(leg.sequence)}
        self.storm.tell(f"{leg.kind} status", leg.status, leg.sid, **told)

    def _end(self, leg: Leg, word: str = "completed") -> None:
        if not leg.over:
            leg.over = True
            self._say(leg, word)

    # The operator
    def _ring_operator(self, leg: Leg, links: CallLinks, ring_s: int) -> None:
        self._say(leg, "ringing")
        if self.storm.weather.dice.random() < 0.08:
            self.storm.after(ring_s, lambda: self._end(leg, "no-answer"))
        else:
            self.storm.after(4, lambda: self._operator_answers(leg, links.document))

    def _operator_answers(self, leg: Leg, address: str) -> None:
        self._note(leg, "in-progress")
        self._fetch(leg, "offer", address)

    def _fetch(self, leg: Leg, what: str, address: str, **params: str) -> None:
        self.storm.ask(what, address, leg.sid, lambda body: self._hear(leg, body), **params)

    def _hear(self, leg: Leg, body: bytes | None) -> None:
        """Do what a document says; without any the provider falls back and hangs up."""
        verbs = list(ET.fromstring(body)) if body else [ET.Element("Hangup")]
        if leg.over:
            return
        if leg.kind == "operator":
            self._operator_hears(leg, verbs)
        else:
            self._caller_hears(leg, verbs)

    def _operator_hears(self, leg: Leg, verbs: list[ET.Element]) -> None:
        for verb in verbs:
            if verb.tag == "Gather":
                self._operator_presses(leg, verb.get("action") or "")
                return
            if verb.tag == "Dial":
                self._dial(leg, verb)
                return
        self.storm.after(1, lambda: self._end(leg))

    def _operator_presses(self, leg: Leg, action: str) -> None:
        key = self.storm.weather.dice.choices(("1", "2", ""), (20, 1, 1))[0]
        self.storm.after(3, lambda: self._fetch(leg, "operator key", action, Digits=key))

    def _dial(self, leg: Leg, verb: ET.Element) -> None:
        number = verb.find("Number")
        assert number is not None
        child = Leg("caller", number.get("statusCallback") or "")
        leg.child = child
        self._note(child, "ringing", number.text or "")
        habit = self.habits[min(len(self.caller_rings), len(self.habits) - 1)]
        self.caller_rings.append((self.storm.now, None))
        self._say(child, "ringing")
        action = verb.get("action") or ""

        def over(word: str, bridged: str = "false") -> None:
            if child.over:
                return
            begun, _ = self.caller_rings[-1]
            self.caller_rings[-1] = (begun, self.storm.now)
            self._end(child, word)
            told = {"DialCallStatus": word, "DialBridged": bridged}
            self.storm.after(0.5, lambda: self._fetch(leg, "dial over", action, **told))

        self.over = over
        if habit in NEVER_ANSWERS:
            ring_s = 1 if habit == "busy" else float(verb.get("timeout") or 30)
            self.storm.after(ring_s, lambda: over(NEVER_ANSWERS[habit]))
        else:
            self.storm.after(5, lambda: self._caller_answers(child, number, habit))

    # The caller
    def _caller_answers(self, leg: Leg, number: ET.Element, habit: str) -> None:
        self._note(leg, "in-progress")
        self.habit = habit
        # Without a verdict nobody is spoken to: it is late, doubled and killed, but does come.
        told = {"AnsweredBy": "machine_start" if habit == "machine" else "human"}
        detected = number.get("amdStatusCallback") or ""
        delay = self.storm.weather.dice.uniform(0.5, 4)
        tell = self.storm.tell
        self.storm.after(delay, lambda: tell("detection", detected, leg.sid, prompt=True, **told))
        self._fetch(leg, "hello", number.get("url") or "")

    def _caller_hears(self, leg: Leg, verbs: list[ET.Element]) -> None:
        if not verbs:
            self.storm.after(TALK_S, lambda: self.over("completed", "true"))
            return
        gather = verbs[0] if verbs[0].tag == "Gather" else None
        if gather is None:
            self.over("completed")
            return
        spoken = gather.find("Say") is not None
        # In the silence somebody says "hello?" into the phone, and presses nothing.
        key = KEYS.get(self.habit, "") if spoken else ""
        action = gather.get("action") or ""
        self.storm.after(3, lambda: self._fetch(leg, "caller key", action, Digits=key))
