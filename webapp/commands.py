"""Commands that touch every floor: `cases show`, and the practice telephone."""

import click
from flask.cli import AppGroup

from core.commands import practice_commands
from core.database import reading, transaction
from core.errors import HotlineError, NotFoundError
from webapp.case_text import describe
from webapp.practice_data import seed
from webapp.practice_phone import phone_group

cases_group = AppGroup("cases", help="What was reported.")
COMMANDS: tuple[click.Command, ...] = (cases_group, phone_group)


@practice_commands.command("seed")
def practice_seed() -> None:
    """Load the public offices and the made-up people of the practice service."""
    try:
        with transaction() as session:
            seed(session)
    except HotlineError as error:
        raise click.ClickException(str(error)) from None


@cases_group.command("show")
@click.argument("reference")
def show(reference: str) -> None:
    """Show a case: what, where, its office and why, what comes next, callbacks, recordings."""
    try:
        with reading() as session:
            click.echo(describe(session, reference))
    except NotFoundError as error:
        raise click.ClickException(str(error)) from None
