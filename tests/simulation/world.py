"""One simulated country from the first call to the last word, in one process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select

from calls.models import Callback, Leg
from calls.policy import Policy, current_policy
from calls.states import DIALLING, WAITING
from core.database import reading
from core.settings import Settings
from core.zones import BANGKOK
from tests.simulation.agenda import Agenda
from tests.simulation.callers import Callers
from tests.simulation.chance import Chance
from tests.simulation.country import Country, settle
from tests.simulation.desk import Desk
from tests.simulation.door import Door
from tests.simulation.ledger import Ledger
from tests.simulation.line import Line
from tests.simulation.phones import Telephones
from tests.simulation.reports import Report, made_up
from tests.simulation.workers import Workers
from tests.webhooks.serving import serving

# A Friday, the weekend, a public holiday (Father's Day in lieu), an ordinary Tuesday.
FIRST_DAY = date(2026, 12, 4)
# Beyond the last day of reports nothing rightly waits for longer than this: who may be called for
# half an hour of a working day gets one try in each, and three rounds of them.
DRAIN_DAYS = 16
Progress = Callable[["World"], None]


@dataclass(frozen=True)
class Plan:
    """What is simulated. `by_telephone` is the part of callers who press every key themselves.

    `nobody_on_duty_s`: how often it is looked whether somebody is on duty again, where the policy
    in force is not meant; a short simulation need not look every minute of its long weekend.
    """

    cases: int = 1000
    offices: int = 60
    days: int = 5
    seed: int = 1
    by_telephone: float = 0.15
    nobody_on_duty_s: int | None = None
    first_day: date = FIRST_DAY

    @property
    def report_days(self) -> list[date]:
        """The days on which people phone."""
        return [self.first_day + timedelta(days=number) for number in range(self.days)]

    @property
    def all_days(self) -> list[date]:
        """Those days and the ones on which what is left is done."""
        whole = self.days + DRAIN_DAYS
        return [self.first_day + timedelta(days=number) for number in range(whole)]


@dataclass
class World:
    """Everything that happens in one simulation."""

    plan: Plan
    agenda: Agenda
    country: Country
    ledger: Ledger
    line: Line
    workers: Workers
    callers: Callers
    desk: Desk
    door: Door
    reports: list[Report]
    happenings: int = 0
    ended: datetime | None = field(default=None)

    def run(self, progress: Progress = lambda _world: None) -> None:
        """Let it happen until no callback is owed, or the days of patience are over."""
        last_report = max(one.at for one in self.reports) + timedelta(minutes=30)
        end = datetime.combine(self.plan.all_days[-1], time(23), BANGKOK).astimezone(UTC)
        while self.agenda.now < end:
            if not self._step(end):
                break
            self.happenings += 1
            if self.happenings % 100 == 0:
                progress(self)
                if self.agenda.now > last_report and not owed():
                    break
        self.ended = self.agenda.now

    def _step(self, end: datetime) -> bool:
        """The next happening or sweep, whichever comes first."""
        sweep, happening = self.workers.next_sweep(), self.agenda.next_at()
        if sweep is not None and (happening is None or sweep[0] < happening):
            if sweep[0] > end:
                return False
            self.agenda.move_to(sweep[0])
            self.workers.sweep(sweep[1])
            return True
        if happening is None:
            return False
        self.agenda.happen()
        while self.agenda.next_at() == self.agenda.now:
            self.agenda.happen()
        return True


def owed() -> int:
    """How many callbacks are waiting or under way, and telephones whose end nobody knows yet."""
    with reading() as session:
        wanted = Callback.state.in_(("requested", "claimed", *WAITING, *DIALLING))
        callbacks = session.scalar(select(func.count()).where(wanted)) or 0
        legs = select(func.count()).where(Leg.state != "ended")
        return callbacks + (session.scalar(legs) or 0)


def _policy(plan: Plan) -> Policy:
    policy, looks = current_policy(), plan.nobody_on_duty_s
    if looks is None:
        return policy
    return replace(policy, nobody_on_duty_s=dict.fromkeys(policy.nobody_on_duty_s, looks))


@contextmanager
def world(plan: Plan, settings: Settings) -> Iterator[World]:
    """A country on a fresh database that holds the public tree and nothing else."""
    chance = Chance(plan.seed)
    midnight = datetime.combine(plan.first_day, time(0), BANGKOK).astimezone(UTC)
    agenda = Agenda(midnight)
    with agenda.started(), chance.dice(), serving(settings) as app:
        country = settle(plan.offices, chance, now=midnight)
        ledger = Ledger(agenda, country)
        telephones = Telephones(chance, country, ledger)
        door = Door(app)
        line = telephones.line = Line(agenda, chance, door, telephones, ledger)
        callers = Callers(agenda, line, telephones, ledger)
        desk = Desk(agenda, chance, country, ledger)
        workers = Workers(agenda, chance, line, _policy(plan), desk.changed)
        reports = made_up(
            plan.cases, plan.report_days, country, chance, by_telephone=plan.by_telephone
        )
        for report in reports:
            callers.expect(report)
        desk.open(plan.all_days)
        with workers.listening():
            yield World(plan, agenda, country, ledger, line, workers, callers, desk, door, reports)
