"""`make bench`: measure and print; `ARGS=--write` puts the figures into docs/performance.md."""

import argparse
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from core.zones import bangkok
from tests.bench import report
from tests.bench.rounds import FULL, TRIAL
from tests.bench.subjects import SERVERS
from tests.bench.worlds import DATABASES, Result, world
from tests.support.servers import RedisServer


def arguments() -> argparse.Namespace:
    """What to measure, how long, and whether to write it down."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--trial", action="store_true", help="one short round: is it all working?")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    parser.add_argument("--database", choices=DATABASES, action="append")
    parser.add_argument("--server", choices=SERVERS, action="append")
    return parser.parse_args()


def main() -> None:
    """Measure every web server on every database."""
    asked = arguments()
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
    text = report.tables(results, load, f"{bangkok(datetime.now(UTC)):%Y-%m-%d}")
    sys.stdout.write(text + "\n")
    if asked.write:
        report.write(text)


if __name__ == "__main__":
    main()
