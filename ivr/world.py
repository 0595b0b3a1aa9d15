"""Answers the engine's questions inside the webhook's one transaction."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from agents.queries import OnDuty, agents_on_duty
from calls import ledger
from calls.legs import create_live_leg, end_leg, take_person
from cases.opening import OpenedCase, open_case
from cases.services import check_pin, note_event, set_pin
from cases.silent import record_silent_call
from cases.taking import take_part
from core import runtime
from core.links import public_url
from core.phones import dialable
from ivr import words
from ivr.facts import CallIdentity, case_answers
from ivr.finishing import digest, write_case
from ivr.turns import (
    Anybody,
    CheckPin,
    DistrictFact,
    FindDistricts,
    FollowedCase,
    Position,
    Question,
    Ring,
    RingTarget,
    Run,
    Save,
    SetPin,
    Taken,
    Turn,
)
from ivr.words import spoken_status
from routing.directory import current_directory

LEG_KEY_BYTES = 24


@dataclass
class World:
    """What one call may ask; `case` and `written` are filled as it goes."""

    session: Session
    call_sid: str
    account_sid: str
    now: datetime
    case: OpenedCase | None = None
    written: str | None = None

    def run(self, steps: Run) -> Turn:
        """Drive the engine to its turn, answering on the way."""
        try:
            question = next(steps)
            while True:
                question = steps.send(self.answer(question))
        except StopIteration as done:
            turn: Turn = done.value
            return turn

    def answer(self, question: Question) -> Any:
        """The answer to one question; an unknown kind is a fault of ours."""
        handlers: dict[type[Question], Callable[[Any], Any]] = {
            FindDistricts: self._districts,
            CheckPin: self._followed,
            Save: self._save,
            SetPin: self._pin,
            Anybody: self._anybody,
            Ring: self._ring,
            Taken: self._taken,
            Position: lambda _: ledger.calls_waiting(self.session) + 1,
        }
        return handlers[type(question)](question)

    def ensure_case(self, facts: dict[str, Any], visits: dict[str, int]) -> OpenedCase:
        """The call's case, opened now if this is the first telling key (design.md §4)."""
        if self.case is None:
            self.case = open_case(
                self.session,
                case_answers(facts, visits),
                call_sid=self.call_sid,
                account_sid=self.account_sid,
                now=self.now,
            )
        return self.case

    def _districts(self, asked: FindDistricts) -> tuple[DistrictFact, ...]:
        directory = current_directory(self.session)
        found = []
        for district in directory.districts_of_postal_code(asked.postal_code):
            province = directory.province(district.province_code)
            if province is None:
                continue
            found.append(
                DistrictFact(
                    code=district.code,
                    province_code=district.province_code,
                    th=district.name_th,
                    en=district.name_en,
                    kind_th=words.district_kind(district.kind),
                    province_th=province.name_th,
                    province_en=province.name_en,
                )
            )
        return tuple(found)

    def _followed(self, asked: CheckPin) -> FollowedCase | None:
        case = check_pin(self.session, asked.reference, asked.pin, now=self.now)
        if case is None:
            return None
        return FollowedCase(
            case_id=case.id,
            status=spoken_status(case.status),
            since_th=words.date(case.status_since, "th"),
            since_en=words.date(case.status_since, "en"),
        )

    def _save(self, asked: Save) -> str | None:
        if asked.silent_event:
            record_silent_call(
                self.session,
                call_sid=self.call_sid,
                caller_number=asked.facts.get("from"),
                now=self.now,
            )
            return None
        if asked.facts.get("followed_case"):
            return None
        case = self.ensure_case(asked.facts, asked.visits)
        call = CallIdentity(self.call_sid, self.account_sid, self.now)
        write_case(self.session, case.id, asked.facts, asked.visits, call=call, ended=False)
        self.written = digest(asked.facts)
        return case.reference

    def _pin(self, asked: SetPin) -> None:
        if self.case is not None:
            set_pin(self.session, self.case.id, asked.pin, now=self.now)

    def _anybody(self, asked: Anybody) -> bool:
        return bool(agents_on_duty(self.session, now=self.now, urgent=asked.urgent))

    def _ring(self, asked: Ring) -> RingTarget | None:
        """The first person on duty who was not rung for this wait and is not on the phone."""
        own = frozenset({runtime.current().settings.hotline_number})
        for person in agents_on_duty(self.session, now=self.now, urgent=asked.urgent):
            if person.staff_id in asked.rung or not dialable(person.phone, own):
                continue
            if take_person(self.session, person.staff_id, now=self.now):
                return self._target(person)
        return None

    def _taken(self, asked: Taken) -> bool:
        staff_id = end_leg(self.session, asked.leg_key, now=self.now)
        if staff_id is None or not asked.bridged:
            return False
        if self.case is not None:
            note_event(self.session, self.case.id, "talked", {"staff_id": staff_id}, self.now)
            # Who talked writes the call note and may call by name what was said.
            take_part(self.session, self.case.id, staff_id, now=self.now)
        return True

    def _target(self, person: OnDuty) -> RingTarget:
        key = secrets.token_urlsafe(LEG_KEY_BYTES)
        create_live_leg(
            self.session,
            key,
            account_sid=self.account_sid,
            call_sid=self.call_sid,
            staff_id=person.staff_id,
            now=self.now,
        )
        return RingTarget(
            leg_key=key,
            staff_id=person.staff_id,
            number=person.phone,
            whisper=public_url(f"/ivr/leg/{key}/0", "twiml"),
            status_callback=public_url(f"/ivr/leg-status/{key}", "event"),
        )
