"""What pages and sweeps cost with few cases and with a million, on PostgreSQL.

The rows are made by the database itself, spread over a thousand days and the country's offices:
500 of 1,000 cases are open, 10,000 of 1,000,000, and as many callbacks are due. A figure is the
median time of one request in this process, the page's rendering included; a ratio compares the two
stores within one run.
"""

import re
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from agents.committees import warn_ending
from agents.notice_planning import Planner, plan_owed, plan_unseen
from agents.notice_policy import EMAIL
from agents.notice_policy import current_policy as notice_policy
from agents.notice_rings import rings_due
from agents.notice_sending import next_due
from app import open_doors
from calls.approval_calls import APPROVALS
from calls.approvals import handovers_to_ring
from calls.escalation import escalate_late
from calls.ledger import seal_state, stale_calls
from calls.line import next_in_line
from calls.models import Call
from calls.node_counts import AT_ONCE, count_ended
from calls.notice_calls import NOTICES
from calls.policy import current_policy
from calls.queries import open_attempts
from calls.warning_policy import current_warning_policy
from calls.warnings import sweep as sweep_warnings
from cases.arrivals import tell_arrivals
from cases.clocks import look_at_clocks, run_again
from cases.escalation import escalate_overdue
from cases.handover_climbing import climb_overdue
from core import clock, migrations, runtime
from core.database import reading, transaction
from core.engine import create_database_engine
from core.settings import load_settings
from ivr.orphans import due_orphans
from recordings import expiry
from recordings.queries import due
from tests.bench.hiring import hired
from tests.bench.report import write_between
from tests.bench.rounds import MENU_KEYS
from tests.console_cases.people import opened_case
from tests.support.databases import Postgres
from tests.support.plans import plans
from tests.support.servers import PostgresServer
from tests.webhooks.telephone import Caller, Provider
from webapp.console import cookies
from webapp.practice_data import seed

FEW, MANY = 1_000, 1_000_000
OPEN = 10_000
LONGEST_STATEMENT_S = 900.0
BUDGET = 1.3
ROUNDS, TIMES = 5, 8
SMALL, ABOVE, CENTRE = "ESA-9202", "OBEC", "HQ"
CALL = f"a call of {len(MENU_KEYS)} keys, six webhooks"
CASES = Path(__file__).with_name("many_cases.sql")
STEPS = Path(__file__).with_name("many_steps.sql")
SEALED = {"reason": "handovers.reason", "words": "clock_stops.words"}
MARKS = "<!-- many: begin -->", "<!-- many: end -->"
PLANS = "<!-- plans: begin -->", "<!-- plans: end -->"
READS = re.compile(
    r"(?:Index Scan|Index Only Scan|Bitmap Index Scan)(?: Backward)?(?: using| on) (\w+)"
    r"|Seq Scan on (\w+)"
)
HEAD = "| what | ms at {few:,} | ms at {many:,} | × | budget |\n| --- | ---: | ---: | ---: | ---: |"

Work = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """One thing that was measured in both stores, in milliseconds."""

    name: str
    few_ms: float
    many_ms: float

    @property
    def ratio(self) -> float:
        """How much more it costs with many cases."""
        return self.many_ms / self.few_ms


@dataclass(frozen=True)
class Measured:
    """What was measured in both stores, and how the larger one finds what a sweep asks for."""

    rows: list[Row]
    plans: dict[str, list[str]]


def measure(redis_url: str, folder: Path) -> Measured:
    """Everything in both stores, in turns, so that both see the same minute."""
    server = PostgresServer(tuning=())
    try:
        backend = Postgres(server)
        stores = {}
        for name, cases in (("few", FEW), ("many", MANY)):
            url = backend.create(name)
            environ = {"TELEPHONY": "practice", "VAR_DIR": str(folder), "REDIS_URL": redis_url}
            stores[name] = Store({**environ, "DATABASE_URL": url}, cases)
        found: dict[str, dict[str, list[float]]] = {name: {} for name in stores}
        for _ in range(ROUNDS):
            for name, store in stores.items():
                for what, milliseconds in store.times():
                    found[name].setdefault(what, []).append(milliseconds)
        rows = [
            Row(what, statistics.median(found["few"][what]), statistics.median(found["many"][what]))
            for what in found["few"]
        ]
        return Measured(rows, stores["many"].plans())
    finally:
        server.stop()


