"""420 people who practise in one day: what their calls take from a service that others work with.

The whole service runs as it ships, with its worker, its beat and the practice provider. A course
day of eight hours with calls of ten minutes has nine calls at once in the mean, and thirty when a
whole room phones at the same time: that room is measured in the morning, and once more after the
day's calls, for the provider and the database remember all of them.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from itertools import cycle, islice
from operator import add
from pathlib import Path
from statistics import median
from threading import Event
from typing import Any

from sqlalchemy import func, select

from calls.models import Call
from cases.models import Case
from core import runtime
from core.database import reading
from tests.bench.hiring import hired
from tests.bench.report import about, write_between
from tests.bench.subjects import cpu_s
from tests.bench.trainee import (
    BEGUN,
    LISTED,
    PLAYED,
    POLL_S,
    POLLED,
    PRESSED,
    Heard,
    Reader,
    Trainee,
    Visitor,
)
from tests.bench.worlds import DATABASES
from tests.support.databases import Backend, Postgres, Sqlite
from tests.support.servers import PostgresServer, RedisServer
from tests.support.stack import Stack
from tests.support.waiting import wait_for
from webapp.practice_callers import callers

USERS, HOURS, CALL_MINUTES = 420, 8, 10
MEAN = round(USERS * CALL_MINUTES / (HOURS * 60))
ROOM = 30
FILLED_AT_ONCE = 6
FINISHED_WITHIN_S = 60.0
# A room of people does not pick up at the same instant.
PICKED_UP_WITHIN_S = 5.0
WEBHOOK = "webhook"
NAMES = {
    BEGUN: "a call begins",
    POLLED: "the page looks again",
    PRESSED: "a key is pressed",
    WEBHOOK: "webhook of a call",
    LISTED: "case list of somebody at work",
}
MARKS = "<!-- practice: begin -->", "<!-- practice: end -->"
COSTS = (
    "| database | practising | calls before | request | a second | p50 ms | p95 ms "
    "| × one | in time |"
)
PROCESSES = ("web", "practice", "worker", "database")


@dataclass(frozen=True)
class Plan:
    """How long each moment of the day is watched, and how many have phoned before the last one."""

    watched_s: float
    users: int


FULL, TRIAL = Plan(watched_s=75.0, users=USERS), Plan(watched_s=15.0, users=12)


@dataclass(frozen=True)
class Moment:
    """One moment of the day on one database; processors used, in percent of one of them."""

    database: str
    practising: int
    before: int
    seconds: float
    heard: Heard
    used: Mapping[str, float]

    def middle(self, what: str) -> float:
        """The median of one kind of request, in milliseconds."""
        return median(self.heard.taken_ms[what])


def measure(redis: RedisServer, folder: Path, plan: Plan, databases: Sequence[str]) -> list[Moment]:
    """One person, nine, a room, and the room again at the end of the day, on each database."""
    found = []
    for database in databases or DATABASES:
        with _day(database, redis, folder / database) as day:
            found += [day.watch(practising, plan.watched_s) for practising in (1, MEAN, ROOM)]
            day.fill(plan.users)
            found.append(day.watch(ROOM, plan.watched_s))
            day.prove_work()
    return found


class Day:
    """A running service and the people who practise on it."""

    def __init__(self, database: str, stack: Stack, database_pid: int | None) -> None:
        """Everybody is signed in."""
        self._database = database
        self._stack = stack
        self._pids = {name: stack.children[name].pid for name in ("web", "practice", "worker")}
        self._pids |= {"database": database_pid} if database_pid else {}
        self._sessions = [hired(f"trainee{n}", "operator", "ESA-9202") for n in range(ROOM)]
        self._works = hired("works", "head_operator", "ESA-9202")
        self._filled = 0

    def watch(self, practising: int, seconds: float) -> Moment:
        """Let so many practise and one work, and see what it takes."""
        base = self._stack.url("")
        trainees = [
            Trainee(base, session, number * PICKED_UP_WITHIN_S / practising)
            for number, session in enumerate(self._sessions[:practising])
        ]
        people: list[Visitor] = [Reader(base, self._works), *trainees]
        sent, used = len(self._webhooks()), self._used()
        began = time.monotonic()
        for one in people:
            one.start()
        Event().wait(seconds)
        for one in people:
            one.leave()
        for one in people:
            one.join()
        took = time.monotonic() - began
        spent = {name: value - used[name] for name, value in self._used().items()}
        _must_be_well(people)
        heard = reduce(add, (one.heard for one in people))
        heard.taken_ms[WEBHOOK] = [one["ms"] for one in self._webhooks()[sent:]]
        heard.polls_due = sum(one.heard.polls_due for one in trainees)
        percent = {name: value / took * 100 for name, value in spent.items()}
        return Moment(self._database, practising, self._filled, took, heard, percent)

    def fill(self, users: int) -> None:
        """The day's other calls, each a whole report, as fast as they can be made."""
        keys = [callers()[name].keys for name in islice(cycle(PLAYED), users)]
        numbers = [f"+6681000{number:04}" for number in range(100, 100 + users)]
        with ThreadPoolExecutor(FILLED_AT_ONCE) as pool:
            told = zip(keys, numbers, strict=True)
            list(pool.map(lambda one: self._stack.phone(one[0], **{"from": one[1]}), told))
        self._filled = users

    def prove_work(self) -> None:
        """RuntimeError unless every call is in the ledger and the day's reports are whole."""
        legs = self._stack.practice("/practice/calls")
        begun = {one["sid"] for one in legs if one["direction"] == "inbound"}
        wait_for(lambda: self._finished() >= self._filled, FINISHED_WITHIN_S)
        with reading() as session:
            missing = begun - set(session.scalars(select(Call.sid)))
        problems = self._stack.practice("/practice/health")["problems"]
        if missing or problems:
            raise RuntimeError(f"{len(missing)} calls are missing; problems: {problems}")

    def _finished(self) -> int:
        with reading() as session:
            counted = select(func.count()).where(Case.finished_at.is_not(None))
            return session.scalars(counted).one()

    def _used(self) -> dict[str, float]:
        return {name: cpu_s(pid) for name, pid in self._pids.items()}

    def _webhooks(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._stack.practice("/practice/webhooks")
        return found


def _must_be_well(people: Sequence[Visitor]) -> None:
    failures = [one.failure for one in people if one.failure is not None]
    if failures:
        raise RuntimeError(f"{len(failures)} people were let down: {failures[0]}")


@contextmanager
def _day(database: str, redis: RedisServer, folder: Path) -> Iterator[Day]:
    folder.mkdir()
    server = PostgresServer(tuning=()) if database == "postgresql" else None
    backend: Backend = Postgres(server) if server else Sqlite(folder)
    try:
        with _running({"DATABASE_URL": backend.create("day")}, folder, redis) as stack:
            yield Day(database, stack, server.child.pid if server else None)
    finally:
        if server:
            server.stop()


@contextmanager
def _running(environ: Mapping[str, str], folder: Path, redis: RedisServer) -> Iterator[Stack]:
    stack = Stack(environ, folder, redis)
    stack.command("db", "upgrade")
    configured = runtime.configure(stack.settings)
    try:
        stack.start()
        yield stack
    except RuntimeError as error:
        raise RuntimeError(f"{error}\n{stack.logs()}") from None
    finally:
        configured.engine.dispose()
        stack.stop()


def table(moments: Sequence[Moment], plan: Plan, day: str, load: float) -> str:
    """The figures in Markdown: requests first, then processors; `load` was there before."""
    how = f"each moment watched for {plan.watched_s:.0f} s, load {load:.1f} before it began"
    lines = [about(day, how), "", COSTS]
    lines.append("| --- | ---: | ---: | --- " + "| ---: " * 5 + "|")
    lines += [line for one in moments for line in _costs(one, _alone(moments, one))]
    names = " | ".join(PROCESSES)
    lines += ["", f"| database | practising | calls before | {names} |"]
    lines.append("| --- " + "| ---: " * (2 + len(PROCESSES)) + "|")
    return "\n".join(lines + [_processors(one) for one in moments])


def _alone(moments: Sequence[Moment], moment: Moment) -> Moment:
    return next(one for one in moments if one.database == moment.database)


def _costs(moment: Moment, alone: Moment) -> Iterator[str]:
    where = f"| {moment.database} | {moment.practising} | {moment.before} "
    for what, name in NAMES.items():
        taken = sorted(moment.heard.taken_ms[what])
        middle = moment.middle(what)
        yield (
            f"{where}| {name} | {len(taken) / moment.seconds:.1f} | {middle:.0f} "
            f"| {taken[(len(taken) - 1) * 95 // 100]:.0f} | {middle / alone.middle(what):.2f} "
            f"| {_in_time(moment.heard, what)} |"
        )


def _in_time(heard: Heard, what: str) -> str:
    """How many of the page's looks were answered within their second, of all that were due."""
    if what != POLLED:
        return ""
    kept = sum(taken <= POLL_S * 1000 for taken in heard.taken_ms[what])
    return f"{min(kept / heard.polls_due, 1):.1%}"


def _processors(moment: Moment) -> str:
    shares: list[str] = [
        f"{moment.used[name]:.0f} %" if name in moment.used else "" for name in PROCESSES
    ]
    where = f"| {moment.database} | {moment.practising} | {moment.before} "
    return f"{where}| {' | '.join(shares)} |"


def write(text: str) -> None:
    """Put the tables into docs/performance.md, between their marks."""
    write_between(*MARKS, text)
