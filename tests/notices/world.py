"""A small world around notices: people, offices, services that keep what they get, time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from agents import tasks
from agents.models import Notice
from agents.notice_models import NoticeDelivery
from agents.notice_planning import Planner, plan_owed, plan_unseen
from agents.notice_policy import EMAIL, LINE, SMS, current_policy
from agents.notice_services import Carrier, Offer
from agents.notices import OfficeAddress, set_office_address
from agents.person import Person
from agents.services import add_staff, owe_notice
from core.database import reading, transaction
from core.delivery import DeliveryError

# A Friday morning, ten o'clock in Thailand.
FRIDAY = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
OFFICE = "ESA-9202"
REFERENCE = "123456789"
GROUP = "C" + "0123456789abcdef" * 2


@dataclass
class Service:
    """Keeps what it is handed; `errors` are raised first, one at each request."""

    offers: list[Offer] = field(default_factory=list)
    errors: list[DeliveryError] = field(default_factory=list)
    always: DeliveryError | None = None

    def __call__(self, offer: Offer) -> str:
        """Take one message, or fail."""
        if self.always:
            raise self.always
        if self.errors:
            raise self.errors.pop(0)
        self.offers.append(offer)
        return f"id-{len(self.offers)}"

    @property
    def texts(self) -> list[str]:
        """What was said, message by message."""
        return [offer.message.text for offer in self.offers]


@dataclass
class World:
    """Drives notices from outside."""

    now: datetime = FRIDAY
    services: dict[str, Service] = field(
        default_factory=lambda: {EMAIL: Service(), LINE: Service(), SMS: Service()}
    )

    def clock(self) -> datetime:
        """The present moment of this world."""
        return self.now

    def later(self, seconds: float) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)

    @property
    def mail(self) -> Service:
        """The mail service."""
        return self.services[EMAIL]

    @property
    def line(self) -> Service:
        """LINE."""
        return self.services[LINE]

    @property
    def sms(self) -> Service:
        """The SMS service."""
        return self.services[SMS]

    def person(self, number: int = 1, office: str = OFFICE, **more: Any) -> int:
        """Somebody of an office; gives the staff id."""
        told = {"role": "head_operator", "phone": f"+6681000{100 + number:04d}"} | more
        person = Person(
            email=f"person{number}@example.org", name="Malee", office_code=office, **told
        )
        with transaction() as session:
            return add_staff(session, person, now=self.now).id

    def address(self, office: str = OFFICE, **told: Any) -> None:
        """Where an office is told."""
        with transaction() as session:
            set_office_address(session, office, OfficeAddress(**told), now=self.now)

    def owe(self, template: str = "overdue_head", **more: Any) -> bool:
        """Owe a notice now."""
        told = {"reference": REFERENCE, "due_at": self.now, "now": self.now} | more
        with transaction() as session:
            return owe_notice(session, template, **told)

    def plan(self) -> int:
        """One planning sweep."""
        planner = Planner(current_policy(), frozenset(self.services), self.now)
        with transaction() as session:
            planned = plan_owed(session, planner)
        with transaction() as session:
            return planned + plan_unseen(session, planner)

    def send(self, channels: Sequence[str] = (EMAIL, LINE, SMS)) -> int:
        """One turn of each sender."""
        carriers: dict[str, Carrier] = dict(self.services)
        return sum(tasks.send_due(one, carriers, now=self.clock) for one in channels)

    def run(self, seconds: float = 0, step: float = 10) -> None:
        """Sweep and send now and until so many seconds later."""
        end = self.now + timedelta(seconds=seconds)
        self.plan()
        self.send()
        while self.now < end:
            self.later(step)
            self.plan()
            self.send()

    def deliveries(self) -> list[NoticeDelivery]:
        """All rows but the console's."""
        wanted = select(NoticeDelivery).where(NoticeDelivery.channel != "console")
        with reading() as session:
            return list(session.scalars(wanted.order_by(NoticeDelivery.id)))

    def states(self) -> list[tuple[str, str, str | None]]:
        """(channel, state, error code) of all rows but the console's."""
        return [(row.channel, row.state, row.error_code) for row in self.deliveries()]

    def notices(self) -> list[str]:
        """The states of all notices."""
        with reading() as session:
            return list(session.scalars(select(Notice.state).order_by(Notice.id)))
