"""How often, how fast and how late callbacks are made: figures that the ministry may change."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from core import yaml_text

POLICY_FILE = Path(__file__).parent / "data" / "callbacks.yaml"


@dataclass(frozen=True)
class Policy:
    """The figures of data/callbacks.yaml, where each is explained; times in seconds."""

    operator_ring_s: int
    caller_ring_s: int
    talk_limit_s: int
    lease_s: int
    margin_s: int
    max_tries: int
    max_tries_a_day: int
    max_rounds: int
    furthest_day: int
    spacing_s: dict[str, dict[str, int]]
    nobody_on_duty_s: dict[str, int]
    all_talking_s: int
    round_pauses_s: tuple[int, ...]
    max_refusals: int
    busy_wait_s: int
    max_busy: int
    shut_out_wait_s: int
    unknown_wait_s: int
    look_every_s: int
    max_looks: int
    grace_s: int
    talk_check_s: int
    escalate_every_s: dict[str, int]
    head_start_s: dict[str, int]
    climb_s: dict[str, dict[str, int]]
    rings_a_second: int
    dials_a_sweep: int
    checks_a_sweep: int
    escalations_a_sweep: int


def load_policy(path: Path) -> Policy:
    """The policy in a file; pydantic's ValidationError names what is missing or no number."""
    raw: dict[str, Any] = yaml_text.load(path.read_text(encoding="utf-8"))
    return TypeAdapter(Policy).validate_python(raw)


@cache
def current_policy() -> Policy:
    """The policy in force."""
    return load_policy(POLICY_FILE)
