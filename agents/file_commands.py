"""`staff load` and `staff export`: people and committees as files, tried before applied."""

from pathlib import Path

import click
from sqlalchemy import true

from agents.differences import ADDED, CHANGED, REMOVED, Difference, Field
from agents.people_files import (
    COMMITTEE_COLUMNS,
    PEOPLE_COLUMNS,
    PHONE,
    as_csv,
    committee_rows,
    load,
    people_rows,
)
from agents.profiles import note_change
from core.clock import now
from core.database import transaction, trial
from core.errors import HotlineError
from routing.csv_tables import LoadRefused

SIGNS = {ADDED: "+", CHANGED: "~", REMOVED: "-"}


@click.command("load")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def load_people(file: Path, *, dry_run: bool) -> None:
    """Load a CSV file of people or of committees and say what it changes."""
    try:
        with trial() if dry_run else transaction() as session:
            tried = load(session, file.name, file.read_bytes())
    except LoadRefused as refused:
        for refusal in refused.refusals:
            click.echo(str(refusal), err=True)
        raise click.ClickException("Nothing was loaded.") from None
    except HotlineError as error:
        raise click.ClickException(str(error)) from None
    _say(tried.difference)


@click.command("export")
@click.argument("what", type=click.Choice(("people", "committees")))
@click.option("--phones", is_flag=True, help="With telephone numbers.")
def export_people(what: str, *, phones: bool) -> None:
    """Write everybody, or every standing committee, to standard output as CSV."""
    with transaction() as session:
        if what == "people":
            found = people_rows(session, true(), with_phones=phones)
            columns = tuple(one for one in PEOPLE_COLUMNS if phones or one != PHONE)
        else:
            found, columns = committee_rows(session, true()), COMMITTEE_COLUMNS
        told = {"what": what, "rows": len(found), "phones": phones}
        note_change(session, "exported", staff_id=None, actor_id=None, now=now(), **told)
    click.echo(as_csv(columns, found.values()), nl=False)


def _say(difference: Difference) -> None:
    """One line for each row that changes; of a telephone the last two digits."""
    for one in difference.changes:
        fields = ", ".join(map(_told, one.fields))
        click.echo(f"{SIGNS[one.kind]} {' '.join(one.key)}: {fields}")
    counts = ", ".join(f"{difference.count(kind)} {kind}" for kind in SIGNS)
    click.echo(f"{counts}, {difference.unchanged} as before")


def _told(field: Field) -> str:
    old, new = (_shown(field.column, value) for value in (field.old, field.new))
    return f"{field.column}: {old} -> {new}"


def _shown(column: str, value: str) -> str:
    if not value:
        return "-"
    return f"••••{value[-2:]}" if column == PHONE else value
