"""A recording is fetched once, checked, sealed, stored, and only then deleted at the provider."""

import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest

from core.database import reading, transaction
from recordings import claiming, playing, queries, taking, tasks
from tests.recordings.conftest import NOW, Service
from tests.recordings.media_server import SID, SPEECH, MediaServer, Reply, wav
from tests.recordings.working import TRIES, take, take_until_settled
from tests.support.servers import RedisServer
from tests.support.waiting import wait_for

BOTH = pytest.mark.backends("postgresql", "sqlite")


@BOTH
def test_a_recording_comes_home_and_leaves_the_provider(
    service: Service, media: MediaServer
) -> None:
    """One fetch, one sealed copy, one deletion, and the timeline says so."""
    recording_id = service.register()
    take(recording_id)
    row = service.row(recording_id)
    assert (row.state, row.size) == ("stored", len(wav()))
    assert row.sha256 == hashlib.sha256(wav()).hexdigest()
    assert (row.upstream_deleted_at is not None, row.due_at) == (True, None)
    assert (media.statuses("GET"), media.statuses("DELETE")) == ([200], [204])
    assert len(service.copies()) == 1
    assert service.told() == ["recording_stored"]


def test_the_sealed_copy_opens_to_the_recording_and_shows_nothing_of_it(service: Service) -> None:
    """Neither its bytes nor its name tell whose voice it is."""
    recording_id = service.register()
    take(recording_id)
    [copy] = service.copies()
    sealed = copy.read_bytes()
    assert not any(known in sealed for known in (SPEECH, b"RIFF", b"WAVE"))
    assert re.fullmatch(r"[0-9a-f]{32}\.sealed", copy.name)
    assert SID[2:] not in copy.name
    assert b"".join(playing.opening(recording_id or 0, copy.name)) == wav()


def test_the_folder_is_made_for_its_owner_alone(service: Service) -> None:
    """Nobody else on the machine may even see how many there are."""
    take(service.register())
    assert service.folder.stat().st_mode & 0o777 == 0o700


def test_nothing_in_the_clear_is_left_on_the_disk(service: Service, tmp_path: Path) -> None:
    """Not in the temporary place either."""
    take(service.register())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == service.copies()


@BOTH
def test_doing_it_again_does_nothing(service: Service, media: MediaServer) -> None:
    """Doubled nudges are normal."""
    recording_id = service.register()
    for minutes in (0, 0, 60):
        take(recording_id, NOW + timedelta(minutes=minutes))
    assert (media.statuses("GET"), media.statuses("DELETE")) == ([200], [204])


@BOTH
def test_a_recording_that_is_not_there_yet_is_waited_for(
    service: Service, media: MediaServer
) -> None:
    """404 for a minute, then the media (F39)."""
    media.replies = [Reply(404)] * 4 + [Reply(body=wav())]
    recording_id = service.register()
    assert take_until_settled(service, recording_id) == 5
    row = service.row(recording_id)
    assert row.upstream_deleted_at is not None
    assert row.upstream_deleted_at - NOW < timedelta(minutes=3)
    assert media.statuses("GET") == [404, 404, 404, 404, 200]
    assert media.statuses("DELETE") == [204]


BAD_MEDIA = {
    "never there": (Reply(404), "not_found"),
    "not understood": (Reply(400), "refused"),
    "no range": (Reply(416), "refused"),
    "zero bytes": (Reply(), "empty"),
    "a page": (Reply(body=b"<html>Sorry, try later</html>"), "not_audio"),
    "too short": (Reply(body=wav(1)), "wrong_length"),
    "too long": (Reply(body=wav(9)), "wrong_length"),
    "less than its head says": (Reply(body=wav(4, claimed=160000)), "wrong_length"),
    "a packed bomb of nothing": (Reply(body=b"\x1f\x8b" + bytes(99)), "not_audio"),
}


@pytest.mark.parametrize(("reply", "reason"), BAD_MEDIA.values(), ids=BAD_MEDIA.keys())
def test_what_cannot_be_taken_fails_where_people_see_it(
    service: Service, media: MediaServer, reply: Reply, reason: str
) -> None:
    """After all tries: failed, told on the timeline, kept at the provider, no copy of ours."""
    media.replies = [reply]
    recording_id = service.register()
    assert take_until_settled(service, recording_id) == TRIES
    row = service.row(recording_id)
    assert (row.state, row.reason, row.due_at) == ("failed", reason, None)
    assert service.told() == ["recording_delayed", "recording_failed"]
    assert media.statuses("DELETE") == []
    assert service.copies() == []


