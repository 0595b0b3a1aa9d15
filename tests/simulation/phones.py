"""The people at the telephones: callers in a call, callers who are rung, people of the desk."""

import random
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select

from calls.legs import APPROVAL, CALLER, NOTICE
from calls.models import Call
from core.database import reading
from core.phones import national
from tests.simulation.chance import Chance, picked
from tests.simulation.connections import HANGS_UP, INBOUND, Leg, Reaction
from tests.simulation.country import Country, Human
from tests.simulation.ledger import Ledger
from tests.simulation.line import Line
from tests.simulation.reports import (
    AFTERNOON,
    ANY_TIME,
    EVENING,
    HUNG_UP,
    MORNING,
    NO_CALL,
    OTHER,
    REACTIONS,
    THIS,
    UNANSWERED,
    Report,
)

PICKS_UP: Final = {"steady": 0.94, "lax": 0.5, "no_show": 0.0, "declines": 0.9}
KEYS: Final = {"takes": "1", "not_now": "2", "wrong_person": "3", "stops": "9", "silent": ""}
ANSWERS: Final = {"machine": "machine_start", "unknown": "unknown"}
# Heard, ring me again, or the telephone is put aside.
HEARS: Final = {"1": 0.7, "2": 0.1, "": 0.2}
APPROVES: Final = {"1": 0.84, "2": 0.08, "": 0.08}
SILENCE: Final = ""

GROUPS: Final = {"V": "1", "A": "2", "R": "3", "U": "4"}
TYPES: Final = {
    "sub_v": {"V3": "1", "V2": "2", "V1": "3"},
    "sub_a": {"A3": "1", "A4": "3"},
    "sub_r": {"R1": "1", "R3": "3"},
    "sub_u": {"U1": "1", "U3": "2", "U5": "3"},
    "sub_u_online": {"U5": "1"},
}
# Whom nobody knows says that nothing happens now, goes on by keys, tells no story, keeps the PIN.
ALWAYS: Final = {
    "welcome": "2",
    "now_check": "2",
    "sensitive": "3",
    "sensitive_mind": "3",
    "callback_number_check": "1",
    "place_confirm": "1",
    "story_ask": "2",
    "pin_choose": "*",
}
ASKED: Final = {THIS: "1", OTHER: "2", NO_CALL: "3", UNANSWERED: SILENCE, HUNG_UP: HANGS_UP}
HIDDEN: Final = ASKED | {OTHER: "1", NO_CALL: "2"}
TIMES: Final = {ANY_TIME: "1", MORNING: "2", AFTERNOON: "3", EVENING: "4"}
LEVELS: Final = {"kindergarten_primary": "1", "secondary": "2", "nonformal": "4"}
CONFLICTS: Final = {"yes": "1", "no": "2", "unanswered": "3"}


@dataclass
class Telephones:
    """Everybody's telephone; `calling` are the reports whose callers are in a call now."""

    chance: Chance
    country: Country
    ledger: Ledger
    line: Line = field(init=False)
    calling: dict[str, Report] = field(default_factory=dict)
    _doing: dict[str, str] = field(default_factory=dict)

    # ---- a telephone rings

    def react(self, leg: Leg) -> Reaction:
        """What comes of a ring."""
        human = self.country.by_phone.get(leg.to)
        stream = self.chance.of("rings", leg.sid)
        if self.line.on_the_phone(leg.to, leg):
            return Reaction("busy", 2)
        if human is not None:
            return self._desk(human, stream)
        return self._caller(leg, stream)

    def _desk(self, human: Human, stream: random.Random) -> Reaction:
        if stream.random() < PICKS_UP[human.habit]:
            return Reaction("in-progress", stream.uniform(3, 15), "human")
        return Reaction("no-answer", 30)

    def _caller(self, leg: Leg, stream: random.Random) -> Reaction:
        promise, before = self.ledger.promised(leg)
        if promise is None:
            return Reaction("no-answer", 30)
        report = promise.report
        mood = self.chance.of("mood", report.number, before)
        does = self._doing[leg.sid] = picked(REACTIONS[report.habit], mood)
        if does in ("busy", "failed"):
            return Reaction(does, 2)
        if does == "no_answer":
            return Reaction("no-answer", 30)
        return Reaction("in-progress", stream.uniform(3, 22), ANSWERS.get(does, "human"))

    # ---- keys

    def hear(self, leg: Leg, asked: ET.Element) -> tuple[float, str]:
        """After how many seconds which keys are pressed."""
        silence_s = 4.0 * len(asked.findall("Say")) + float(asked.get("timeout", "5"))
        stream = self.chance.of("hears", leg.sid, leg.documents)
        if leg.direction == INBOUND:
            keys = self._pressed(leg, self.calling[leg.sid])
        else:
            keys = self._answered(leg, asked, stream)
        return (stream.uniform(2, 6), keys) if keys != SILENCE else (silence_s, SILENCE)

    def _answered(self, leg: Leg, asked: ET.Element, stream: random.Random) -> str:
        ring = self.ledger.open_rings[leg.sid]
        if ring.kind == CALLER:
            return self._caller_key(leg, asked)
        human = self.country.by_phone[leg.to]
        if ring.kind == APPROVAL:
            return picked(APPROVES, stream)
        if ring.kind == NOTICE:
            return picked(HEARS, stream)
        if human.habit == "declines":
            return "2"
        return picked({"1": 0.95, SILENCE: 0.03, HANGS_UP: 0.02}, stream)

    def _caller_key(self, leg: Leg, asked: ET.Element) -> str:
        does = self._doing[leg.sid]
        if asked.find("Say") is None or does not in KEYS:
            return SILENCE
        if does in ("stops", "wrong_person"):
            self.ledger.stopped[leg.to] = self.line.agenda.now
        return KEYS[does]

    def _pressed(self, leg: Leg, report: Report) -> str:
        """What the caller presses at the node where the call stands."""
        with reading() as session:
            node = session.scalar(select(Call.node).where(Call.sid == leg.sid)) or ""
        group, hazard = report.hazard
        answers: Mapping[str, str] = {
            "group": GROUPS[group],
            "callback_ask": ASKED[report.wish],
            "callback_ask_hidden": HIDDEN[report.wish],
            "callback_number": f"{national(report.other_number or '')}#",
            "callback_time": TIMES.get(report.window or "", SILENCE),
            "level": LEVELS[report.place.level],
            "place_postal": report.place.postal_code or "*",
            "place_pick": report.place.district_key,
            "conflict": CONFLICTS[report.conflict],
        }
        if node in TYPES:
            return TYPES[node][hazard]
        return answers.get(node, ALWAYS.get(node, SILENCE))

    def talk_s(self, leg: Leg) -> float:
        """How long two talk who are joined."""
        return self.chance.of("talks", leg.sid).uniform(60, 900)
