"""Commands for notices: where an office is told, and which notices reached nobody."""

import click
from flask.cli import AppGroup

from agents.notice_queries import lost_deliveries
from agents.notices import OfficeAddress, set_office_address
from core.clock import now
from core.database import reading, transaction
from core.errors import HotlineError

notices_group = AppGroup("notices", help="What people and offices are told.")


@notices_group.command("office")
@click.argument("code")
@click.option("--email", help="The office's own mailbox.")
@click.option("--line-group", help="The id of its LINE group, C and 32 digits or letters.")
@click.option("--line-members", default=1, show_default=True, help="How many are in the group.")
def office(code: str, email: str | None, line_group: str | None, line_members: int) -> None:
    """Say where an office is told; what is left out is taken away."""
    address = OfficeAddress(email, line_group, line_members)
    try:
        with transaction() as session:
            set_office_address(session, code, address, now=now())
    except HotlineError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{code}: kept", err=True)


@notices_group.command("list")
def list_lost() -> None:
    """Show the notices that reached nobody, one line for each channel; references only."""
    with reading() as session:
        for one in lost_deliveries(session):
            told = f"{one.at:%Y-%m-%d %H:%M} {one.template} {one.reference or '-'} {one.receiver}"
            click.echo(f"{told} {one.channel} {one.state} {one.error_code or '-'}")
