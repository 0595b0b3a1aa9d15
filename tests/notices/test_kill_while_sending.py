"""Killed at any step or run twice at once: one message at most, and it does arrive."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from agents import tasks
from agents.notice_planning import Planner
from agents.notice_policy import EMAIL, LINE, SMS, current_policy
from agents.notice_sending import claim, next_due
from agents.notice_services import carriers
from core.crashpoints import KILLED, VARIABLE
from core.database import reading, transaction
from core.runtime import Runtime
from core.settings import Settings
from tests.notices.provider import Mailbox, mail_server, outbox, practice
from tests.notices.send_one_notice import send_due
from tests.notices.world import GROUP, OFFICE, World
from tests.support.apart import run_apart

pytestmark = pytest.mark.backends("postgresql", "sqlite")
PLACES = ("notice_claimed", "before_notice", "after_notice", "notice_written")
WORKERS = 6


@pytest.fixture
def base(runtime: Runtime) -> Iterator[str]:
    """The practice provider's address."""
    with practice() as address:
        yield address


def _settings(runtime: Runtime, **told: str) -> Settings:
    return runtime.settings.model_copy(update={name.lower(): told[name] for name in told})


def _killed(runtime: Runtime, channel: str, now: datetime, place: str, **told: str) -> None:
    """The worker in a process of its own, which dies at a place."""
    settings = runtime.settings
    environ = {
        "TELEPHONY": "practice",
        "VAR_DIR": str(settings.var_dir),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        VARIABLE: place,
        **told,
    }
    done = run_apart(send_due, channel, now, environ=environ)
    assert done.status == KILLED, done.errors


def _others_go_on(runtime: Runtime, channel: str, now: datetime, **told: str) -> None:
    """The sweeps of the minutes after."""
    services = carriers(_settings(runtime, **told))
    for minutes in (1, 3, 5):
        later = now + timedelta(minutes=minutes)
        tasks.send_due(channel, services, now=lambda later=later: later)  # type: ignore[misc]


def _owe(world: World, channel: str) -> None:
    """One notice that goes out by this channel at once, planned at the real present."""
    world.now = datetime.now(UTC)
    world.services = {channel: world.services[channel]}
    if channel == LINE:
        world.address(line_group=GROUP)
        world.owe(office_code=OFFICE, severity="emergency")
    else:
        world.owe(staff_id=world.person(), severity="emergency")
    world.plan()


@pytest.mark.parametrize(
    ("channel", "place"),
    [
        *((LINE, place) for place in PLACES),
        (SMS, "before_notice"),
        (SMS, "after_notice"),
        (EMAIL, "before_notice"),
        (EMAIL, "after_notice"),
    ],
)
def test_a_sender_killed_at_any_step_delivers_once(
    world: World, runtime: Runtime, base: str, channel: str, place: str
) -> None:
    _owe(world, channel)
    told = {"TWILIO_API_BASE": base, "LINE_API_BASE": base}
    _killed(runtime, channel, world.now, place, **told)
    _others_go_on(runtime, channel, world.now, **told)
    kind = "mail" if channel == EMAIL else channel
    assert len(outbox(base, kind)) == 1
    [row] = [row for row in world.deliveries() if row.channel == channel]
    assert row.state == "sent"


@pytest.mark.parametrize(("place", "copies"), [("before_notice", 1), ("after_notice", 2)])
def test_a_mail_server_gets_a_second_copy_only_after_a_crash_before_the_commit(
    world: World, runtime: Runtime, place: str, copies: int
) -> None:
    """SMTP has no key against repeats: the copies have one Message-ID (decision 0015)."""
    _owe(world, EMAIL)
    mailbox = Mailbox()
    with mail_server(mailbox) as url:
        told = {"SMTP_URL": url, "MAIL_FROM": "notices@example.org"}
        _killed(runtime, EMAIL, world.now, place, **told)
        _others_go_on(runtime, EMAIL, world.now, **told)
    assert len(mailbox.mails) == copies
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1


def test_a_message_that_kills_every_sender_is_given_up_in_the_end(world: World) -> None:
    _owe(world, LINE)
    for _ in range(10):
        planner = Planner(current_policy(), frozenset({LINE}), world.now)
        with transaction() as session:
            due = next_due(session, LINE, world.now)
            if due is not None:
                claim(session, due, planner)  # and dies
        world.later(180)
    assert ("line", "given_up", "sender_died") in world.states()
    assert world.notices() == ["undelivered"]


def test_a_sender_that_slept_through_its_claim_keeps_still(world: World) -> None:
    _owe(world, LINE)
    with reading() as session:
        due = next_due(session, LINE, world.now) or 0
    moments = iter([world.now, world.now + timedelta(minutes=5)])
    assert tasks.send(due, dict(world.services), now=lambda: next(moments))
    assert world.line.offers == []


def test_many_senders_at_once_send_once(world: World) -> None:
    for number in range(1, 4):
        world.owe(staff_id=world.person(number), severity="emergency")
    world.plan()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda _: world.send(), range(WORKERS)))
    world.send()
    assert sorted(offer.to for offer in world.mail.offers) == [
        f"person{number}@example.org" for number in range(1, 4)
    ]