class Store:
    """A database with so many cases, and people who look at them."""

    def __init__(self, environ: Mapping[str, str], cases: int) -> None:
        self._settings = load_settings(environ)
        migrations.upgrade(self._settings.database_url)
        with self._open():
            with transaction() as session:
                seed(session)
            fill(cases)
            fill(cases, STEPS)
            with transaction() as session:
                _seal(session)
            self._people = {
                office: hired(f"{role}.{office}", role, office) for role, office in PEOPLE
            }
            self._reference = opened_case(office=SMALL).reference

    @contextmanager
    def _open(self) -> Iterator[Flask]:
        configured = runtime.configure(self._settings)
        try:
            yield open_doors(self._settings.secret_key, "all")
        finally:
            configured.engine.dispose()

    def times(self) -> Iterator[tuple[str, float]]:
        """Each name with its median time in milliseconds."""
        with self._open() as app:
            for name, work in self._works(app).items():
                work()
                yield name, statistics.median(_timed(work) for _ in range(TIMES))

    def plans(self) -> dict[str, list[str]]:
        """How each sweep finds its rows."""
        with self._open():
            return dict(planned(runtime.current().engine))

    def _works(self, app: Flask) -> dict[str, Work]:
        pages = {
            f"list {waiting}, {office}": _page(
                app, self._people[office], f"cases?waiting={waiting}"
            )
            for office in (SMALL, ABOVE, CENTRE)
            for waiting in ("acknowledge", "open", "overdue", "closed")
        }
        token, case = self._people[CENTRE], self._reference
        found = _page(app, token, f"cases/find?reference={case}", HTTPStatus.SEE_OTHER)
        single = {"case page": _page(app, token, f"cases/{case}"), "search": found}
        return {CALL: _call(app)} | pages | single | SWEEPS


def _call(app: Flask) -> Work:
    provider = Provider(app)

    def work() -> None:
        caller = Caller(provider)
        caller.dial()
        caller.press(*MENU_KEYS)
        caller.hang_up()

    return work


def _page(app: Flask, token: str, address: str, expected: int = HTTPStatus.OK) -> Work:
    def work() -> None:
        client = app.test_client()
        client.set_cookie(cookies.SESSION, token)
        answer = client.get(f"/desk/{address}")
        if answer.status_code != expected:
            raise RuntimeError(f"/desk/{address} answered {answer.status_code}")

    return work


def planned(engine: Engine) -> Iterator[tuple[str, list[str]]]:
    """For each sweep how its statements find their rows: the indexes, or a table read whole."""
    for name, work in SWEEPS.items():
        found = (hit for plan in plans(engine, work) for hit in READS.finditer(plan))
        yield name, sorted({_read(*hit.groups()) for hit in found})


def _read(index: str | None, table: str | None) -> str:
    return f"`{index}`" if index else f"all of `{table}`"


def _sweep(look: Callable[[Session], object]) -> Work:
    def work() -> None:
        with reading() as session:
            look(session)
            session.rollback()

    return work


PEOPLE = (("head_operator", SMALL), ("head_operator", ABOVE), ("head_operator", CENTRE))


def _planner() -> Planner:
    return Planner(notice_policy(), frozenset({EMAIL}), clock.now())