PASSING = {
    "too many requests": (Reply(429), "busy"),
    "server error": (Reply(503), "unknown"),
    "an account that is not let in": (Reply(401), "unknown"),
    "cut on the way": (Reply(body=wav(), headers={"Content-Length": "999999"}), "unknown"),
    "not what it says it is": (Reply(body=wav(), headers={"Content-Encoding": "gzip"}), "unknown"),
}


@pytest.mark.parametrize(("reply", "reason"), PASSING.values(), ids=PASSING.keys())
def test_trouble_on_the_way_is_never_the_end_of_a_recording(
    service: Service, media: MediaServer, reply: Reply, reason: str
) -> None:
    """Still asked for after every try of the policy; people know that it takes long."""
    media.replies = [reply]
    recording_id = service.register()
    assert take_until_settled(service, recording_id) == TRIES
    row = service.row(recording_id)
    assert (row.state, row.reason) == ("registered", reason)
    assert service.told() == ["recording_delayed"]
    media.replies = [Reply(body=wav())]
    take(recording_id, row.due_at or NOW)
    assert service.row(recording_id).state == "stored"


def test_a_body_without_end_is_cut_off(service: Service, media: MediaServer) -> None:
    """At one hundred megabytes, and nothing of it stays (reliability.md §4.2)."""
    media.replies = [Reply(body=wav(1, claimed=0), repeat_for_ever=True)]
    recording_id = service.register(duration_s=None)
    take(recording_id)
    row = service.row(recording_id)
    assert (row.state, row.reason) == ("registered", "too_large")
    assert 90 < media.endless_bytes / 2**20 < 130
    assert service.copies() == []


def test_a_redirect_to_another_host_is_not_followed(service: Service, media: MediaServer) -> None:
    """Neither with our password nor without."""
    elsewhere = MediaServer()
    target = f"{elsewhere.base}/2010-04-01/Accounts/x/Recordings/{SID}.wav"
    media.replies = [Reply(302, headers={"Location": target})]
    recording_id = service.register()
    take(recording_id)
    elsewhere.timeout = 0.2
    elsewhere.handle_request()
    elsewhere.server_close()
    assert elsewhere.asked == []
    assert service.row(recording_id).reason == "refused"


def test_the_whole_of_it_has_a_deadline(service: Service, tmp_path: Path) -> None:
    """However slowly it drips: what is late is asked for again."""
    recording_id = service.register() or 0
    with transaction() as session:
        claim = claiming.claim_take(session, recording_id, now=NOW)
    assert claim is not None
    with (tmp_path / "target").open("wb") as target, pytest.raises(taking.MediaRejected) as caught:
        taking.fetch_sealed(claim, target, deadline_s=0)
    assert caught.value.reason == "too_slow"


def test_a_recording_of_a_foreign_account_is_not_asked_for(
    service: Service, media: MediaServer
) -> None:
    """The provider and the account belong to the call."""
    recording_id = service.register(account_sid="AC" + "9" * 32)
    take(recording_id)
    assert service.row(recording_id).reason == "refused"
    assert media.asked == []


def test_the_sweep_finds_what_was_not_nudged_and_sends_ids_only(
    service: Service, redis_server: RedisServer
) -> None:
    """A lost message costs seconds, and the broker learns no name and no number."""
    redis_server.command("DEL", "celery")
    service.register()
    tasks.sweep()
    assert wait_for(lambda: redis_server.command("LLEN", "celery")) == 1
    message = bytes(redis_server.command("LINDEX", "celery", "0"))  # type: ignore[call-overload]
    assert tasks.TAKE.encode() in message
    assert SID.encode() not in message


def test_the_sweep_runs_every_few_seconds() -> None:
    """So that upstream is clean within a minute even when every nudge is lost."""
    assert tasks.SWEEPS[tasks.SWEEP] == 5.0


def test_what_is_at_work_or_done_is_not_swept(service: Service) -> None:
    """Due again only when the claim has run out."""
    recording_id = service.register() or 0
    with transaction() as session:
        claiming.claim_take(session, recording_id, now=NOW)
    with reading() as session:
        assert queries.due(session, NOW + timedelta(seconds=299)) == []
        assert queries.due(session, NOW + timedelta(seconds=300)) == [(recording_id, "registered")]
    take(recording_id, NOW + timedelta(seconds=300))
    with reading() as session:
        assert queries.due(session, NOW + timedelta(days=900)) == []
