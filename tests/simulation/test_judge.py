"""The judge of simulated days sees each broken promise: else a simulation would prove nothing."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from calls.legs import CALLER, NOTICE
from calls.models import Callback
from core.processes import ROOT
from tests.simulation import judge, report
from tests.simulation.agenda import Agenda
from tests.simulation.country import Country, Place
from tests.simulation.figures import Figures, OfficeLoad, Waits, percentile, span
from tests.simulation.ledger import Ledger, Promise, Ring
from tests.simulation.reports import ANY_TIME, MORNING, NOW, THIS, Report
from tests.simulation.world import Plan

# Ten o'clock on a Friday in Thailand.
TEN = datetime(2026, 12, 4, 3, 0, tzinfo=UTC)
LINE, OTHER_LINE, SID = "+66810000100", "+66810000101", "CA" + "0" * 32
REPORT = Report(
    number=1,
    at=TEN,
    place=Place("ESA-9202", "9202", "92", "secondary"),
    hazard=("V", "V3"),
    danger=False,
    quiet=False,
    conflict="no",
    caller=LINE,
    wish=THIS,
    window=MORNING,
    other_number=None,
    habit="easy",
    call_s=60,
    by_telephone=False,
    rings_again=None,
    language="th",
)
CALLBACK = Callback(id=1, call_sid=SID, office_code="ESA-9202")
Change = Callable[[Ledger, Ring], object]


def _ledger() -> Ledger:
    """One callback that may ring this morning."""
    ledger = Ledger(Agenda(TEN), Country({}, {}, {}, (), {}, {}))
    since = TEN - timedelta(hours=1)
    ledger.promises[SID] = Promise(REPORT, LINE, MORNING, since, call_over=since)
    return ledger


def _ring(**more: object) -> Ring:
    ring = Ring(CALLER, LINE, TEN, None, callback=CALLBACK, attempt_id=7)
    return replace(ring, **more)  # type: ignore[arg-type]


def _found(ledger: Ledger, ring: Ring) -> list[str]:
    # None of these promises asks the database anything.
    return list(judge.faults(Session(), ledger, ring))


def test_a_ring_that_keeps_every_promise_is_no_fault() -> None:
    """Inside the window, after the call, the caller's own number, the first time."""
    assert _found(_ledger(), _ring()) == []


BROKEN: dict[str, Change] = {
    "outside": lambda _, ring: setattr(ring, "began", TEN + timedelta(hours=2)),
    "another number": lambda _, ring: setattr(ring, "number", OTHER_LINE),
    "before the caller's own call": lambda ledger, _: setattr(
        ledger.promises[SID], "call_over", TEN + timedelta(seconds=1)
    ),
    "never asked for it": lambda ledger, _: setattr(ledger.promises[SID], "window", None),
    "asked not to be": lambda ledger, _: ledger.stopped.update({LINE: TEN}),
    "twice in one attempt": lambda ledger, ring: ledger.once.add((CALLER, ring.attempt_id or 0)),
    "twice at once": lambda ledger, _: ledger.open_rings.update({"other": _ring()}),
    "more often on one day": lambda ledger, _: ledger.all_rings.extend([_ring()] * 3),
}


@pytest.mark.parametrize("words", BROKEN)
def test_each_broken_promise_is_seen(words: str) -> None:
    """The judge names what is wrong with a ring at a caller, and nothing else."""
    ledger, ring = _ledger(), _ring()
    BROKEN[words](ledger, ring)
    (fault,) = _found(ledger, ring)
    assert words in fault


@pytest.mark.parametrize(
    ("window", "hour", "allowed"),
    [
        (MORNING, 7, False),
        (MORNING, 8, True),
        (MORNING, 12, False),
        (ANY_TIME, 19, True),
        (ANY_TIME, 20, False),
        ("00:00-24:00", 20, False),
        (NOW, 3, True),
    ],
)
def test_the_window_ends_before_its_end_and_never_leaves_the_safe_hours(
    window: str, hour: int, allowed: bool
) -> None:
    """Thai hours; the "now" of a caller in danger is bound by nothing."""
    promise = Promise(REPORT, LINE, window, TEN)
    ring = _ring(began=TEN + timedelta(hours=hour - 10))
    assert judge.in_window(promise, ring) is allowed


def _waiting(severity: str, hours: float, *, immediate: bool = False) -> Callback:
    since = TEN - timedelta(hours=hours)
    return Callback(severity=severity, immediate=immediate, waiting_since=since)


