"""The provider's copy goes only when ours rests whole, and then it goes for certain."""

import hashlib

import pytest
import time_machine

from core.database import transaction
from recordings import queries, services, taking, tasks
from tests.recordings.conftest import NOW, Service
from tests.recordings.media_server import MediaServer, Reply, wav
from tests.recordings.working import TRIES, take, take_until_settled


def test_the_provider_is_asked_to_delete_only_what_rests_here_whole(
    service: Service, media: MediaServer
) -> None:
    """At the moment of the request the copy is on the disk and opens."""
    found = []
    recording_id = service.register() or 0

    def look() -> None:
        row = service.row(recording_id)
        taking.check_copy(recording_id, row.path or "", hashlib.sha256(wav()).hexdigest())
        found.append((row.state, row.sha256))

    media.before_delete = look
    take(recording_id)
    assert found == [("stored", hashlib.sha256(wav()).hexdigest())]


@pytest.mark.parametrize("damage", ["changed", "cut", "gone"])
def test_a_damaged_copy_keeps_the_providers(
    service: Service, media: MediaServer, damage: str
) -> None:
    """Found before the request to delete; the recording stays at the provider, people are told."""
    recording_id = service.register()
    with time_machine.travel(NOW):
        tasks.take(recording_id)
    [copy] = service.copies()
    sealed = copy.read_bytes()
    copy.write_bytes(sealed[:-70000] if damage == "cut" else bytes([1]) + sealed[1:])
    if damage == "gone":
        copy.unlink()
    tries = take_until_settled(service, recording_id)
    row = service.row(recording_id)
    assert (tries, row.state, row.upstream_deleted_at) == (TRIES, "stored", None)
    assert media.statuses("DELETE") == []
    assert service.told() == ["recording_stored", "recording_delayed"]
    with transaction() as session:
        services.ask_again(session, queries.by_id(session, recording_id or 0), now=NOW)
    take(recording_id)
    assert media.statuses("DELETE") == [204]
    assert [path.name for path in service.copies()] == [copy.name]


def test_a_copy_that_the_provider_has_deleted_already_is_done(
    service: Service, media: MediaServer
) -> None:
    """404 is what was wanted."""
    recording_id = service.register()
    with time_machine.travel(NOW):
        tasks.take(recording_id)
        media.is_there = False
        tasks.delete_upstream(recording_id)
    assert service.row(recording_id).upstream_deleted_at is not None
    assert media.statuses("DELETE") == [404]


@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_deletion_that_did_not_work_is_asked_for_until_it_does(
    service: Service, media: MediaServer, status: int
) -> None:
    """Stored stays stored, however long the provider refuses."""
    media.delete_status = status
    recording_id = service.register()
    take_until_settled(service, recording_id)
    row = service.row(recording_id)
    assert (row.state, row.upstream_deleted_at) == ("stored", None)
    media.delete_status = 204
    take(recording_id, row.due_at or NOW)
    assert service.row(recording_id).upstream_deleted_at is not None
    assert media.statuses("GET") == [200]


def test_storage_that_is_not_there_keeps_the_providers_copy(
    service: Service, media: MediaServer
) -> None:
    """A file stands where the folder should be; when it is gone all goes on."""
    service.folder.write_text("in the way")
    recording_id = service.register()
    take(recording_id)
    row = service.row(recording_id)
    assert (row.state, row.reason, media.statuses("DELETE")) == ("registered", "storage", [])
    service.folder.unlink()
    take(recording_id, row.due_at or NOW)
    assert service.row(recording_id).upstream_deleted_at is not None


def test_a_failed_recording_that_a_person_asks_for_again_is_taken(
    service: Service, media: MediaServer
) -> None:
    """After what was refused was put right, say."""
    media.replies = [Reply(400)]
    recording_id = service.register() or 0
    take_until_settled(service, recording_id)
    media.replies = [Reply(body=wav())]
    with transaction() as session:
        services.ask_again(session, queries.by_id(session, recording_id), now=NOW)
    take(recording_id)
    assert service.row(recording_id).state == "stored"
