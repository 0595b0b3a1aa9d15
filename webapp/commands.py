"""Commands that touch every floor: `cases show`, and the practice telephone."""

import click
from flask.cli import AppGroup

from core import runtime
from core.commands import practice_commands
from core.database import reading, transaction
from core.errors import HotlineError, NotFoundError
from webapp.case_text import describe
from webapp.practice_data import password, seed, sign_ins
from webapp.practice_phone import phone_and_wait, phone_group
from webapp.practice_scene import set_scene

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


@practice_commands.command("scene")
def practice_scene() -> None:
    """Phone the practice service until a hand-over and a callback wait at the desks."""
    if not runtime.current().settings.is_practice:
        raise click.ClickException("only the practice service has made-up people")
    try:
        set_scene(phone_and_wait)
    except HotlineError as error:
        raise click.ClickException(str(error)) from None


@practice_commands.command("sign-ins")
def practice_sign_ins() -> None:
    """Print how the made-up people sign in at the console."""
    if not runtime.current().settings.is_practice:
        raise click.ClickException("only the practice service has made-up people")
    with reading() as session:
        found = sign_ins(session)
    click.echo(f"\nSign in at the console with the password {password()} as:")
    for email, role, office in found:
        click.echo(f"  {email:<36} {role:<15} {office}")


@cases_group.command("show")
@click.argument("reference")
def show(reference: str) -> None:
    """Show a case: what, where, its office and why, what comes next, callbacks, recordings."""
    try:
        with reading() as session:
            click.echo(describe(session, reference))
    except NotFoundError as error:
        raise click.ClickException(str(error)) from None
