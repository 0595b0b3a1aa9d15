"""Commands for people and tokens: `staff add`, `token add`; `directory load` learns of people and
`route explain` of the offices' hours."""

import sys
from datetime import datetime

import click
from flask.cli import AppGroup

from agents.committee_files import COMMITTEES
from agents.file_commands import export_people, load_people
from agents.hours import usual_hours
from agents.people import PEOPLE
from agents.person import Person
from agents.profile_words import POSTS
from agents.queries import has_on_call_people
from agents.roles import ROLES, SCOPES
from agents.services import add_staff, add_token
from agents.staffing import keep_on_call
from core import runtime
from core.clock import now
from core.database import transaction
from core.errors import HotlineError
from routing.commands import directory_group, explain_command, load_command, route_group
from routing.importer import KINDS
from routing.opening import UsualHours

staff_group = AppGroup("staff", help="The people who work with the hotline.")
token_group = AppGroup("token", help="Keys of outside programs to the API.")
COMMANDS: tuple[click.Command, ...] = (staff_group, token_group)

staff_group.add_command(load_people)
staff_group.add_command(export_people)
directory_group.add_command(load_command((*KINDS, PEOPLE, COMMITTEES)))


def _usual(at: datetime) -> UsualHours:
    return usual_hours(at, around_clock=runtime.current().settings.is_practice)


route_group.add_command(explain_command(_usual))


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
@click.option("--deputy/--no-deputy", default=None, help="A head operator who stands in.")
@click.option("--post", type=click.Choice(sorted(POSTS.keys())), help="The person's post.")
@click.option(
    "--undertaking-signed",
    type=click.DateTime(("%Y-%m-%d",)),
    help="The day on which the undertaking of secrecy was signed on paper; "
    "without it the person signs at the first sign-in.",
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(
    *, password_stdin: bool, undertaking_signed: datetime | None, **known: str | bool | None
) -> None:
    """Add a person with one role, or bring a known person up to date and add the role."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    signed = undertaking_signed.date() if undertaking_signed else None
    person = Person(**known, password=password, undertaking_signed=signed)  # type: ignore[arg-type]
    try:
        with transaction() as session:
            before = has_on_call_people(session)
            staff = add_staff(session, person, now=now())
            keep_on_call(session, before)
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
