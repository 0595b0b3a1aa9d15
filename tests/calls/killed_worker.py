"""A worker in a process of its own that rings once, and dies where the test says."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from core.crashpoints import KILLED, VARIABLE
from core.runtime import Runtime
from tests.calls.ring_once import ring_once
from tests.support.apart import run_apart


def ring(
    what: str, row_id: int, moment: datetime, *, runtime: Runtime, rings: Path, crash_at: str = ""
) -> int:
    """Ring for a "callback", "handover" or "notice"; each ring is in a file; the exit status."""
    settings = runtime.settings
    environ = {
        "TELEPHONY": "practice",
        "VAR_DIR": str(settings.var_dir),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        VARIABLE: crash_at,
    }
    done = run_apart(ring_once, what, row_id, moment, rings, environ=environ)
    assert done.status in (0, KILLED), done.errors
    return done.status


def rings_in(path: Path) -> list[dict[str, Any]]:
    """The rings that were written down."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
