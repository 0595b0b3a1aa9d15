"""The telephone company in simulated time: it rings, follows TwiML, reports, and has bad days.

It stands where core.telephony's provider stands. A leg's documents come in order, for the company
waits for each; events may be lost, late or told twice.
"""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Final

from core.telephony import Busy, CallLinks, NotFound, OutcomeUnknown, Refused, RemoteCall
from tests.simulation.agenda import Agenda
from tests.simulation.chance import Chance, picked
from tests.simulation.connections import (
    BY_DIAL,
    BY_REST,
    HANGS_UP,
    INBOUND,
    Leg,
    Phones,
    Witness,
)
from tests.simulation.door import Door

RING_EXTRA_S: Final = 5
SENTENCE_S: Final = 4.0
VERDICT_S: Final = 4.0
ENDED: Final = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
EVENT_OF: Final = {"in-progress": "answered", "ringing": "ringing", "initiated": "initiated"}
SEQUENCE: Final = {"initiated": 0, "ringing": 1, "in-progress": 2}
EVENTS: Final = {"told": 0.93, "late": 0.03, "twice": 0.02, "lost": 0.02}
REQUESTS: Final = {"made": 0.965, "busy": 0.02, "refused": 0.004, "unsure": 0.006, "lost": 0.005}


@dataclass
class Line:
    """The telephone company."""

    agenda: Agenda
    chance: Chance
    door: Door
    phones: Phones
    witness: Witness
    counts: dict[str, int] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=dict)
    _open: dict[str, Leg] = field(default_factory=dict)
    _sids: Any = field(default_factory=lambda: count(1))

    # ---- core.telephony.Telephony

    def create_call(self, *, to: str, links: CallLinks, ring_s: int) -> str:
        """Ring a number, or have one of the troubles that a provider has."""
        trouble = picked(REQUESTS, self.chance.of("request", next(self._sids)))
        self._count(f"requests {trouble}")
        if trouble == "busy":
            raise Busy("429")
        if trouble == "refused":
            raise Refused("400")
        if trouble == "lost":
            raise OutcomeUnknown("timed out")
        leg = self._leg(to, BY_REST, document=links.document, status_url=links.status)
        leg.events = frozenset(("initiated", "ringing", "answered", "completed"))
        self._ring(leg, ring_s + RING_EXTRA_S)
        if trouble == "unsure":
            raise OutcomeUnknown("the answer was cut off")
        return leg.sid

    def cancel_ring(self, sid: str) -> None:
        """End a call that rings."""
        leg = self.legs[sid]
        if leg.status == "ringing":
            self._count("rings broken off")
            self._end(leg, "canceled")

    def call_status(self, sid: str) -> RemoteCall:
        """One call as the company knows it."""
        if sid not in self.legs:
            raise NotFound("404")
        return _remote(self.legs[sid])

    def calls_to(self, to: str, since: datetime) -> list[RemoteCall]:
        """Calls to a number, the newest first."""
        found = [leg for leg in self.legs.values() if leg.to == to and leg.began >= since]
        return [_remote(leg) for leg in sorted(found, key=lambda leg: leg.began, reverse=True)]

    def calls_in(self, since: datetime, until: datetime, most: int) -> list[RemoteCall]:
        """Calls to the hotline, the newest first."""
        found = [
            leg
            for leg in self.legs.values()
            if leg.direction == INBOUND and since <= leg.began <= until
        ]
        newest = sorted(found, key=lambda leg: leg.began, reverse=True)
        return [_remote(leg) for leg in newest[:most]]

    def recording_media(self, recording_sid: str) -> Any:
        """Nobody speaks after the tone here."""
        raise NotFound(recording_sid)

    def delete_recording(self, recording_sid: str) -> None:
        """Nothing to remove."""

    # ---- a caller of the hotline

    def incoming(self, caller: str, *, speaks: bool) -> Leg:
        """Somebody phones the hotline; who does not `speak` has said everything beforehand."""
        leg = self._leg(
            self.door.own_number, INBOUND, document="/ivr/voice", status_url="/ivr/status"
        )
        leg.caller, leg.status = caller, "in-progress"
        leg.events = frozenset({"completed"})
        if speaks:
            self.agenda.after(0, lambda: self._fetch(leg, leg.document, CallStatus="ringing"))
        return leg

    def hang_up(self, leg: Leg) -> None:
        """The caller is gone."""
        self._end(leg, "completed")

    def on_the_phone(self, number: str, but: Leg) -> bool:
        """Whether a telephone rings or talks already."""
        return any(
            one is not but and number == (one.caller if one.direction == INBOUND else one.to)
            for one in self._open.values()
        )

    # ---- legs

    def _leg(self, to: str, direction: str, *, document: str, status_url: str) -> Leg:
        leg = Leg(
            sid=f"CA{next(self._sids):032x}",
            to=to,
            caller=self.door.own_number,
            direction=direction,
            document=document,
            status_url=status_url,
            began=self.agenda.now,
        )
        self.legs[leg.sid] = self._open[leg.sid] = leg
        return leg

    def _ring(self, leg: Leg, patience_s: float) -> None:
        self.witness.begins(leg)
        leg.status = "ringing"
        self._tell(leg, "initiated", after_s=0.2)
        reaction = self.phones.react(leg)
        if reaction.status not in ("busy", "failed"):
            self._tell(leg, "ringing", after_s=1)
        if reaction.status != "in-progress" or reaction.after_s >= patience_s:
            is_long = reaction.status in ("in-progress", "no-answer")
            status = "no-answer" if is_long else reaction.status
            wait_s = patience_s if is_long else reaction.after_s
            self.agenda.after(wait_s, lambda: self._end(leg, status))
            return
        leg.answered_by = reaction.answered_by
        self.agenda.after(reaction.after_s, lambda: self._answer(leg))

    def _answer(self, leg: Leg) -> None:
        if leg.over:
            return
        leg.status = "in-progress"
        self._tell(leg, "in-progress")
        if leg.verdict_url:
            self.agenda.after(VERDICT_S, lambda: self._verdict(leg))
        self._fetch(leg, leg.document)

    def _verdict(self, leg: Leg) -> None:
        if not leg.over and leg.verdict_url and leg.answered_by:
            self._event(leg, leg.verdict_url, {"AnsweredBy": leg.answered_by})

    def _fetch(self, leg: Leg, address: str, **params: str) -> None:
        if leg.over:
            return
        told = {"CallStatus": leg.status} | params
        leg.documents += 1
        self._follow(leg, self.door.document(address, leg.sid, self._about(leg, told)))

    def _follow(self, leg: Leg, body: bytes) -> None:
        """Do what a document says, verb by verb, until one of them waits."""
        spoken_s = 0.0
        for verb in ET.fromstring(body):
            if verb.tag in ("Say", "Pause", "Play"):
                spoken_s += SENTENCE_S if verb.tag == "Say" else float(verb.get("length", "1"))
                continue
            self.agenda.after(spoken_s, self._work(leg, verb))
            return
        if leg.parent is not None:
            self.agenda.after(spoken_s, lambda: self._join(leg))
        else:
            self.agenda.after(spoken_s, lambda: self._end(leg, "completed"))

    def _work(self, leg: Leg, verb: ET.Element) -> Callable[[], None]:
        works: dict[str, Callable[[], None]] = {
            "Gather": lambda: self._gather(leg, verb),
            "Record": lambda: self._fetch(leg, verb.get("action", ""), RecordingDuration="0"),
            "Dial": lambda: self._dial(leg, verb),
            "Redirect": lambda: self._fetch(leg, verb.text or ""),
            "Hangup": lambda: self._end(leg, "completed"),
        }
        return works[verb.tag]

    def _gather(self, leg: Leg, verb: ET.Element) -> None:
        if leg.over:
            return
        after_s, keys = self.phones.hear(leg, verb)
        if keys == HANGS_UP:
            self.agenda.after(after_s, lambda: self._end(leg, "completed"))
            return
        action = verb.get("action", "")
        self.agenda.after(after_s, lambda: self._fetch(leg, action, Digits=keys))

    def _dial(self, leg: Leg, dial: ET.Element) -> None:
        if leg.over:
            return
        number = dial[0]
        child = self._leg(
            number.text or "",
            BY_DIAL,
            document=number.get("url", ""),
            status_url=number.get("statusCallback", ""),
        )
        child.events = frozenset(number.get("statusCallbackEvent", "completed").split())
        child.verdict_url = number.get("amdStatusCallback")
        child.parent, leg.child, leg.action = leg, child, dial.get("action")
        self._ring(child, float(dial.get("timeout", "30")))

    def _join(self, leg: Leg) -> None:
        if leg.over:
            return
        leg.bridged = True
        self.agenda.after(self.phones.talk_s(leg), lambda: self._end(leg, "completed"))

    def _end(self, leg: Leg, status: str) -> None:
        if leg.over:
            return
        leg.status, leg.over = status, True
        del self._open[leg.sid]
        self.witness.is_over(leg)
        if leg.child is not None and not leg.child.over:
            self._end(leg.child, "canceled" if leg.child.status == "ringing" else "completed")
        self._tell(leg, status, after_s=0.3)
        if leg.parent is not None:
            self._dial_over(leg.parent, leg)

    def _dial_over(self, parent: Leg, child: Leg) -> None:
        parent.child = None
        if parent.action is None:
            return
        told = {"DialCallStatus": child.status, "DialBridged": str(child.bridged).lower()}
        if parent.over:
            # Who hung up is told of too; the answer is not played.
            self.door.document(parent.action, parent.sid, self._about(parent, told))
            return
        self._fetch(parent, parent.action, **told)

    # ---- news

    def _tell(self, leg: Leg, word: str, after_s: float = 0.0) -> None:
        if EVENT_OF.get(word, "completed") not in leg.events:
            return
        told = {"CallStatus": word, "SequenceNumber": str(SEQUENCE.get(word, 3))}
        self.agenda.after(after_s, lambda: self._event(leg, leg.status_url, told))

    def _event(self, leg: Leg, address: str, told: dict[str, str]) -> None:
        stream = self.chance.of("event", leg.sid, *told.values())
        fate = picked(EVENTS, stream)
        self._count(f"events {fate}")
        params = self._about(leg, told)
        delays = {"told": [0.0], "late": [stream.uniform(5, 90)], "twice": [0.0, 3.0], "lost": []}
        for delay_s in delays[fate]:
            self.agenda.after(delay_s, lambda: self.door.event(address, leg.sid, params))

    def _about(self, leg: Leg, told: dict[str, str]) -> dict[str, str]:
        return {"From": leg.caller, "To": leg.to, "Direction": leg.direction} | told

    def _count(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1


def _remote(leg: Leg) -> RemoteCall:
    return RemoteCall(leg.sid, leg.status, leg.direction, leg.to, leg.began)
