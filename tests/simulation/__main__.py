"""`make simulate`: simulate days of the whole country, print the figures; `--write` draws them."""

import argparse
import logging
import sys
import time
from datetime import date

from core.zones import bangkok
from tests.simulation import figures, final, report
from tests.simulation.ground import ground
from tests.simulation.world import FIRST_DAY, Plan, World, world

TOLD_EVERY = 1000
MOST_FAULTS = 50


def arguments() -> argparse.Namespace:
    """How large a country, which days, which seed."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--offices", type=int, default=60)
    parser.add_argument("--days", type=int, default=5, help="days on which people phone")
    parser.add_argument("--first-day", type=date.fromisoformat, default=FIRST_DAY)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--look-every",
        type=int,
        metavar="SECONDS",
        help="look for people on duty this often instead of as the policy says: quicker",
    )
    parser.add_argument("--write", action="store_true", help="write docs/simulation.md")
    return parser.parse_args()


def main() -> int:
    """Run, print, perhaps write; non-zero when a promise was broken."""
    asked = arguments()
    plan = Plan(
        cases=asked.cases,
        offices=asked.offices,
        days=asked.days,
        seed=asked.seed,
        nobody_on_duty_s=asked.look_every,
        first_day=asked.first_day,
    )
    with ground() as settings, world(plan, settings) as simulated:
        logging.getLogger().setLevel(logging.ERROR)
        simulated.run(_progress)
        broken = final.faults(simulated)
        found = figures.of(simulated, broken)
    sys.stdout.write(report.tables(found) + "\n")
    for fault in broken[:MOST_FAULTS]:
        sys.stderr.write(f"broken: {fault}\n")
    if asked.write:
        report.write(found)
    return 1 if broken else 0


def _progress(simulated: World) -> None:
    if simulated.happenings % TOLD_EVERY:
        return
    moment = bangkok(simulated.agenda.now)
    rings, broken = len(simulated.ledger.all_rings), len(simulated.ledger.faults)
    spent = time.process_time()
    sys.stderr.write(f"{moment:%a %d %b %H:%M} {rings} rings, {broken} faults, {spent:.0f} s\n")


if __name__ == "__main__":
    sys.exit(main())
