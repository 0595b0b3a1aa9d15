"""Commands for the rules: `route rules show`, `check`, `publish`, `history`, `rollback`."""

from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from core.clock import now
from core.database import reading, transaction
from core.zones import bangkok
from routing.commands import route_group
from routing.directory import current_directory
from routing.rule_files import RuleFile, read_rule_file, write_rule_file
from routing.rule_versions import NoSuchVersion, history, publish, read_rules, roll_back

__all__ = ["good_rules", "route_group", "rules_group"]

# Who publishes, as timelines name those who are no person of the console.
ACTOR = "command"

rules_group = AppGroup("rules", help="Editable routing rules, in published versions.")
route_group.add_command(rules_group)

a_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def good_rules(file: Path) -> RuleFile:
    """The rules of a file; every fault goes to stderr in both languages and ends the command."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise click.ClickException(f"{file.name} cannot be read as UTF-8.") from None
    with reading() as session:
        found = read_rule_file(file.name, text, current_directory(session))
    for refusal in found.refusals:
        click.echo(f"{refusal.file}:{refusal.line}: {refusal.th} / {refusal.en}", err=True)
    if found.refusals:
        raise click.ClickException(f"{len(found.refusals)} faults in {file.name}.")
    return found


@rules_group.command("show")
@with_appcontext
@click.argument("number", required=False, type=click.IntRange(min=1))
def show(number: int | None) -> None:
    """Print a version, without NUMBER the one in force, as a file that can be published."""
    with reading() as session:
        book = read_rules(session, number=number)
        notes = {one.number: one.note for one in history(session)}
    if number and not book.version:
        raise click.ClickException(f"There is no version {number}.")
    click.echo(write_rule_file(book, notes.get(book.version, "")), nl=False)


@rules_group.command("check")
@with_appcontext
@a_file
def check(file: Path) -> None:
    """Say what is wrong with a file of rules, and publish nothing."""
    found = good_rules(file)
    click.echo(f"{file.name}: {len(found.rules)} rules, no fault.")


@rules_group.command("publish")
@with_appcontext
@a_file
def publish_file(file: Path) -> None:
    """Put the rules of a file in force, in place of all that were."""
    found = good_rules(file)
    with transaction() as session:
        number = publish(session, found.rules, now=now(), note=found.note, by=ACTOR)
    click.echo(f"Version {number}: {len(found.rules)} rules are in force.")


@rules_group.command("history")
@with_appcontext
def show_history() -> None:
    """List all versions, the newest first."""
    with reading() as session:
        versions = history(session)
    for one in versions:
        restored = f"  restores {one.restores}" if one.restores is not None else ""
        note = f"  {one.note}" if one.note else ""
        when = bangkok(one.published_at).strftime("%Y-%m-%d %H:%M")
        click.echo(f"{one.number}  {when}  {one.published_by}  {one.rules} rules{restored}{note}")


@rules_group.command("rollback")
@with_appcontext
@click.argument("number", required=False, type=click.IntRange(min=0))
def rollback(number: int | None) -> None:
    """Put an older version's rules in force again; 0 is the built-in tree alone.

    Without NUMBER it is the version before the newest.
    """
    try:
        with transaction() as session:
            made = roll_back(session, number, now=now(), by=ACTOR)
    except NoSuchVersion as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Version {made} is in force.")
