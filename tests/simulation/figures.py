"""The figures of simulated days, from the rows that are left and the ledger of rings."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select, text

from calls.legs import CALLER, OPERATOR
from calls.models import Callback, CallbackAttempt
from cases.models import Case
from core.database import reading
from core.zones import BANGKOK
from tests.simulation.judge import SAFE
from tests.simulation.ledger import Ledger, Promise, Ring
from tests.simulation.reports import NOW
from tests.simulation.world import Plan, World

SEVERITIES: Final = ("emergency", "urgent", "normal")
LEVELS: Final = ("people", "head", "parent", "on_call")
NOTICES = text(
    "SELECT channel, notice_class, count(*) FROM notice_deliveries WHERE state = 'sent'"
    " GROUP BY 1, 2 ORDER BY 1, 2"
)
TOLD = text("SELECT template, count(*) FROM notices GROUP BY 1 ORDER BY 1")


@dataclass(frozen=True)
class Waits:
    """Seconds that callers of one severity waited, counted in their own hours' first moment on."""

    severity: str
    cases: int
    promised: int
    to_ring: tuple[float, ...]
    to_reached: tuple[float, ...]
    late: int


@dataclass(frozen=True)
class OfficeLoad:
    """What one office had to do; `at_once` is how many of its people rang together at most."""

    code: str
    mode: str
    people: int
    callbacks: int
    rings: int
    reached: int
    late: int
    at_once: int


@dataclass(frozen=True)
class Figures:
    """Everything that is printed and drawn."""

    plan: Plan
    offices: int
    ended: datetime
    calls: int
    webhooks: int
    waits: tuple[Waits, ...]
    outcomes: dict[str, int]
    attempts: dict[str, int]
    callbacks: int
    operator_rings: int
    caller_rings: int
    by_hour: dict[tuple[date, int], int]
    loads: tuple[OfficeLoad, ...]
    sent: dict[tuple[str, str], int]
    told: dict[str, int]
    trouble: dict[str, int]
    faults: tuple[str, ...]


def percentile(values: Sequence[float], part: float) -> float | None:
    """The value that so great a part does not exceed; None of none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def span(seconds: float | None) -> str:
    """A span of time in the largest fitting unit; a dash for none."""
    if seconds is None:
        return "–"
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"


def of(world: World, faults: Iterable[str]) -> Figures:
    """The figures of a world whose days are over."""
    rings = world.ledger.all_rings
    with reading() as session:
        callbacks = session.scalars(select(Callback).order_by(Callback.id)).all()
        talked = select(CallbackAttempt.id).where(CallbackAttempt.outcome == "reached")
        reached = _reached(rings, frozenset(session.scalars(talked)))
        cases = Counter(session.scalars(select(Case.severity)))
        outcomes = Counter(session.scalars(select(CallbackAttempt.outcome)))
        sent = {(row[0], row[1]): row[2] for row in session.execute(NOTICES)}
        told = {row[0]: row[1] for row in session.execute(TOLD)}
    waits = [_waits(world.ledger, one, callbacks, reached, cases[one]) for one in SEVERITIES]
    return Figures(
        plan=world.plan,
        offices=len(world.country.offices),
        ended=world.ended or world.agenda.now,
        calls=world.callers.calls,
        webhooks=world.door.requests,
        waits=tuple(waits),
        outcomes=dict(Counter(_end(one) for one in callbacks).most_common()),
        attempts={str(name): count for name, count in outcomes.most_common()},
        callbacks=len({one.callback.id for one in rings if one.callback}),
        operator_rings=sum(one.kind == OPERATOR for one in rings),
        caller_rings=sum(one.kind == CALLER for one in rings),
        by_hour=_by_hour(rings),
        loads=tuple(_loads(world, callbacks, reached)),
        sent=sent,
        told=told,
        trouble=dict(sorted(world.line.counts.items())) | _nudges(world),
        faults=tuple(faults),
    )


def _reached(rings: Sequence[Ring], attempts: Collection[int]) -> dict[int, datetime]:
    """When the ring began at which each caller was reached, by callback."""
    return {
        ring.callback.id: ring.began
        for ring in rings
        if ring.kind == CALLER and ring.callback and ring.attempt_id in attempts
    }


def _nudges(world: World) -> dict[str, int]:
    return {f"nudges {name}": count for name, count in world.workers.nudges.items()}


def _end(callback: Callback) -> str:
    """How a callback ended: its state and why, as one phrase."""
    return f"{callback.state}: {callback.reason}" if callback.reason else callback.state


def _waits(
    ledger: Ledger,
    severity: str,
    callbacks: Sequence[Callback],
    reached: dict[int, datetime],
    cases: int,
) -> Waits:
    mine = [one for one in callbacks if one.severity == severity]
    first: dict[int, datetime] = {}
    for ring in ledger.all_rings:
        if ring.kind == CALLER and ring.callback:
            first.setdefault(ring.callback.id, ring.began)
    starts = {one.id: _may_start(ledger.promises.get(one.call_sid)) for one in mine}
    spans = [
        [(moments[one.id] - start).total_seconds()
         for one in mine
         if (start := starts[one.id]) and one.id in moments]
        for moments in (first, reached)
    ]  # fmt: skip
    late = [one for one in mine if one.id in reached and reached[one.id] > one.late_at]
    promised = [one for one in mine if starts[one.id]]
    return Waits(severity, cases, len(promised), tuple(spans[0]), tuple(spans[1]), len(late))


def _may_start(promise: Promise | None) -> datetime | None:
    """The first moment of the caller's own hours after the call; None where none was promised."""
    if promise is None or promise.window is None or promise.call_over is None:
        return None
    if promise.window == NOW:
        return promise.call_over
    begin, end = promise.window.split("-")
    begin, end = max(begin, SAFE[0]), min(end, SAFE[1])
    local = promise.call_over.astimezone(BANGKOK)
    if f"{local:%H:%M}" < begin:
        return datetime.combine(local.date(), time.fromisoformat(begin), BANGKOK)
    if f"{local:%H:%M}" < end:
        return local
    tomorrow = local.date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.fromisoformat(begin), BANGKOK)


def _by_hour(rings: Sequence[Ring]) -> dict[tuple[date, int], int]:
    """Rings at callers by day and hour in Thailand."""
    moments = (one.began.astimezone(BANGKOK) for one in rings if one.kind == CALLER)
    return dict(Counter((moment.date(), moment.hour) for moment in moments))


def _loads(
    world: World, callbacks: Sequence[Callback], reached: dict[int, datetime]
) -> Iterable[OfficeLoad]:
    at_operators = [one for one in world.ledger.all_rings if one.kind == OPERATOR]
    for code in world.country.offices:
        mine = [one for one in callbacks if one.office_code == code]
        rings = [one for one in at_operators if one.office == code]
        yield OfficeLoad(
            code=code,
            mode=world.country.modes[code],
            people=len(world.country.people[code]),
            callbacks=len(mine),
            rings=len(rings),
            reached=sum(one.id in reached for one in mine),
            late=sum(one.id in reached and reached[one.id] > one.late_at for one in mine),
            at_once=_most_at_once(rings),
        )


def _most_at_once(rings: Sequence[Ring]) -> int:
    """How many rang or talked together at most."""
    steps = [(one.began, 1) for one in rings] + [(one.ended, -1) for one in rings if one.ended]
    most = now = 0
    for _, step in sorted(steps):
        now += step
        most = max(most, now)
    return most
