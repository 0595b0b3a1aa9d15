"""The figures as tables, for the terminal and for docs/performance.md."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from core.processes import ROOT
from tests.bench.rounds import CONNECTIONS, FLOOR, PRESS, RING, WHOLE, Load
from tests.bench.worlds import Result

PAPER = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
NAMES = {FLOOR: "floor", RING: "call comes in", PRESS: "key press", WHOLE: "whole call"}
BUDGETS = {PRESS: 2.0, WHOLE: 2.5}
COSTS = (
    "| database | web server | request | CPU ms | × floor | budget | database CPU ms "
    "| requests/s | p50 ms | p99 ms |"
)
PROCESSES = "| database | web server | memory MB | of the floor | start s |"


def tables(results: Sequence[Result], load: Load, day: str) -> str:
    """Both tables in Markdown, with what they were measured on."""
    costs = [COSTS, "| --- " * 3 + "| ---: " * 7 + "|"]
    processes = [PROCESSES, "| --- " * 2 + "| ---: " * 3 + "|"]
    for result in results:
        costs += [_cost(result, kind) for kind in NAMES]
        processes.append(
            f"| {result.database} | {result.server} | {result.memory_mb:.0f} "
            f"| {result.floor_memory_mb:.0f} | {result.start_s:.1f} |"
        )
    return "\n".join((_about(load, day), "", *costs, "", *processes))


def _cost(result: Result, kind: str) -> str:
    samples = result.samples
    cells = [result.database, result.server, NAMES[kind]]
    cells.append(f"{samples.middle(kind, 'cpu_ms'):.2f}")
    cells.append(f"{samples.ratio(kind):.2f}")
    cells.append(f"{BUDGETS[kind]:.1f}" if kind in BUDGETS else "")
    has_server = kind != FLOOR and result.database != "sqlite"
    cells.append(f"{samples.middle(kind, 'database_ms'):.2f}" if has_server else "")
    cells.append(f"{samples.middle(kind, 'per_s'):.0f}")
    cells += [f"{samples.middle(kind, name):.1f}" for name in ("p50_ms", "p99_ms")]
    return "| " + " | ".join(cells) + " |"


def _about(load: Load, day: str) -> str:
    return about(day, f"{CONNECTIONS} requests at a time, the median of {load.rounds} rounds")


def about(day: str, how: str) -> str:
    """When, on what and how it was measured."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return (
        f"Measured on {day}: {os.cpu_count()} processors ({model}), "
        f"Python {platform.python_version()}, {how}."
    )


def write(text: str) -> None:
    """Put the tables into docs/performance.md, between its two marks."""
    write_between(BEGIN, END, text)


def write_between(first: str, last: str, text: str, paper: Path = PAPER) -> None:
    """Put a text into a paper of docs (docs/performance.md) between two marks of it."""
    before, begin, rest = paper.read_text(encoding="utf-8").partition(first)
    _old, end, after = rest.partition(last)
    if not begin or not end:
        raise RuntimeError(f"{paper.name} has lost its marks {first} and {last}")
    paper.write_text(f"{before}{first}\n{text}\n{last}{after}", encoding="utf-8")
