"""Commands that ask the cases: `route replay`."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from cases.replay import Move, replay
from core import runtime
from core.clock import now
from core.database import reading
from core.zones import bangkok
from routing.rule_commands import good_rules, route_group

COMMANDS: tuple[click.Command, ...] = (route_group,)


@route_group.command("replay")
@with_appcontext
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--last", default=100, show_default=True, type=click.IntRange(1, 100_000))
def replay_rules(file: Path, last: int) -> None:
    """Say which of the newest cases the rules of FILE would send elsewhere, and why.

    Nothing is written.
    """
    found = good_rules(file)
    practice = runtime.current().settings.is_practice
    with reading() as session:
        tried = replay(session, found.rules, last=last, now=now(), around_clock=practice)
    for move in tried.moves:
        _print(move)
    click.echo(f"{len(tried.moves)} of {tried.cases} cases would move.")


def _print(move: Move) -> None:
    opened = bangkok(move.opened_at).strftime("%Y-%m-%d %H:%M")
    click.echo(f"{move.reference}  {opened}  {move.before} -> {move.after}")
    for step in move.new:
        click.echo(f"  + {step.th} / {step.en}")
    for step in move.gone:
        click.echo(f"  - {step.th} / {step.en}")
