"""The people of the desk: now and then they look at their lists, act on cases, call, decide."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import exists, select, text

from agents.duty import set_duty
from agents.hours import holidays_around, office_hours
from agents.queries import HEAD
from agents.rules import is_open
from calls.call_rules import PRESSING
from calls.decisions import RING_IN_WINDOW, RINGS, choices, decide, facts_of
from calls.models import CLAIMABLE, OWED, UNDECIDED, Callback
from calls.notices import LEVELS
from calls.rules import NOBODY_THERE
from calls.states import NEEDS_PERSON, WAITING
from calls.work_list import call_now
from cases.models import Assignment, Case
from core.database import reading, transaction
from core.errors import HotlineError
from core.zones import BANGKOK
from routing.vocabulary import HQ
from tests.simulation.agenda import Agenda
from tests.simulation.casework import next_act
from tests.simulation.chance import Chance
from tests.simulation.country import Country, Human
from tests.simulation.final import overdue_untold
from tests.simulation.ledger import Ledger
from tests.simulation.reports import ANY_TIME

OFFICE_LOOKS: Final = timedelta(minutes=45)
HQ_LOOKS: Final = timedelta(minutes=20)
SHIFT: Final = {"on": time(7), "off": time(15)}
WORDS: Final = "Made up for a simulation."
MOST_AT_ONCE: Final = 10
# So long after the caller's hours began somebody who stayed for it calls.
STAYS_FOR: Final = timedelta(minutes=5)
# How likely somebody who looks does something about what lies there.
DECIDES, CALLS, ACTS = 0.6, 0.6, 0.4
BUSY_OFFICES: Final = text(
    f"""
SELECT office_code FROM assignments
 WHERE is_lead AND case_status NOT IN ('closed', 'duplicate', 'not_a_case')
