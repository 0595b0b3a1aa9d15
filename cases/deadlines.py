"""The deadlines in force, read from `cases/data/deadlines.yaml` once per process."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

from agents.hours import holidays_around, office_hours
from cases.rules import Deadline, due_at

FILE = Path(__file__).parent / "data" / "deadlines.yaml"


@cache
def _deadlines() -> dict[str, Deadline]:
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        severity: Deadline(
            minutes=row.get("minutes"),
            working_days=row.get("working_days"),
            repeat_minutes=row["repeat_minutes"],
        )
        for severity, row in raw.items()
    }


def first_action_due(severity: str, opened_at: datetime) -> datetime:
    """By when the owning office must have acted first on a case of this severity."""
    holidays = holidays_around(opened_at)
    return due_at(opened_at, _deadlines()[severity], office_hours(), holidays)


def escalation_period(severity: str) -> timedelta:
    """How long the next level waits after one was told that the deadline has passed."""
    return timedelta(minutes=_deadlines()[severity].repeat_minutes)