SWEEPS: dict[str, Work] = {
    "sweep of due callbacks": _sweep(
        lambda s: next_in_line(s, current_policy(), account_sid="AC", now=clock.now())
    ),
    "sweep of late callbacks": _sweep(
        lambda s: escalate_late(s, current_policy(), now=clock.now())
    ),
    "sweep of overdue cases": _sweep(lambda s: escalate_overdue(s, clock.now(), 100)),
    "sweep of clocks": _sweep(lambda s: look_at_clocks(s, clock.now(), 100)),
    "sweep of stopped clocks": _sweep(lambda s: run_again(s, clock.now(), 100)),
    "sweep of cases that have arrived": _sweep(lambda s: tell_arrivals(s, clock.now(), 20)),
    "sweep of hand-overs": _sweep(lambda s: climb_overdue(s, clock.now(), 100)),
    "sweep of hand-overs to ring for": _sweep(lambda s: handovers_to_ring(s, clock.now(), 5)),
    "sweep of rings at head operators": _sweep(lambda s: APPROVALS.open(s, clock.now(), 50)),
    "sweep of attempts": _sweep(lambda s: open_attempts(s, clock.now(), 50)),
    "sweep of notices to plan": _sweep(lambda s: plan_owed(s, _planner())),
    "sweep of notices not seen": _sweep(lambda s: plan_unseen(s, _planner())),
    "sweep of mails to send": _sweep(lambda s: next_due(s, EMAIL, clock.now())),
    "sweep of people to ring about notices": _sweep(lambda s: rings_due(s, clock.now(), 5)),
    "sweep of rings about notices": _sweep(lambda s: NOTICES.open(s, clock.now(), 50)),
    "sweep of calls that went quiet": _sweep(lambda s: stale_calls(s, clock.now(), 50)),
    "sweep of calls that nobody knows": _sweep(lambda s: due_orphans(s, clock.now(), 50)),
    "sweep of calls to count": _sweep(lambda s: count_ended(s, account_sid="AC")),
    "sweep of warnings": _sweep(
        lambda s: sweep_warnings(s, current_warning_policy(), now=clock.now())
    ),
    "sweep of committees": _sweep(lambda s: warn_ending(s, clock.now(), 50)),
    "sweep of recordings": _sweep(lambda s: due(s, clock.now())),
    "sweep of recordings whose time is over": _sweep(lambda s: expiry.expired(s, clock.now())),
}


def fill(cases: int, script: Path = CASES, *, most_open: int = OPEN) -> None:
    """So many cases with place, assignment, callback and timeline, made by the database.

    Half of them are open, but never more than `most_open`. With `STEPS` what became of them: calls,
    attempts, hand-overs, stopped clocks, notices; over where the case is, else due.
    """
    now = clock.now()
    is_open = min(most_open, cases // 2)
    first = now - timedelta(days=1000)
    values = {"cases": cases, "open": is_open, "due": is_open, "now": now, "first": first}
    seal = runtime.current().keyring.seal
    values |= {name: seal(b"made up", context) for name, context in SEALED.items()}
    address = runtime.current().settings.database_url
    engine = create_database_engine(address, answer_within_s=LONGEST_STATEMENT_S)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        for statement in script.read_text(encoding="utf-8").split(";\n"):
            wanted = text(statement)
            given = {name: values[name] for name in wanted.compile().params}
            connection.execute(wanted, given)
    engine.dispose()


def _seal(session: Session) -> None:
    """Some of the calls have just ended: what they met is sealed as the telephone seals it."""
    last = select(Call.sid).where(Call.ended_at.is_(None)).order_by(Call.sid).limit(AT_ONCE)
    state = {"marks": {"welcome": "ca", "group": "ca"}, "ended": True}
    today = clock.now()
    for sid in session.scalars(last).all():
        # Of one day, as calls are that have just ended: each further day is a row of the figures.
        ended = {"state": seal_state(state, b"", sid), "started_at": today, "ended_at": today}
        session.execute(update(Call).where(Call.sid == sid).values(**ended, uncounted=True))


def _timed(work: Work) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def table(rows: Sequence[Row], day: str) -> str:
    """The figures in Markdown."""
    lines = [f"Measured on {day}, the median of {ROUNDS} rounds.", ""]
    lines.append(HEAD.format(few=FEW, many=MANY))
    lines += [
        f"| {row.name} | {row.few_ms:.1f} | {row.many_ms:.1f} | {row.ratio:.2f} | {BUDGET} |"
        for row in rows
    ]
    return "\n".join(lines)


def plan_table(found: Mapping[str, Sequence[str]]) -> str:
    """How the sweeps find their rows, as a table."""
    lines = ["| what | reads |", "| --- | --- |"]
    return "\n".join(lines + [f"| {name} | {', '.join(how)} |" for name, how in found.items()])


def write(text_: str, plans_: str) -> None:
    """Put both tables into docs/performance.md, between their marks."""
    write_between(*MARKS, text_)
    write_between(*PLANS, plans_)
