"""When to warn: the figures of data/warnings.yaml, read once per process."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from core import yaml_text

FILE = Path(__file__).parent / "data" / "warnings.yaml"


@dataclass(frozen=True)
class WarningKind:
    """How grave a kind of warning is, and whether the office's heads are told."""

    weight: int
    tells: bool


@dataclass(frozen=True)
class WarningPolicy:
    """All of warnings.yaml, where each figure is explained."""

    fewest_operators: int
    failures_in_a_row: int
    failure_days: int
    report_days: int
    reports: int
    usual_weeks: int
    usual_fewest: int
    silent_days: int
    busy_times: int
    busy_fewest: int
    idle_days: int
    ahead_days: int
    most_of_a_kind: int
    most_subjects: int
    most_reports: int
    kinds: dict[str, WarningKind]


@cache
def current_warning_policy() -> WarningPolicy:
    """The policy in force; pydantic's ValidationError names what is missing or no number."""
    raw: dict[str, Any] = yaml_text.load(FILE.read_text(encoding="utf-8"))
    return TypeAdapter(WarningPolicy).validate_python(raw)
