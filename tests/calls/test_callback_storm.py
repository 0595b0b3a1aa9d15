"""One callback's whole life with every message and webhook killed, doubled, delayed, shuffled.

Whatever happens: one ring an attempt at most, never two at the caller, none outside the caller's
hours, and the same end as when nothing goes wrong (reliability.md P3 to P6, F05 to F08, F36).
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

import pytest

from calls.models import Callback, CallbackAttempt, Leg
from calls.policy import current_policy
from calls.states import DIALLING, WAITING
from core.database import reading
from core.runtime import Runtime
from core.zones import BANGKOK
from tests.calls.callback_world import World
from tests.calls.storm import Moments, Storm, Weather
from tests.webhooks.serving import serving
from tests.webhooks.telephone import Provider

POLICY = current_policy()
MORNING = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
# Ten minutes before the caller's hours end.
EVENING = datetime(2026, 11, 20, 12, 50, tzinfo=UTC)
# What the caller does at each ring, how it ends, and for how many seeds: first on the server, where
# each place is aimed at; then the many more of the short lives on a file, at half of the price.
Group = tuple[tuple[str, ...], str, int]
ON_POSTGRESQL: Final[tuple[Group, ...]] = (
    (("talks",), "done", 10),
    (("stops",), "stopped", 10),
    (("wrong person",), "decision", 10),
    (("no answer", "talks"), "done", 10),
    (("machine", "stops"), "stopped", 10),
    (("busy", "not now", "talks"), "done", 3),
    (("no answer",), "exhausted", 3),
)
ON_SQLITE: Final[tuple[Group, ...]] = (
    (("talks",), "done", 35),
    (("talks",), "done", 35),
    (("stops",), "stopped", 25),
    (("stops",), "stopped", 25),
    (("wrong person",), "decision", 30),
)
GROUPS: Final = (*ON_POSTGRESQL, *ON_SQLITE)
POINTS = ("before_commit", "after_commit", "nudges_sent")
DIAL_POINTS = ("callback_claimed", "attempt_written", "before_ask", "after_ask", "sid_written")
DOORS = (
    *("dial", "check", "sweep", "look", "offer", "operator key", "dial over", "operator status"),
    *("hello", "caller key", "caller status", "detection"),
)
PLACES: Final = (
    *(f"dial: {point}" for point in DIAL_POINTS),
    *(f"{door}: {point}" for door in DOORS for point in POINTS),
)


@dataclass(frozen=True)
class End:
    """How a callback ended."""

    state: str
    reason: str | None
    identity: str


@pytest.fixture
def provider(world: World, runtime: Runtime) -> Iterator[Provider]:
    """The service's web door, two operators around the clock, and an account with no rush."""
    with serving(runtime.settings) as app:
        for number in (1, 2):
            world.operator(number, always_on_duty=True)
        yield Provider(app)


class Lives:
    """Callbacks one after another, each with a case and a number of its own."""

    def __init__(self, world: World, provider: Provider) -> None:
        self.world, self.provider = world, provider
        self._numbers = itertools.count(5000)

    def live(self, begun: datetime, habits: tuple[str, ...], weather: Weather) -> tuple[Storm, End]:
        """One callback from its first sweep to the last word."""
        self.world.now = begun
        self.world.report(caller_number=f"+6681000{next(self._numbers)}")
        callback_id = self.world.wish() or 0
        storm = Storm(self.provider, callback_id, begun, habits, weather)
        storm.run(lambda: moments_of(callback_id))
        return storm, check(storm)


def moments_of(callback_id: int) -> Moments:
    """When a row of this callback says that somebody must look at it."""
    with reading() as session:
        callback = session.get_one(Callback, callback_id)
    checks = [one.check_at for one in attempts_of(callback_id) if one.check_at]
    waits = [one for one in (callback.due_at, callback.claimed_until) if one]
    is_waiting = callback.state in (*WAITING, "claimed")
    return {
        "sweep": max(waits) if is_waiting else None,
        "look": min(checks, default=None),
    }


