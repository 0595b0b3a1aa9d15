"""A small world around one callback: staff, a case, a provider that keeps count of its rings."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from agents.duty import set_duty
from agents.models import Notice, Staff
from agents.numbers import number_fingerprint
from agents.office_settings import set_ringing
from agents.person import Person
from agents.services import add_staff
from calls import tasks
from calls.decisions import decide
from calls.dialling import claim, prepare_ring
from calls.escalation import escalate_late
from calls.leg_events import record_amd, record_leg_status
from calls.line import next_in_line
from calls.models import Call, Callback, CallbackAttempt, Leg
from calls.policy import Policy, current_policy
from calls.queries import CallbackFile, callbacks_of_case, open_attempts
from calls.services import CallbackWish, call_ended, request_callback
from calls.work_list import call_now
from cases.answers import CaseAnswers
from cases.models import TimelineEvent
from cases.services import open_case
from core import runtime
from core.database import reading, transaction
from ivr.callback_legs import LegRequest, answer_leg
from ivr.versions import current_flow
from tests.calls.exchange import CALLER, Exchange, new_sid

# A Friday morning, ten o'clock in Thailand.
FRIDAY = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
OFFICE = "ESA-9202"


@dataclass
class World:
    """Drives one callback from outside: tasks, webhooks, time."""

    now: datetime = FRIDAY
    exchange: Exchange = field(default_factory=Exchange)
    case_id: int = 0
    callback_id: int = 0
    # The provider takes any number of rings in a second, but for the tests of the pace.
    policy: Policy = field(default_factory=lambda: replace(current_policy(), rings_a_second=1000))

    def __post_init__(self) -> None:
        self.exchange.clock = self.clock

    def clock(self) -> datetime:
        """The present moment of this world."""
        return self.now

    def later(self, seconds: float) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)

    @property
    def account(self) -> str:
        """The account that all calls belong to."""
        return runtime.current().settings.twilio_account_sid

    def operator(self, number: int = 1, office: str = OFFICE, **more: Any) -> int:
        """Somebody of an office with a phone; gives the staff id."""
        role = more.pop("role", "operator")
        person = Person(
            email=f"person{number}@example.org",
            name="Malee",
            role=role,
            office_code=office,
            phone=more.pop("phone", f"+6681000{100 + number:04d}"),
            **more,
        )
        with transaction() as session:
            return add_staff(session, person, now=self.now).id

    def report(self, **answers: Any) -> int:
        """A case from a call of its own."""
        told = {"hazard_group": "V", "hazard_type": "V3", "caller_number": CALLER} | answers
        with transaction() as session:
            made = open_case(
                session,
                CaseAnswers(**told),
                call_sid=new_sid(),
                account_sid=self.account,
                now=self.now,
            )
        self.case_id = made.id
        return made.id

    def wish(self, call_sid: str | None = None, **said: Any) -> int | None:
        """Say something about a callback; gives the row's id."""
        values = {
            "answer": "this_number",
            "call_sid": call_sid or self.call(),
            "account_sid": self.account,
            "office_code": OFFICE,
            "language": "th",
            "window": "08:00-20:00",
            "code": "42",
        } | said
        with transaction() as session:
            made = request_callback(session, self.case_id, CallbackWish(**values), now=self.now)
            self.callback_id = made.id if made else 0
        return self.callback_id or None

    def call(self, *, ended: bool = True, caller: bool = False) -> str:
        """An inbound call in the ledger; with `caller` the number that it came from is known."""
        sid = new_sid()
        with transaction() as session:
            session.execute(
                insert(Call).values(
                    sid=sid,
                    account_sid=self.account,
                    caller_fingerprint=number_fingerprint(CALLER) if caller else None,
                    status="completed" if ended else "in_progress",
                    language="th",
                    flow_version="1",
                    state=b"",
                    node="welcome",
                    started_at=self.now,
                    touched_at=self.now,
                    ended_at=self.now if ended else None,
                )
            )
        return sid

    def end_call(self, sid: str) -> None:
        """The caller's own call is over."""
        with transaction() as session:
            session.get_one(Call, sid).ended_at = self.now
            call_ended(session, sid, now=self.now)

    def owe(self, **answers: Any) -> int:
        """An operator on duty, a case, and a callback that is due now."""
        said = answers.pop("said", {})
        self.operator()
        self.report(**answers)
        callback_id = self.wish(**said)
        assert callback_id is not None
        return callback_id

    def staff_of(self, email: str) -> int:
        """A person's id."""
        with reading() as session:
            return session.scalars(select(Staff.id).where(Staff.email == email)).one()

    # The worker
    def in_line(self, session: Session) -> Sequence[int]:
        """What the sweep looks at."""
        return next_in_line(session, self.policy, account_sid=self.account, now=self.now)

    def ripe(self) -> Sequence[int]:
        """The same, leaving the turn of the offices as it was."""
        with reading() as session:
            return self.in_line(session)

    def dial(self, callback_id: int | None = None) -> None:
        """What the worker does with a nudge about the callback."""
        tasks.dial(
            callback_id or self.callback_id,
            self.policy,
            now=self.clock,
            telephony=lambda _account: self.exchange,
        )

    def claim(self) -> str:
        """A worker takes the callback, and gets no further yet; the claim's token."""
        with transaction() as session:
            return claim(session, self.callback_id, self.policy, now=self.now) or ""

    def prepare(self, callback_id: int, token: str) -> None:
        """The same worker goes on."""
        with transaction() as session:
            ring = prepare_ring(session, callback_id, token, self.policy, now=self.now)
        if ring:
            tasks.ask(ring, self.policy, now=self.clock, telephony=lambda _: self.exchange)

    def check(self) -> int:
        """What the worker does after a sweep over open attempts; gives how many it looked at."""
        with reading() as session:
            found = open_attempts(session, self.now, 50)
        for attempt_id in found:
            tasks.check(
                attempt_id,
                self.policy,
                now=self.clock,
                telephony=lambda _account: self.exchange,
            )
        return len(found)

    def run_until_quiet(self, seconds: int = 600, step: int = 5) -> None:
        """Sweep over attempts as beat does, for a while."""
        for _ in range(seconds // step):
            self.later(step)
            self.check()

    # The desk
    def ask_now(self, staff_id: int, callback_id: int | None = None) -> None:
        """An operator asks to be rung for the callback now."""
        with transaction() as session:
            call_now(session, callback_id or self.callback_id, staff_id=staff_id, now=self.now)

    def decide(self, choice: str, *, staff_id: int, **more: Any) -> None:
        """A person decides about the callback."""
        told = {"words": "told to the school"} | more
        with transaction() as session:
            decide(session, self.callback_id, choice, staff_id=staff_id, now=self.now, **told)

    def rings_from_list(self, office: str = OFFICE, *, ringing: str = "work_list") -> None:
        """The office chooses how its callbacks ring."""
        staff_id = self.operator(90, office)
        with transaction() as session:
            session.get_one(Staff, staff_id).duty = "off"
            set_ringing(session, office, ringing, staff_id=staff_id, now=self.now)

    def off_duty(self, staff_id: int) -> None:
        """Somebody goes off duty."""
        with transaction() as session:
            set_duty(session, staff_id, "off", now=self.now)

    def escalate(self) -> int:
        """What the worker does about lateness; gives how many callbacks were told of."""
        with transaction() as session:
            return escalate_late(session, current_policy(), now=self.now)

    # The provider's webhooks
    def document(self, key: str, turn: int, sid: str, **params: str) -> ET.Element:
        """One request for a leg's document."""
        return ET.fromstring(self.body(key, turn, sid, **params))

    def body(self, key: str, turn: int, sid: str, **params: str) -> bytes:
        """The same as bytes."""
        request = LegRequest(key, turn, {"CallSid": sid, **params})
        with transaction() as session:
            return answer_leg(session, request, flow=current_flow(), now=self.now)

    def status(self, key: str, sid: str, word: str, sequence: int = 0) -> bool:
        """One status callback of a leg."""
        params = {"CallSid": sid, "CallStatus": word, "SequenceNumber": str(sequence)}
        with transaction() as session:
            return record_leg_status(session, key, params, now=self.now)

    def amd(self, key: str, answered_by: str) -> bool:
        """The verdict on who answered."""
        with transaction() as session:
            return record_amd(session, key, answered_by, now=self.now)

    # Looking
    def file(self) -> CallbackFile:
        """The callback with its attempts, as the API sees it."""
        with reading() as session:
            files = callbacks_of_case(session, self.case_id)
        return next(one for one in files if one.callback.id == self.callback_id)

    @property
    def callback(self) -> Callback:
        """The callback now."""
        return self.file().callback

    @property
    def attempts(self) -> tuple[CallbackAttempt, ...]:
        """Its attempts, the first one first."""
        return self.file().attempts

    def leg(self, key: str) -> Leg:
        """A leg now."""
        with reading() as session:
            return session.get_one(Leg, key)

    def timeline(self) -> list[str]:
        """What the case's timeline tells, in order."""
        query = select(TimelineEvent.kind).where(TimelineEvent.case_id == self.case_id)
        with reading() as session:
            return list(session.scalars(query.order_by(TimelineEvent.id)))

    def notices(self) -> list[tuple[str, int | None, str | None]]:
        """(template, person, office) of every notice owed."""
        columns = select(Notice.template, Notice.recipient_staff_id, Notice.office_code)
        with reading() as session:
            return [tuple(row) for row in session.execute(columns.order_by(Notice.id))]  # type: ignore[misc]

    # Whole stretches
    def exhaust(self) -> None:
        """The caller is tried until no try is left, none of them answered."""
        while self.callback.state != "exhausted":
            key, sid, _, _ = self.ring_caller()
            self.body(key, 2, sid, DialCallStatus="no-answer")
            self.status(key, sid, "completed")
            self.now = max(self.now, self.callback.due_at or self.now)

    def unanswered(self) -> None:
        """The operator who is rung does not answer."""
        self.status(self.attempts[-1].operator_leg_key, self.exchange.rings[-1]["sid"], "no-answer")

    def ring_operator(self) -> tuple[str, str]:
        """Dial; gives the operator's leg key and call sid."""
        self.dial()
        ring = self.exchange.rings[-1]
        return self.attempts[-1].operator_leg_key, ring["sid"]

    def ring_caller(self) -> tuple[str, str, str, str]:
        """The operator takes it; gives (operator key, operator sid, caller key, caller sid)."""
        key, sid = self.ring_operator()
        self.body(key, 0, sid)
        self.body(key, 1, sid, Digits="1")
        caller_key = self.attempts[-1].caller_leg_key
        assert caller_key is not None
        return key, sid, caller_key, new_sid()
