"""Answers the engine's questions inside the webhook's one transaction."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from agents.hours import hotline_closed
from agents.queries import OnDuty, agents_on_duty
from calls import ledger
from calls.breaking import break_one
from calls.legs import LIVE, create_live_leg, end_leg, take_person
from calls.stand_ins import phone_for
from cases.opening import OpenedCase, open_case
from cases.queries import exclusions_of
from cases.services import check_pin, note_event, set_pin
from cases.silent import record_silent_call
from cases.taking import take_part
from core import runtime
from core.links import public_url
from core.zones import bangkok
from ivr import media, place_answers
from ivr.facts import CallIdentity, case_answers
from ivr.finishing import digest, write_case
from ivr.people import people_on_duty, waits_for_another
from ivr.turns import (
    Anybody,
    AskHours,
    CheckPin,
    FindDistricts,
    FindHints,
    FindPlayback,
    FindSaid,
    FindSchool,
    FollowedCase,
    Freeing,
    OffHours,
    Position,
    Question,
    Ring,
    RingTarget,
    Run,
    Save,
    SetPin,
    Taken,
    Turn,
    Withdraw,
)
from ivr.words import spoken_status
from recordings.expiry import withdraw

LEG_KEY_BYTES = 24


@dataclass
class World:
    """What one call may ask; `case`, `followed_id` and `written` are filled as it goes.

    `followed_id`: the case whose reference and PIN the caller gave.
    """

    session: Session
    call_sid: str
    account_sid: str
    now: datetime
    case: OpenedCase | None = None
    followed_id: int | None = None
    written: str | None = None

    @property
    def is_practice(self) -> bool:
        """Whether nobody real phones."""
        return runtime.current().settings.is_practice_account(self.account_sid)

    @property
    def is_apart(self) -> bool:
        """Whether it is practised beside a real telephone: nobody real may notice."""
        return runtime.current().settings.is_apart(self.account_sid)

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
            FindDistricts: lambda asked: place_answers.districts(self.session, asked),
            FindSchool: lambda asked: place_answers.school(self.session, asked),
            FindSaid: lambda asked: place_answers.said(self.session, asked),
            FindHints: lambda asked: place_answers.hints(self.session, asked),
            CheckPin: self._followed,
            Save: self._save,
            SetPin: self._pin,
            FindPlayback: self._playback,
            Withdraw: self._withdraw,
            Anybody: self._anybody,
            AskHours: lambda _: self._hours(),
            Ring: self._ring,
            Taken: self._taken,
            Position: lambda _: ledger.calls_waiting(self.session, self.is_practice) + 1,
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

    def _followed(self, asked: CheckPin) -> FollowedCase | None:
        case = check_pin(
            self.session, asked.reference, asked.pin, practice=self.is_practice, now=self.now
        )
        if case is None:
            return None
        self.followed_id = case.id
        return FollowedCase(
            case_id=case.id,
            status=spoken_status(case.status),
            since=case.status_since,
        )

    def _save(self, asked: Save) -> str | None:
        if asked.silent_event and self.is_apart:
            return None
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

    def _playback(self, asked: FindPlayback) -> str | None:
        return media.address(self.session, self.call_sid, asked.recording_sid)

    def _withdraw(self, asked: Withdraw) -> None:
        withdraw(self.session, asked.recording_sid, self.call_sid, now=self.now)

    def _anybody(self, asked: Anybody) -> bool:
        session, now = self.session, self.now
        barred = self._barred()
        if asked.speaks is None and not self.is_apart and not barred:
            return bool(agents_on_duty(session, now=now, urgent=asked.urgent))
        people = people_on_duty(
            session, urgent=asked.urgent, speaks=asked.speaks, is_apart=self.is_apart, now=now
        )
        return any(person.staff_id not in barred for person in people)

    def _barred(self) -> frozenset[int]:
        """Who must not know what the caller tells, nor talk with the caller (design.md §3a.7)."""
        ids = self._cases()
        return exclusions_of(self.session, ids).staff if ids else frozenset()

    def _cases(self) -> set[int]:
        """What the call is about: the case that it opened, and the one that the caller proved."""
        own = {self.case.id} if self.case is not None else set()
        return own | ({self.followed_id} if self.followed_id is not None else set())

    def _hours(self) -> OffHours | None:
        practice = runtime.current().settings.is_practice
        closed = hotline_closed(self.now, around_clock=practice)
        if closed is None:
            return None
        ahead = bangkok(closed.opens_at).date() - bangkok(self.now).date()
        return OffHours(closed.is_holiday, closed.opens_at, ahead.days)

    def _ring(self, asked: Ring) -> RingTarget | Freeing | None:
        """The first person on duty who was not rung for this wait and is not on the phone.

        For a caller in danger a ring that may wait is broken off where nobody is free.
        """
        session, now = self.session, self.now
        people = people_on_duty(
            session,
            urgent=asked.urgent,
            prefers=asked.prefers,
            speaks=asked.speaks,
            is_apart=self.is_apart,
            now=now,
        )
        barred = self._barred()
        people = [person for person in people if person.staff_id not in barred]
        if waits_for_another(session, asked, self.call_sid, people, now=now):
            return None
        for person in people:
            if person.staff_id in asked.rung:
                continue
            if take_person(session, person.staff_id, self.account_sid, LIVE, now=now):
                return self._target(person)
        # Who was rung for this wait already is asked for once more, before anybody's ring is cut.
        if asked.alike and not asked.rung:
            ids = [person.staff_id for person in people]
            if break_one(session, ids, asked.alike, self.account_sid, now=now):
                return Freeing()
        return None

    def _taken(self, asked: Taken) -> bool:
        staff_id = end_leg(self.session, asked.leg_key, now=self.now)
        if staff_id is None or not asked.bridged:
            return False
        may_know = staff_id not in self._barred()
        for case_id in sorted(self._cases()):
            note_event(self.session, case_id, "talked", {"staff_id": staff_id}, self.now)
            # Who talked writes the call note and may call by name what was said.
            if may_know:
                take_part(self.session, case_id, staff_id, now=self.now)
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
            number=phone_for(self.account_sid, person.staff_id, person.phone),
            whisper=public_url(f"/ivr/leg/{key}/0", "twiml"),
            status_callback=public_url(f"/ivr/leg-status/{key}", "event"),
        )