@pytest.mark.parametrize(
    ("one", "ringing", "before"),
    [
        (_waiting("urgent", 1), _waiting("normal", 2), True),
        (_waiting("urgent", 1), _waiting("normal", 60), False),
        (_waiting("emergency", 0), _waiting("normal", 60), True),
        (_waiting("normal", 0, immediate=True), _waiting("emergency", 60), True),
        (_waiting("normal", 60), _waiting("urgent", 1), False),
        (_waiting("urgent", 2), _waiting("urgent", 1), False),
    ],
)
def test_who_is_graver_stands_before_who_has_not_grown_older_than_its_head_start(
    one: Callback, ringing: Callback, before: bool
) -> None:
    """Four hours for what is urgent; nothing passes danger."""
    assert judge.stands_before(one, ringing) is before


def _figures() -> Figures:
    waits = Waits("normal", 3, 3, (20.0, 4000.0), (20.0, 4000.0), 1)
    load = OfficeLoad("ESA-9202", "automatic", 3, 3, 4, 2, 1, 1)
    idle = OfficeLoad("ESA-9201", "nobody", 0, 0, 0, 0, 0, 0)
    return Figures(
        plan=Plan(cases=3, offices=2, days=1),
        offices=2,
        ended=TEN,
        calls=3,
        webhooks=40,
        waits=(waits,),
        outcomes={"done": 2, "withdrawn: no_call": 1},
        attempts={"reached": 2},
        callbacks=2,
        operator_rings=4,
        caller_rings=2,
        by_hour={(date(2026, 12, 4), 10): 2},
        loads=(load, idle),
        sent={("email", "normal"): 1},
        told={"overdue_head": 2, "callback_late_head": 1},
        trouble={"events lost": 1},
        faults=(),
    )


def test_figures_become_tables_and_whole_pictures() -> None:
    """Each table has its numbers; each picture is an SVG that names itself and what it tells."""
    tables = report.tables(_figures())
    assert "| normal | 3 | 3 | 1.1 h |" in tables
    assert "| head | 3 |" in tables
    for draw in report.PICTURES.values():
        tree = ET.fromstring(draw(_figures()))
        assert [child.tag.rpartition("}")[2] for child in tree][:2] == ["title", "desc"]


def test_the_paper_has_its_marks_and_its_pictures() -> None:
    """`make simulate ARGS=--write` finds where the figures go, and the paper shows each picture."""
    paper = report.PAPER.read_text(encoding="utf-8")
    assert all(mark in paper for mark in report.MARKS)
    for name in report.PICTURES:
        assert f"({name})" in paper
        assert ET.parse(ROOT / "docs" / name).getroot().tag.endswith("svg")


@pytest.mark.parametrize(
    ("told", "before", "is_news", "fault"),
    [
        ((7, "emergency"), 4, True, None),
        ((7, "emergency"), 5, True, "rung about a notice more often than allowed"),
        ((7, "emergency"), 0, False, "rung although the person had read it"),
        ((8, "emergency"), 0, True, "somebody is rung about a notice of somebody else"),
        ((7, "urgent"), 0, True, "rung about a notice that is no emergency"),
    ],
)
def test_a_ring_about_a_notice_is_judged_by_whom_it_was_owed_to_and_how_often_it_rang(
    told: tuple[int, str], before: int, is_news: bool, fault: str | None
) -> None:
    """Five rings are allowed; figures are those of agents/data/notices.yaml."""
    ring = Ring(NOTICE, LINE, TEN, 7, notice_ids=(1,))
    rows = [SimpleNamespace(recipient_staff_id=told[0], severity=told[1])]
    found = list(judge.about_notices(ring, rows, [ring] * before, is_news=is_news))
    assert found == ([fault] if fault else [])


@pytest.mark.parametrize(("part", "value"), [(0.5, 6), (0.9, 10), (0.99, 10)])
def test_a_percentile_is_one_of_the_values(part: float, value: float) -> None:
    """Nearest rank; of nothing there is none."""
    assert percentile(range(1, 11), part) == value
    assert percentile((), part) is None


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "–"), (5, "5 s"), (90, "1.5 min"), (5400, "1.5 h"), (1e5, "1.2 d")]
)
def test_spans_are_told_in_the_largest_fitting_unit(seconds: float | None, text: str) -> None:
    """Nobody reads 100,000 seconds."""
    assert span(seconds) == text
