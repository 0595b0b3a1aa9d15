"""Commands of the ground floor: the schema, the whole service, the practice service."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from core import migrations, runtime, service
from core.errors import HotlineError, SettingsError
from core.processes import Process, die_with_parent
from core.settings import Settings
from core.supervisor import Stage, Supervisor

# The call of `make run`: bullying at a primary school in Ratsada (Trang), told and recorded, with a
# callback at any time and a PIN of our choice.
PRACTICE_CALL = ("phone", "call", "--to-the-end", "--keys", "2 1 1 1 1 1 92160 1 2 1 r5 * 3")

database_commands = AppGroup("db", help="The database's schema.")
practice_commands = AppGroup("practice", help="The practice service: nobody real is ever rung.")

parent_option = click.option(
    "--parent",
    type=int,
    help="Stop when this process, which must be the one that started us, ends.",
)


@database_commands.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest schema."""
    migrations.upgrade(runtime.current().settings.database_url)
    click.echo("The database is current.")


@database_commands.command("revision")
@click.argument("message")
def db_revision(message: str) -> None:
    """Draft the next migration from what the models say and a current database has not."""
    click.echo(migrations.draft(runtime.current().settings.database_url, message))


@click.command("serve")
@parent_option
def serve(parent: int | None) -> None:
    """Run the whole service from the environment until SIGTERM."""
    _follow(parent)
    settings = runtime.current().settings
    with _plain_errors():
        stages = service_stages(settings)
        service.refuse_taken_ports(settings.port, *_voice_port(settings))
        _check_database(settings)
    sys.exit(Supervisor(stages).run())


@practice_commands.command("run")
@parent_option
@click.option("--once", is_flag=True, help="End after the practice call.")
def practice_run(parent: int | None, once: bool) -> None:
    """Start everything on practice data, phone the hotline once and go on serving."""
    _follow(parent)
    settings = runtime.current().settings
    if not settings.is_practice:
        raise click.ClickException("TELEPHONY must be practice: real people would be rung")

    def go_on() -> bool:
        if not once:
            click.echo(
                f"\nThe console: http://127.0.0.1:{settings.port}/desk/ (Ctrl-C ends the service)"
            )
        return not once

    with _plain_errors():
        stages = practice_stages(settings)
        ports = (settings.port, *_voice_port(settings), settings.practice_port)
        service.refuse_taken_ports(*ports)
        migrations.upgrade(settings.database_url)
    sys.exit(Supervisor(stages).run(go_on))


def service_stages(settings: Settings) -> list[Stage]:
    """The broker first, then everything that works with it, last what people practise with."""
    return [service.valkey(settings), _workers(settings), _practice_beside(settings)]


def practice_stages(settings: Settings) -> list[Stage]:
    """The service with its practice provider and people, and one call once all of it works."""
    return [
        service.valkey(settings),
        [
            service.practice_provider(settings),
            service.step("people", "practice", "seed"),
            *_workers(settings, ready=partial(service.whole_service_answers, settings)),
        ],
        [service.step("call", *PRACTICE_CALL)],
        [service.step("scene", "practice", "scene")],
        [service.step("sign-ins", "practice", "sign-ins")],
    ]


def _workers(settings: Settings, ready: Callable[[], bool] | None = None) -> list[Process]:
    # Only practice waits for the worker: a dead broker must not keep the telephone silent.
    worker = replace(service.worker(), ready=ready)
    return [*service.web(settings), worker, service.beat(settings)]


def _practice_beside(settings: Settings) -> Stage:
    """What people practise with; real callers are answered though a stranger has its port."""
    beside = service.practice_beside(settings)
    try:
        service.refuse_taken_ports(*(settings.practice_port for _ in beside))
    except SettingsError as error:
        click.echo(f"PRACTICE_PORT: {error}. Starting without the practice phone.", err=True)
        return ()
    return beside


def _follow(parent: int | None) -> None:
    if parent is not None:
        die_with_parent(parent, signal.SIGTERM)


def _voice_port(settings: Settings) -> tuple[int, ...]:
    return () if settings.voice_port is None else (settings.voice_port,)


def _check_database(settings: Settings) -> None:
    """Fill an empty database; SettingsError when a filled one is behind."""
    engine = runtime.current().engine
    if migrations.is_empty(engine):
        migrations.upgrade(settings.database_url)
    elif not migrations.is_current(engine):
        raise SettingsError("A migration is due. Make a backup, then run: make migrate")
    engine.dispose()


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except HotlineError as error:
        raise click.ClickException(str(error)) from None
    except SQLAlchemyError as error:
        # The driver's own words may repeat the address with its password.
        reason = type(error).__name__
        raise click.ClickException(
            f"DATABASE_URL: the database does not answer ({reason})"
        ) from None


COMMANDS: tuple[click.Command, ...] = (database_commands, serve, practice_commands)
