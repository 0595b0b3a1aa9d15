"""Commands for the call flow: check it, draw it, list its prompts, publish it, go back."""

from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import AppGroup

from calls.flow_models import FlowRelease
from calls.flow_releases import all_releases
from core.clock import now
from core.database import reading, transaction
from core.errors import BadInput, NotFoundError
from core.shell import shell_actor
from core.zones import bangkok
from ivr import publishing
from ivr.checker import check_source, size
from ivr.diagram import PAGE, mermaid, page
from ivr.drawing import drawing
from ivr.faults import Fault
from ivr.loader import FLOW_FILE, load_flow
from ivr.prompt_files import coverage, file_faults, folder_in, library_of
from ivr.prompt_list import prompt_lines, totals
from ivr.studio_list import state_of, studio_list
from ivr.versions import built_in_source, current_flow

ivr_group = AppGroup("ivr", help="The call flow: what callers hear and where keys lead.")
COMMANDS: tuple[click.Command, ...] = (ivr_group,)
var_dir = click.option(
    "--var-dir",
    envvar="VAR_DIR",
    default="var",
    type=click.Path(path_type=Path),
    help="Where the folder of recorded prompts is.",
)


@ivr_group.command("check", with_appcontext=False)
@click.argument("file", default=FLOW_FILE, type=click.Path(exists=True, path_type=Path))
@var_dir
def check_flow(file: Path, var_dir: Path) -> None:
    """Say what is wrong with a flow file and its recordings, where, and how to mend it.

    The status is 1 for any fault.
    """
    source = file.read_text(encoding="utf-8")
    _tell_faults(check_source(source), file.name)
    flow, library = load_flow(source), library_of(folder_in(var_dir))
    _tell_faults(list(file_faults(library, flow)), "the recorded prompts")
    nodes, ways = size(flow)
    click.echo(f"{file.name}: {nodes} nodes, {ways} edges, no fault.")
    for told in coverage(library, flow):
        click.echo(told)


def _tell_faults(faults: Sequence[Fault], name: str) -> None:
    for fault in faults:
        click.echo(str(fault))
    if faults:
        raise click.ClickException(f"{len(faults)} faults in {name}.")


@ivr_group.command("diagram", with_appcontext=False)
@click.option("--write", is_flag=True, help="Write docs/call-flow.md anew.")
@click.option("--svg", is_flag=True, help="Print the drawing as SVG instead, for a browser.")
@click.option("--lang", default="th", show_default=True, help="Whose words the SVG shows.")
def draw_flow(lang: str, *, write: bool, svg: bool) -> None:
    """Print the flow as a Mermaid flowchart or as SVG, or write the page that shows it."""
    flow = current_flow()
    if lang not in flow.languages:
        raise click.UsageError(f"--lang is one of {', '.join(flow.languages)}")
    if svg:
        click.echo(drawing(flow, lang, title=flow.version))
    elif write:
        PAGE.write_text(page(flow), encoding="utf-8")
        click.echo(f"{PAGE.name} is written.", err=True)
    else:
        click.echo(mermaid(flow), nl=False)


@ivr_group.command("prompts", with_appcontext=False)
@click.option("--export", "target", type=click.Path(path_type=Path), help="A CSV for the studio.")
@var_dir
def list_prompts(target: Path | None, var_dir: Path) -> None:
    """List every prompt: estimated length, whether it is recorded, text; then the usual calls.

    With --export, write what can be recorded to a CSV file, each with the file that it becomes.
    """
    flow, library = current_flow(), library_of(folder_in(var_dir))
    if target is not None:
        # The mark at the beginning lets a spreadsheet read Thai.
        target.write_text(studio_list(library, flow), encoding="utf-8-sig", newline="")
        click.echo(f"{target} is written.", err=True)
        return
    for line in prompt_lines(flow):
        click.echo(f"{line.head}\t{state_of(line, library, flow)}\t{line.text}")
    for total in totals(flow):
        click.echo(total)


@ivr_group.command("publish")
@click.argument("file", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--builtin", is_flag=True, help="The flow that comes with this version of ours.")
@click.option("--note", required=True, help="What is new, for whoever reads the list.")
def publish(file: Path | None, note: str, *, builtin: bool) -> None:
    """Put a flow file in force for all calls that begin from now on; running calls keep theirs."""
    if builtin == (file is not None):
        raise click.UsageError("name a FILE or say --builtin")
    source = file.read_text(encoding="utf-8") if file else built_in_source()
    _tell_faults(check_source(source), file.name if file else "the built-in flow")
    try:
        with transaction() as session:
            release = publishing.publish(session, source, by=shell_actor(), note=note, now=now())
    except BadInput as error:
        raise click.ClickException(str(error)) from None
    click.echo(_in_force(release))


@ivr_group.command("rollback")
@click.argument("number", required=False, type=int)
@click.option("--note", default="", help="Why.")
def roll_back(number: int | None, note: str) -> None:
    """Put release NUMBER in force again; without one, the version before the present."""
    try:
        with transaction() as session:
            release = publishing.roll_back(session, number, by=shell_actor(), note=note, now=now())
    except (BadInput, NotFoundError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(_in_force(release))


@ivr_group.command("versions")
def list_versions() -> None:
    """List every release, the one in force first: number, version, when, who, note."""
    with reading() as session:
        releases = all_releases(session)
    for release in releases:
        click.echo(_line(release, in_force=release is releases[0]))
    built_in = current_flow().version
    published = any(release.version == built_in for release in releases)
    remark = "" if releases else "in force"
    click.echo(f"-\t{built_in}\tbuilt-in\t{'published' if published else remark}")


@ivr_group.command("show")
@click.argument("number", required=False, type=int)
def show_version(number: int | None) -> None:
    """Print the flow file of release NUMBER, or of the one in force: to change it, to compare."""
    try:
        with reading() as session:
            source = publishing.published_source(session, number)
    except NotFoundError as error:
        raise click.ClickException(str(error)) from None
    click.echo(source, nl=False)


def _in_force(release: FlowRelease) -> str:
    return f"release {release.id} is in force: {release.version}"


def _line(release: FlowRelease, *, in_force: bool) -> str:
    marks = []
    if in_force:
        marks.append("refused" if release.refused_at else "in force")
    if release.back_to:
        marks.append(f"back to {release.back_to}")
    at = f"{bangkok(release.at):%Y-%m-%d %H:%M:%S}"
    mark = ", ".join(marks) or "-"
    return "\t".join((str(release.id), release.version, at, release.by, mark, release.note))
