"""Signs of life: one row a process, however often it is heard of."""

import pytest
from sqlalchemy import select

from core import clock
from core.database import reading, transaction
from core.heartbeats import BEAT, WORKER, Heartbeat, beat, heartbeat, write_worker
from core.runtime import Runtime, configure

pytestmark = pytest.mark.backends("postgresql", "sqlite")


def seen() -> list[str]:
    """Names of the processes that were heard of."""
    with reading() as session:
        return sorted(session.scalars(select(Heartbeat.name)))


def test_the_task_and_the_workers_signal_each_write_their_row(runtime: Runtime) -> None:
    heartbeat()
    assert seen() == [BEAT]
    with transaction() as session:
        for _ in range(3):
            beat(session, WORKER, clock.now())
    assert seen() == [BEAT, WORKER]


def test_a_worker_outlives_a_database_that_is_away(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = {"database_url": "postgresql:///none?host=/nonexistent"}
    configure(runtime.settings.model_copy(update=absent))
    write_worker()
    assert "/nonexistent" not in capsys.readouterr().err
