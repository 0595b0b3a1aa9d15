"""Killed anywhere, the work goes on: one stored copy and one deletion in the end (P10)."""

from datetime import timedelta

import pytest
import time_machine

from core.clock import now
from core.crashpoints import KILLED, VARIABLE
from core.database import reading
from recordings import playing, queries, tasks
from tests.recordings.conftest import Service
from tests.recordings.media_server import MediaServer, Reply, wav
from tests.recordings.run_one_recording import take_and_delete
from tests.support.apart import run_apart

BOTH = pytest.mark.backends("postgresql", "sqlite")
PLACES = (
    "media_fetched",
    "object_stored",
    "row_stored",
    "before_upstream_delete",
    "upstream_deleted",
)
BIG_S = 180


def _run(service: Service, recording_id: int, *more: int, crash_at: str = "") -> int:
    """The worker's two steps in a process of their own; gives its exit status."""
    environ = {**service.environment, VARIABLE: crash_at}
    done = run_apart(take_and_delete, recording_id, *more, environ=environ)
    assert done.status in (0, KILLED), done.errors
    return done.status


def _resume(service: Service, recording_id: int) -> None:
    """What the sweep finds after every claim has run out is done; then nothing is owed."""
    with time_machine.travel(now() + timedelta(minutes=6)):
        with reading() as session:
            assert [found for found, _ in queries.due(session, now())] == [recording_id]
        tasks.take(recording_id)
        tasks.delete_upstream(recording_id)
        with reading() as session:
            assert queries.due(session, now() + timedelta(days=1)) == []


@BOTH
@pytest.mark.parametrize("place", PLACES)
def test_a_worker_killed_anywhere_leaves_one_copy_and_one_deletion(
    service: Service, media: MediaServer, place: str
) -> None:
    """Nothing is deleted upstream before the copy is whole; nothing is stored twice."""
    recording_id = service.register() or 0
    assert _run(service, recording_id, crash_at=place) == KILLED
    assert media.is_there or len(service.copies()) == 1
    _resume(service, recording_id)
    row = service.row(recording_id)
    assert (row.state, row.upstream_deleted_at is not None) == ("stored", True)
    [copy] = service.copies()
    assert b"".join(playing.opening(recording_id, copy.name)) == wav()
    assert media.statuses("DELETE").count(204) == 1
    assert service.told() == ["recording_stored"]


def test_a_worker_that_is_not_killed_needs_no_second_one(
    service: Service, media: MediaServer
) -> None:
    """The same process, left alone."""
    recording_id = service.register() or 0
    assert _run(service, recording_id) == 0
    assert service.row(recording_id).upstream_deleted_at is not None
    assert (media.statuses("GET"), media.statuses("DELETE")) == ([200], [204])


def test_a_full_disk_keeps_the_providers_copy_until_there_is_room(
    service: Service, media: MediaServer
) -> None:
    """The system refuses to write that much; later it does not (F16)."""
    media.replies = [Reply(body=wav(BIG_S))]
    recording_id = service.register(duration_s=BIG_S) or 0
    assert _run(service, recording_id, 1_000_000) == 0
    row = service.row(recording_id)
    assert (row.state, row.reason) == ("registered", "storage")
    assert (media.is_there, service.copies()) == (True, [])
    _resume(service, recording_id)
    assert service.row(recording_id).upstream_deleted_at is not None
    assert media.statuses("DELETE") == [204]
