"""`make bench`: measure and print; `ARGS=--write` puts the figures into docs/performance.md."""

import argparse
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from core.zones import bangkok
from tests.bench import many_cases, practice_day, report
from tests.bench.rounds import FULL, TRIAL
from tests.bench.subjects import SERVERS
from tests.bench.worlds import DATABASES, Result, world
from tests.support.servers import RedisServer


def arguments() -> argparse.Namespace:
    """What to measure, how long, and whether to write it down."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--trial", action="store_true", help="one short round: is it all working?")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    parser.add_argument("--many", action="store_true", help="a million cases, and nothing else")
    parser.add_argument("--practice", action="store_true", help="a day of 420 who practise")
    parser.add_argument("--database", choices=DATABASES, action="append")
    parser.add_argument("--server", choices=SERVERS, action="append")
    return parser.parse_args()


def main() -> None:
    """Measure web servers on databases, or few cases against a million, or a day of practice."""
    asked = arguments()
    if asked.many:
        _many(write=asked.write)
        return
    if asked.practice:
        plan = practice_day.TRIAL if asked.trial else practice_day.FULL
        _practice(plan, asked.database, write=asked.write)
        return
    load = TRIAL if asked.trial else FULL
    results: list[Result] = []
    redis = RedisServer()
    try:
        for database in asked.database or DATABASES:
            folder = Path(tempfile.mkdtemp(prefix="hotline-bench-", dir="/tmp"))
            with world(database, folder, redis) as made:
                for server in asked.server or SERVERS:
                    sys.stderr.write(f"{database}, {server} …\n")
                    results.append(made.measure(server, load))
            shutil.rmtree(folder)
    finally:
        redis.remove()
    text = report.tables(results, load, _today())
    sys.stdout.write(text + "\n")
    if asked.write:
        report.write(text)


def _many(*, write: bool) -> None:
    redis = RedisServer()
    folder = Path(tempfile.mkdtemp(prefix="hotline-bench-", dir="/tmp"))
    try:
        measured = many_cases.measure(redis.url, folder)
    finally:
        redis.remove()
        shutil.rmtree(folder)
    text, plans = many_cases.table(measured.rows, _today()), many_cases.plan_table(measured.plans)
    sys.stdout.write(f"{text}\n\n{plans}\n")
    if write:
        many_cases.write(text, plans)


def _practice(plan: practice_day.Plan, databases: list[str] | None, *, write: bool) -> None:
    load = os.getloadavg()[0]
    redis = RedisServer()
    folder = Path(tempfile.mkdtemp(prefix="hotline-bench-", dir="/tmp"))
    try:
        moments = practice_day.measure(redis, folder, plan, databases or [])
    finally:
        redis.remove()
        shutil.rmtree(folder)
    text = practice_day.table(moments, plan, _today(), load)
    sys.stdout.write(text + "\n")
    if write:
        practice_day.write(text)


def _today() -> str:
    return f"{bangkok(datetime.now(UTC)):%Y-%m-%d}"


if __name__ == "__main__":
    main()
