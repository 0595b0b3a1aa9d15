"""Commands about the call flow."""

import click
from flask.cli import AppGroup

from ivr.versions import current_flow

ivr_group = AppGroup("ivr", help="The call flow.")
COMMANDS: tuple[click.Command, ...] = (ivr_group,)


@ivr_group.command("check")
def check() -> None:
    """Load the flow."""
    click.echo(f"{len(current_flow().nodes)} nodes")