def attempts_of(callback_id: int) -> list[CallbackAttempt]:
    """The attempts of a callback."""
    with reading() as session:
        wanted = session.query(CallbackAttempt).filter_by(callback_id=callback_id)
        return wanted.order_by(CallbackAttempt.number).all()


def check(storm: Storm) -> End:
    """What must hold however it went; gives how it ended."""
    rings = Counter(url.split("/ivr/leg/")[1].split("/")[0] for url in storm.phones.operator_rings)
    assert max(rings.values(), default=0) <= 1
    attempts = attempts_of(storm.callback_id)
    assert set(rings) <= {one.operator_leg_key for one in attempts}
    last_until: datetime | None = None
    for begun, until in storm.phones.caller_rings:
        assert last_until is None or begun >= last_until
        assert until is not None
        last_until = until
        local, stops = begun.astimezone(BANGKOK), begun + timedelta(seconds=POLICY.caller_ring_s)
        assert local.hour >= 8
        assert stops.astimezone(BANGKOK).hour < 20
    assert len(storm.phones.caller_rings) <= POLICY.max_tries
    with reading() as session:
        callback = session.get_one(Callback, storm.callback_id)
        legs = session.query(Leg).filter(Leg.attempt_id.in_([one.id for one in attempts])).all()
    assert callback.state not in (*WAITING, *DIALLING, "claimed")
    assert (callback.claimed_until, callback.claim_token) == (None, None)
    assert {one.check_at for one in attempts} <= {None}
    assert {leg.state for leg in legs} <= {"ended"}
    identity = "confirmed" if "confirmed" in {one.identity for one in attempts} else "unconfirmed"
    return End(callback.state, callback.reason, identity)


def weather_of(seed: int) -> Weather:
    """Each place is struck in turn, and a few more by chance."""
    return Weather(Random(seed), PLACES[seed % len(PLACES)], kills=seed % 4, calm=False)


def live_through(lives: Lives, number: int) -> int:
    """All seeds of a group: each ends as the same life does when nothing goes wrong.

    Gives how many of the lives passed the place that their seed aims at.
    """
    habits, state, size = GROUPS[number]
    ends: dict[datetime, End] = {}
    first = seeds(GROUPS[:number])
    aimed = 0
    for seed in range(first, first + size):
        begun = EVENING if seed % 5 == 0 else MORNING
        if begun not in ends:
            ends[begun] = lives.live(begun, habits, Weather())[1]
        storm, end = lives.live(begun, habits, weather_of(seed))
        aimed += PLACES[seed % len(PLACES)] in storm.killed
        assert end == ends[begun], f"seed {seed}, killed at {storm.killed}"
    assert {end.state for end in ends.values()} == {state}
    return aimed


def seeds(groups: Sequence[Group]) -> int:
    """How many there are."""
    return sum(size for _, _, size in groups)


@pytest.mark.parametrize("number", range(len(ON_POSTGRESQL)))
def test_every_message_of_a_callback_may_fail_and_it_ends_the_same(
    world: World, provider: Provider, number: int
) -> None:
    # Most lives pass the place that their seed aims at, or the storm would be none.
    assert live_through(Lives(world, provider), number) >= GROUPS[number][2] // 2


@pytest.mark.backends("sqlite")
@pytest.mark.parametrize("number", range(len(ON_SQLITE)))
def test_on_a_file_too_it_ends_the_same(world: World, provider: Provider, number: int) -> None:
    group = len(ON_POSTGRESQL) + number
    assert live_through(Lives(world, provider), group) >= GROUPS[group][2] // 2


def test_the_storm_is_as_wide_as_was_promised() -> None:
    """At least 20 places to die at, and 200 seeds, each place aimed at several times."""
    assert len(set(PLACES)) >= 20
    assert seeds(GROUPS) >= 200
    assert 4 * len(PLACES) <= seeds(GROUPS)
    assert len(PLACES) <= seeds(ON_POSTGRESQL)