UNION SELECT office_code FROM callbacks WHERE {CLAIMABLE} OR {UNDECIDED}
"""
)
# What is done when the caller was reached, or nobody has to be any more.
OWED_CALLBACK: Final = text(OWED.replace("state", "callbacks.state"))
LAST_STEPS: Final = ("in_progress", "reported")
# After so many rounds of tries that a person let begin anew, people find another way.
RINGS_AGAIN: Final = 2
LIKES: Final = {"ring": 4, "ring_in_window": 3, "other_way": 2, "no_call": 1}


@dataclass
class Desk:
    """Everybody who sits at a console."""

    agenda: Agenda
    chance: Chance
    country: Country
    ledger: Ledger
    acts: int = 0
    faults: list[str] = field(default_factory=list)
    _busy: frozenset[str] | None = None
    _stays: set[tuple[int, date]] = field(default_factory=set)
    _rung_again: Counter[int] = field(default_factory=Counter)
    _sees: dict[str, list[str]] = field(default_factory=dict)

    def open(self, days: Sequence[date]) -> None:
        """People come and look on these days."""
        for code, people in self.country.people.items():
            if not people:
                continue
            self._sees[code] = [code, *self.country.below(code)]
            every = HQ_LOOKS if code == HQ else OFFICE_LOOKS
            offset = self.chance.of("desk", code).uniform(0, every.total_seconds())
            first = datetime.combine(days[0], time(0), BANGKOK).astimezone(UTC)
            end = datetime.combine(days[-1], time(23, 59), BANGKOK)
            self._look_later(code, first + timedelta(seconds=offset), every, end)
            for human in people:
                if human.duty == "shift":
                    self._plan_shifts(human, days)

    def _look_later(self, code: str, at: datetime, every: timedelta, end: datetime) -> None:
        if at < end:
            self.agenda.at(at, partial(self._look, code, every, end))

    def _look(self, code: str, every: timedelta, end: datetime) -> None:
        self._look_later(code, self.agenda.now + every, every, end)
        offices = [one for one in self._sees[code] if one in self._busy_offices()]
        has_work = offices or (code == HQ and self._busy_offices())
        present = self._present(code) if has_work else []
        if not present:
            return
        stream = self.chance.of("look", code, self.agenda.now.isoformat())
        self._see_to_callbacks(code, offices, present, stream)
        self._see_to_cases(offices, present, stream)

    def _busy_offices(self) -> frozenset[str]:
        """Offices with anything on their lists; asked again only when something was committed."""
        if self._busy is None:
            with reading() as session:
                self._busy = frozenset(session.connection().scalars(BUSY_OFFICES))
        return self._busy

    def changed(self) -> None:
        """Something was committed: the lists may be others."""
        self._busy = None

    def _present(self, code: str) -> list[Human]:
        """Who sits there: by the hours, always, or for the hotline's own list at any hour."""
        now = self.agenda.now
        works = is_open(now, office_hours(), holidays_around(now))
        return [
            one
            for one in self.country.people[code]
            if one.habit != "no_show"
            and one.duty not in ("off", "shift")
            and (works or one.on_call or one.duty in ("always", "on"))
        ]

    def _plan_shifts(self, human: Human, days: Sequence[date]) -> None:
        for day in days:
            for duty, clock in SHIFT.items():
                moment = datetime.combine(day, clock, BANGKOK).astimezone(UTC)
                self.agenda.at(moment, partial(self._set_duty, human.staff_id, duty))

    def _set_duty(self, staff_id: int, duty: str) -> None:
        with transaction() as session:
            set_duty(session, staff_id, duty, now=self.agenda.now)

    # ---- callbacks

    def _see_to_callbacks(
        self, code: str, offices: list[str], present: list[Human], stream: random.Random
    ) -> None:
        owed = select(Callback.id, Callback.state, Callback.severity, Callback.office_code)
        theirs = Callback.office_code.in_(offices)
        if code == HQ:
            # Whatever the on-call list was told of as well, wherever it lies.
            theirs |= Callback.escalation >= len(LEVELS)
        columns = (Callback.late_at, Callback.due_at, Callback.reason)
        wanted = owed.add_columns(*columns).where(
            theirs,
            Callback.state.in_((*NEEDS_PERSON, *WAITING)),
            Callback.decided_at.is_(None) | Callback.state.in_(WAITING),
        )
        with reading() as session:
            found = session.execute(wanted.order_by(Callback.late_at).limit(MOST_AT_ONCE)).all()
        for callback in found:
            human = stream.choice(present)
            if callback.state in NEEDS_PERSON and stream.random() < DECIDES:
                self._try(partial(self._decide, callback.id, human, stream))
            elif callback.reason == NOBODY_THERE and stream.random() < CALLS:
                self._stay_for(callback.id, human, callback.due_at)
            elif self._waits_for_list(code, callback) and stream.random() < CALLS:
                self._try(partial(self._call_now, callback.id, human))

    def _stay_for(self, callback_id: int, human: Human, due_at: datetime) -> None:
        """Nobody of the office is there in the caller's hours: somebody stays, or calls from home.

        Once for each of the caller's days, whoever looks at the list meanwhile.
        """
        if (callback_id, due_at.date()) in self._stays or due_at <= self.agenda.now:
            return
        self._stays.add((callback_id, due_at.date()))
        call = partial(self._call_now, callback_id, human)
        self.agenda.at(due_at + STAYS_FOR, partial(self._try, call))

    def _waits_for_list(self, code: str, callback: Any) -> bool:
        """Whether nothing but a person will ring it: the office's list, or nobody to be rung."""
        from_list = self.country.modes[callback.office_code] == "work_list"
        if from_list and callback.severity not in PRESSING:
            return True
        return callback.office_code != code and callback.late_at <= self.agenda.now

    def _call_now(self, callback_id: int, human: Human) -> None:
        with transaction() as session:
            call_now(session, callback_id, staff_id=human.staff_id, now=self.agenda.now)
        self.ledger.asked.add((human.staff_id, callback_id))

    def _decide(self, callback_id: int, human: Human, stream: random.Random) -> None:
        with transaction() as session:
            callback = session.get_one(Callback, callback_id)
            facts = facts_of(session, callback, staff_id=human.staff_id)
            offered = choices(callback, facts)
            if not offered:
                return
            if self._rung_again[callback_id] >= RINGS_AGAIN:
                offered = tuple(one for one in offered if one not in RINGS)
            choice = stream.choices(offered, weights=[LIKES[one] for one in offered])[0]
            wish = self.ledger.promises[callback.call_sid].window
            window = _within(wish) if choice == RING_IN_WINDOW else None
            decide(
                session,
                callback.id,
                choice,
                staff_id=human.staff_id,
                words=WORDS,
                window=window,
                now=self.agenda.now,
            )
        self._note_decision(callback, choice, window)

    def _note_decision(self, callback: Callback, choice: str, window: str | None) -> None:
        """What may ring now: the caller's own permission, in the hours that a person chose."""
        promise = self.ledger.promises[callback.call_sid]
        if choice in RINGS:
            self._rung_again[callback.id] += 1
            # Whoever phoned again gave the permission of that call, for the telephone it came from.
            if promise.number is None and promise.report.granted:
                promise.number = promise.report.line
            promise.window = window or promise.window

    # ---- cases

    def _see_to_cases(
        self, offices: list[str], present: list[Human], stream: random.Random
    ) -> None:
        owed = exists().where(
            Callback.case_id == Case.id, text(OWED.replace("state", "callbacks.state"))
        )
        with reading() as session:
            found = session.execute(
                select(Case.id, Case.status, Assignment.due_at, Assignment.escalation)
                .join(Assignment, (Assignment.case_id == Case.id) & Assignment.is_lead)
                .where(
                    Assignment.office_code.in_(offices),
                    Assignment.case_status.not_in(("closed", "duplicate", "not_a_case")),
                    Case.finished_at.is_not(None),
                    Assignment.case_status.not_in(LAST_STEPS) | ~owed,
                )
                .order_by(Assignment.due_at)
                .limit(MOST_AT_ONCE)
            ).all()
        for case_id, status, due_at, escalation in found:
            if overdue_untold(status, due_at, escalation, self.agenda.now):
                self.faults.append(f"case {case_id} was overdue and nobody was told")
            if stream.random() < ACTS:
                human = stream.choice(present)
                people = self.country.people
                chain = (human.office, *self.country.above(human.office))
                heads = [one for code in chain for one in people[code] if one.role == HEAD]
                act = next_act(
                    status,
                    case_id,
                    human,
                    people[human.office],
                    heads,
                    stream,
                    now=self.agenda.now,
                )
                self._try(act)

    def _try(self, act: Any) -> None:
        """People try what may be refused: somebody was faster, or a rule forbids it."""
        try:
            act()
        except HotlineError:
            return
        self.acts += 1


def _within(wish: str | None) -> str:
    """Hours that a person chooses: inside the caller's wish and the safe hours."""
    begin, end = (wish or ANY_TIME).split("-") if wish and "-" in wish else ANY_TIME.split("-")
    return f"{begin}-{end}"
