"""The figures as tables, for the terminal and, with the pictures, for docs/simulation.md."""

from collections.abc import Iterator
from typing import Final

from core.processes import ROOT
from tests.bench.report import write_between
from tests.simulation import pictures
from tests.simulation.figures import LEVELS, Figures, percentile, span

PAPER: Final = ROOT / "docs" / "simulation.md"
MARKS: Final = ("<!-- simulation: begin -->", "<!-- simulation: end -->")
PICTURES: Final = {
    "simulation-rings.svg": pictures.rings_by_hour,
    "simulation-waiting.svg": pictures.waiting,
    "simulation-lateness.svg": pictures.lateness,
}
PARTS: Final = (0.5, 0.9, 0.99)
WAITS: Final = (
    "| severity | cases | callbacks promised | first ring: p50 | p90 | p99 "
    "| reached: p50 | p90 | p99 | reached | late |"
)


def tables(figures: Figures) -> str:
    """All tables in Markdown, with what they tell of."""
    parts = (_about, _waits, _outcomes, _rings, _offices, _notices)
    return "\n\n".join("\n".join(part(figures)) for part in parts)


def write(figures: Figures) -> None:
    """Put the tables between the marks of docs/simulation.md and draw the pictures beside it."""
    write_between(*MARKS, tables(figures), paper=PAPER)
    for name, draw in PICTURES.items():
        PAPER.with_name(name).write_text(draw(figures), encoding="utf-8")


def _about(figures: Figures) -> Iterator[str]:
    plan = figures.plan
    days = (figures.ended.date() - plan.first_day).days + 1
    yield (
        f"Seed {plan.seed}: {plan.cases} reports in {plan.days} days from {plan.first_day} on,"
        f" {figures.offices} offices; the last callback was settled on day {days}."
        f" {figures.calls} calls came in, {figures.webhooks} webhooks were sent,"
        f" {len(figures.faults)} promises were broken."
    )


def _waits(figures: Figures) -> Iterator[str]:
    yield WAITS
    yield "| --- " + "| ---: " * 10 + "|"
    for one in figures.waits:
        cells = [one.severity, str(one.cases), str(one.promised)]
        cells += [span(percentile(one.to_ring, part)) for part in PARTS]
        cells += [span(percentile(one.to_reached, part)) for part in PARTS]
        count = len(one.to_reached)
        cells += [str(count), f"{100 * one.late / count:.0f} %" if count else "–"]
        yield _row(cells)


def _outcomes(figures: Figures) -> Iterator[str]:
    yield "| what became of a callback | callbacks |"
    yield "| --- | ---: |"
    for name, count in figures.outcomes.items():
        yield _row([name.replace("_", " "), str(count)])


def _rings(figures: Figures) -> Iterator[str]:
    yield "| outcome of an attempt | attempts |"
    yield "| --- | ---: |"
    for name, count in figures.attempts.items():
        yield _row([name.replace("_", " "), str(count)])
    rung = max(figures.callbacks, 1)
    yield ""
    yield (
        f"{figures.callbacks} callbacks rang: {figures.operator_rings / rung:.1f} rings at an"
        f" operator and {figures.caller_rings / rung:.1f} at the caller each."
        f" At most {max(figures.by_hour.values(), default=0)} callers were rung in one hour."
    )
    yield ""
    told = (f"{name} {count}" for name, count in figures.trouble.items())
    yield f"The telephone company and the broker had these days: {', '.join(told)}."


def _offices(figures: Figures) -> Iterator[str]:
    yield "| office | rings | people | callbacks | rings at operators | at once | reached | late |"
    yield "| --- | --- " + "| ---: " * 6 + "|"
    for one in sorted(figures.loads, key=lambda load: (-load.callbacks, load.code))[:15]:
        numbers = (one.people, one.callbacks, one.rings, one.at_once, one.reached, one.late)
        yield _row([one.code, one.mode.replace("_", " "), *map(str, numbers)])
    yield ""
    idle = sum(not one.callbacks for one in figures.loads)
    yield f"The fifteen busiest offices; {idle} had no callback at all."


def _notices(figures: Figures) -> Iterator[str]:
    yield "| channel | class | sent |"
    yield "| --- | --- | ---: |"
    for (channel, kind), count in figures.sent.items():
        yield _row([channel, kind, str(count)])
    yield ""
    yield "| told because something was late | notices |"
    yield "| --- | ---: |"
    for level in LEVELS:
        late = [name for name in figures.told if name.endswith(f"_{level}")]
        yield _row([level.replace("_", " "), str(sum(figures.told[one] for one in late))])


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
