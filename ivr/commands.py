"""Commands for the call flow: `ivr check`, `ivr diagram`, `ivr prompts`."""

from pathlib import Path

import click
from flask.cli import AppGroup

from ivr.checker import check_source, size
from ivr.diagram import PAGE, mermaid, page
from ivr.loader import FLOW_FILE, load_flow
from ivr.prompt_list import prompt_lines, totals
from ivr.versions import current_flow

ivr_group = AppGroup("ivr", help="The call flow: what callers hear and where keys lead.")
COMMANDS: tuple[click.Command, ...] = (ivr_group,)


@ivr_group.command("check", with_appcontext=False)
@click.argument("file", default=FLOW_FILE, type=click.Path(exists=True, path_type=Path))
def check_flow(file: Path) -> None:
    """Say what is wrong with a flow file, where, and how to mend it; status 1 for any fault."""
    source = file.read_text(encoding="utf-8")
    faults = check_source(source)
    for fault in faults:
        click.echo(str(fault))
    if faults:
        raise click.ClickException(f"{len(faults)} faults in {file.name}.")
    nodes, ways = size(load_flow(source))
    click.echo(f"{file.name}: {nodes} nodes, {ways} edges, no fault.")


@ivr_group.command("diagram", with_appcontext=False)
@click.option("--write", is_flag=True, help="Write docs/call-flow.md anew.")
def draw_flow(*, write: bool) -> None:
    """Print the flow as a Mermaid flowchart, or write the page that shows it."""
    if write:
        PAGE.write_text(page(current_flow()), encoding="utf-8")
        click.echo(f"{PAGE.name} is written.", err=True)
    else:
        click.echo(mermaid(current_flow()), nl=False)


@ivr_group.command("prompts", with_appcontext=False)
def list_prompts() -> None:
    """List every prompt with its estimated length, and how long the usual calls take."""
    for line in prompt_lines(current_flow()):
        click.echo(str(line))
    for total in totals(current_flow()):
        click.echo(total)
