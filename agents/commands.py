"""Commands for people and tokens: `staff add`, `token add`; `directory load` learns of people."""

import sys

import click
from flask.cli import AppGroup

from agents.people import PEOPLE
from agents.person import Person
from agents.roles import ROLES, SCOPES
from agents.services import add_staff, add_token
from core.clock import now
from core.database import transaction
from core.errors import HotlineError
from routing.commands import directory_group, load_command
from routing.importer import KINDS

staff_group = AppGroup("staff", help="The people who work with the hotline.")
token_group = AppGroup("token", help="Keys of outside programs to the API.")
COMMANDS: tuple[click.Command, ...] = (staff_group, token_group)

directory_group.add_command(load_command((*KINDS, PEOPLE)))


@staff_group.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--office", "office_code", required=True, help="Office code, such as ESA-4001.")
@click.option("--phone", help="Thai fixed or mobile number, such as +66810000001.")
@click.option(
    "--always-on-duty/--no-always-on-duty", default=None, help="On duty whatever the hour."
)
@click.option("--on-call/--no-on-call", default=None, help="On the hotline's on-call list.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(*, password_stdin: bool, **known: str | bool | None) -> None:
    """Add a person with one role, or bring a known person up to date and add the role."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    person = Person(**known, password=password)  # type: ignore[arg-type]
    try:
        with transaction() as session:
            staff = add_staff(session, person, now=now())
    except HotlineError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{staff.email}: {person.role} at {person.office_code}", err=True)


@token_group.command("add")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES))
def add_api_token(name: str, scopes: tuple[str, ...]) -> None:
    """Make an API token and print it, this once, alone on standard output."""
    try:
        with transaction() as session:
            plain = add_token(session, name, scopes, now=now())
    except HotlineError as error:
        raise click.ClickException(str(error)) from None
    click.echo(plain)
