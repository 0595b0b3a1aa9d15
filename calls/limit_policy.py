"""When calls are kept short: the figures of data/limits.yaml, read once per process."""

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from calls.limit_rules import LimitPolicy
from core import yaml_text

FILE = Path(__file__).parent / "data" / "limits.yaml"


@cache
def current_limits() -> LimitPolicy:
    """The policy in force; pydantic's ValidationError names what is missing or no number."""
    raw: dict[str, Any] = yaml_text.load(FILE.read_text(encoding="utf-8"))
    return TypeAdapter(LimitPolicy).validate_python(raw)
