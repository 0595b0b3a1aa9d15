"""Listening by the command line: a reason first, a trace before the first sound."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import reading, transaction
from recordings import playing, queries, tasks
from recordings.commands import recordings_group
from recordings.models import RecordingAccess
from tests.recordings.conftest import NOW, Service
from tests.recordings.media_server import MediaServer, Reply, wav

REASON = "asked for by the child's lawyer"
Command = Callable[..., Result]


@pytest.fixture
def command() -> Command:
    """Runs `./hotline recordings …`."""
    app = Flask("recordings")
    app.cli.add_command(recordings_group)
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=["recordings", *map(str, words)])


@pytest.fixture
def stored(service: Service) -> int:
    """A recording that has come home."""
    recording_id = service.register() or 0
    tasks.take(recording_id)
    return recording_id


def _traces(session: Session) -> list[RecordingAccess]:
    return list(session.scalars(select(RecordingAccess).order_by(RecordingAccess.id)))


@pytest.mark.backends("postgresql", "sqlite")
def test_a_recording_is_played_out_with_a_reason_and_leaves_a_trace(
    stored: int, command: Command, tmp_path: Path
) -> None:
    """The very bytes that the provider had, and who took them, when and why."""
    target = tmp_path / "out.wav"
    result = command("export", stored, "--reason", REASON, "--to", target)
    assert (result.exit_code, target.read_bytes()) == (0, wav())
    with reading() as session:
        [trace] = _traces(session)
        assert (trace.recording_id, trace.action, trace.reason) == (stored, "export", REASON)
        assert trace.actor.startswith("shell:")


def test_the_file_is_for_its_owner_alone(stored: int, command: Command, tmp_path: Path) -> None:
    """Whatever the umask says."""
    before = os.umask(0)
    try:
        command("export", stored, "--reason", REASON, "--to", tmp_path / "out.wav")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out.wav").stat().st_mode) == 0o600


@pytest.mark.parametrize("reason", ["", "  ", "because", "xxxxxxxxxxxxxxxxxxxx"])
def test_without_a_reason_nothing_is_played(
    stored: int, command: Command, tmp_path: Path, reason: str
) -> None:
    """A few words are needed; then there is neither file nor trace."""
    target = tmp_path / "out.wav"
    result = command("export", stored, "--reason", reason, "--to", target)
    assert (result.exit_code, target.exists()) == (1, False)
    with reading() as session:
        assert _traces(session) == []


def test_the_reason_may_not_be_left_out(stored: int, command: Command, tmp_path: Path) -> None:
    """Wrong use of the command."""
    assert command("export", stored, "--to", tmp_path / "out.wav").exit_code == 2


@pytest.mark.parametrize("kind", ["file", "link to nowhere"])
def test_a_file_that_is_there_is_not_overwritten(
    stored: int, command: Command, tmp_path: Path, kind: str
) -> None:
    """Nor is a link followed; nothing was heard, so no trace is left."""
    target = tmp_path / "out.wav"
    if kind == "file":
        target.write_text("mine")
    else:
        target.symlink_to(tmp_path / "elsewhere")
    result = command("export", stored, "--reason", REASON, "--to", target)
    assert result.exit_code == 1
    assert not (tmp_path / "elsewhere").exists()
    assert kind != "file" or target.read_text() == "mine"
    with reading() as session:
        assert _traces(session) == []


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_file_that_appears_at_the_last_moment_is_not_overwritten(
    tmp_path: Path, kind: str
) -> None:
    """The look before is a courtesy; the file system has the last word."""
    target, elsewhere = tmp_path / "out.wav", tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    if kind == "file":
        elsewhere.rename(target)
    else:
        target.symlink_to(elsewhere)
    with pytest.raises(FileExistsError):
        playing.write_new_file(target, iter([b"sound"]))
    assert target.read_text() == "mine"


def test_no_trace_no_sound(stored: int, command: Command, tmp_path: Path) -> None:
    """The audit cannot be written: the export fails closed (F17)."""
    with transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE recording_accesses RENAME TO hidden")
    try:
        result = command("export", stored, "--reason", REASON, "--to", tmp_path / "out.wav")
    finally:
        with transaction() as session:
            session.connection().exec_driver_sql("ALTER TABLE hidden RENAME TO recording_accesses")
    assert result.exit_code != 0
    assert not (tmp_path / "out.wav").exists()


def test_a_damaged_copy_leaves_no_file_behind(
    service: Service, stored: int, command: Command, tmp_path: Path
) -> None:
    """Not even the part that did open; the trace of the attempt stays."""
    [copy] = service.copies()
    copy.write_bytes(copy.read_bytes()[:-1])
    result = command("export", stored, "--reason", REASON, "--to", tmp_path / "out.wav")
    assert (result.exit_code, (tmp_path / "out.wav").exists()) == (1, False)
    assert "damaged" in result.output
    with reading() as session:
        assert len(_traces(session)) == 1


def test_a_copy_that_is_gone_is_said_plainly(
    service: Service, stored: int, command: Command, tmp_path: Path
) -> None:
    """No file, no stack of errors."""
    service.copies()[0].unlink()
    result = command("export", stored, "--reason", REASON, "--to", tmp_path / "out.wav")
    assert (result.exit_code, (tmp_path / "out.wav").exists()) == (1, False)
    assert "Error: no file was written" in result.output


@pytest.mark.parametrize("what", ["unknown", "registered", "absent"])
def test_what_does_not_rest_here_cannot_be_played(
    service: Service, command: Command, tmp_path: Path, what: str
) -> None:
    """And the answer says why."""
    status = {"unknown": "paused", "registered": "completed", "absent": "absent"}[what]
    recording_id = service.register(status=status) or 4711
    target = tmp_path / "out.wav"
    result = command("export", recording_id, "--reason", REASON, "--to", target)
    assert (result.exit_code, target.exists()) == (1, False)
    assert ("no such recording" if what == "unknown" else what) in result.output


def test_a_folder_that_is_not_there_is_said_plainly(
    stored: int, command: Command, tmp_path: Path
) -> None:
    """The file cannot be made."""
    result = command("export", stored, "--reason", REASON, "--to", tmp_path / "no" / "out.wav")
    assert result.exit_code == 1
    assert "Error: no file was written" in result.output


def test_the_recordings_of_a_case_are_listed(service: Service, command: Command) -> None:
    """Also the absent one; times as people in Thailand read them."""
    first = service.register()
    second = service.register(recording_sid=None, status="absent", duration_s=None)
    lines = [line.split("\t") for line in command("list", "123456782").output.splitlines()]
    assert lines == [
        [str(first), "registered", "4 s", "2026-06-01 16:00:00", ""],
        [str(second), "absent", "-", "2026-06-01 16:00:00", ""],
    ]


def test_an_unknown_reference_is_said_so(service: Service, command: Command) -> None:
    """Not an empty list, which would look like a case without recordings."""
    result = command("list", "999999999")
    assert result.exit_code == 1
    assert "no such case" in result.output
    assert command("list", "123456782").output == ""


def test_a_failed_recording_is_asked_for_again(
    service: Service, media: MediaServer, command: Command
) -> None:
    """By a person, when what was wrong has been put right."""
    recording_id = service.register() or 0
    with transaction() as session:
        row = queries.by_id(session, recording_id)
        row.state, row.due_at, row.tries = "failed", None, 12
    media.replies = [Reply(body=wav())]
    assert command("retry", recording_id).exit_code == 0
    tasks.take(recording_id)
    assert service.row(recording_id).state == "stored"


def test_what_cannot_be_had_again_is_said_so(stored: int, command: Command) -> None:
    """Unknown, or deleted at the provider."""
    tasks.delete_upstream(stored)
    assert command("retry", stored).exit_code == 1
    assert command("retry", 4711).exit_code == 1


def test_an_access_is_traced_at_its_own_moment(stored: int, command: Command) -> None:
    """Three exports are three traces, none of them before the recording began."""
    for number in range(3):
        command("export", stored, "--reason", REASON, "--to", f"/proc/none/{number}")
    with reading() as session:
        moments = [trace.at for trace in _traces(session)]
    assert len(moments) == 3
    assert moments == sorted(moments)
    assert moments[0] > NOW
