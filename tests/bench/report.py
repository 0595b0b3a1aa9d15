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
        f"Python {platform.python_version()}, {CONNECTIONS} requests at a time, "
        f"the median of {load.rounds} rounds."
    )


def write(text: str) -> None:
    """Put the tables into docs/performance.md, between its two marks."""
    paper = PAPER.read_text(encoding="utf-8")
    before, begin, rest = paper.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise RuntimeError(f"{PAPER.name} has lost its marks {BEGIN} and {END}")
    PAPER.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
