"""The command line about recordings: list them, take one out to a file, ask for one again."""

import os
from pathlib import Path

import click
from flask.cli import AppGroup

from core.clock import now
from core.crypto import SealBroken
from core.database import reading, transaction
from core.errors import BadInput, NotFoundError
from core.queue import enqueue
from core.shell import shell_actor
from core.zones import bangkok
from recordings import playing, queries, services
from recordings.errors import IllegalMove
from recordings.models import Recording
from recordings.storage import StorageTrouble

recordings_group = AppGroup("recordings", help="Sealed recordings of what callers said.")


@recordings_group.command("list")
@click.argument("reference")
def list_recordings(reference: str) -> None:
    """Show the recordings of a case: id, state, seconds, when it began."""
    with reading() as session:
        rows = queries.of_reference(session, reference)
        if rows is None:
            raise click.ClickException("there is no such case")
        for row in rows:
            click.echo(_line(row))


@recordings_group.command("export")
@click.argument("recording_id", type=int)
@click.option("--reason", required=True, help="Why it is listened to; kept with your name.")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), help="A new file.")
def export(recording_id: int, reason: str, target: Path) -> None:
    """Play a recording out to a new file (WAV); the reason and who asked are kept for ever."""
    if os.path.lexists(target):
        raise click.ClickException(f"{target} exists already and is not overwritten")
    access = playing.Access(actor=shell_actor(), reason=reason, action="export")
    try:
        # The trace is committed first: no trace, no sound.
        with transaction() as session:
            recording = playing.trace_access(session, recording_id, access, now=now())
        audio = playing.opening(recording.id, recording.path or "")
        size = playing.write_new_file(target, audio)
    except (BadInput, NotFoundError) as error:
        raise click.ClickException(str(error)) from None
    except SealBroken:
        raise click.ClickException("the stored copy is damaged; no file was written") from None
    except StorageTrouble as error:
        raise click.ClickException(f"no file was written: {type(error).__name__}") from None
    click.echo(f"{target}: {size} bytes")


@recordings_group.command("retry")
@click.argument("recording_id", type=int)
def retry(recording_id: int) -> None:
    """Ask the provider once more for a recording that failed or whose copy is damaged."""
    try:
        with transaction() as session:
            recording = queries.by_id(session, recording_id)
            services.ask_again(session, recording, now=now())
            enqueue(session, services.TAKE, recording_id)
    except (IllegalMove, NotFoundError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"recording {recording_id} will be taken")


def _line(row: Recording) -> str:
    seconds = "-" if row.duration_s is None else f"{row.duration_s} s"
    began = f"{bangkok(row.started_at):%Y-%m-%d %H:%M:%S}"
    return "\t".join((str(row.id), row.state, seconds, began, row.reason or ""))
