"""Commands for places and offices: `directory load`, `check` and `export`, `route explain`; the
rules' own are in `routing.rule_commands`.

What a command answers goes to stdout, everything else to stderr; refused input ends with status 1.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext

from core.clock import now
from core.database import reading, transaction
from core.errors import HotlineError
from core.processes import ROOT
from routing import explaining, services
from routing.cells import moment
from routing.change_log import COMMAND, Author, told
from routing.checks import summarise
from routing.csv_tables import LoadRefused, read_tables
from routing.directory import Directory, read_directory
from routing.export import EXPORTS, export
from routing.importer import KINDS, Kind, load_files, plan_load, write_planned
from routing.loading import Change, Counts
from routing.opening import UsualHours
from routing.rules import Decision, Question
from routing.vocabulary import AFFILIATIONS, HQ, LANGUAGES, LEVELS, PRIMARY_LEVEL, SEVERITIES

# The flow's menus call this level primary; its value is longer.
SPOKEN_LEVELS = {"primary": PRIMARY_LEVEL}

directory_group = AppGroup("directory", help="Places, offices and what each office serves.")
route_group = AppGroup("route", help="Which office a report goes to.")


def load_command(kinds: Sequence[Kind]) -> click.Command:
    """`directory load` for these kinds of file; a floor above passes its own besides ours."""

    @click.command("load")
    @with_appcontext
    @click.argument("files", nargs=-1, type=click.Path(path_type=Path))
    @click.option("--dry-run", is_flag=True, help="Show what files would change; change nothing.")
    def load(files: tuple[Path, ...], *, dry_run: bool) -> None:
        """Load CSV files, or without any the public tree of the country."""
        if dry_run and not files:
            raise click.UsageError("--dry-run needs files")
        try:
            counts = _tried(files, kinds) if dry_run else _loaded(files, kinds)
        except LoadRefused as refused:
            for refusal in refused.refusals:
                click.echo(str(refusal), err=True)
            raise click.ClickException("Nothing was loaded.") from None
        except HotlineError as error:
            raise click.ClickException(str(error)) from None
        click.echo(_counted(counts))

    return load


def _loaded(files: Sequence[Path], kinds: Sequence[Kind]) -> dict[str, Counts]:
    with transaction() as session:
        if not files:
            return services.load_public_tree(session, root=ROOT)
        return load_files(session, files, kinds=kinds, by=Author(COMMAND, now()))


def _tried(files: Sequence[Path], kinds: Sequence[Kind]) -> dict[str, Counts]:
    """What the files would change, line by line on stdout; the session forgets it all."""
    with reading() as session:
        planned = plan_load(session, read_tables(files), kinds=kinds)
        if planned.refusals:
            raise LoadRefused(planned.refusals)
        for change in planned.changes:
            click.echo(_in_a_line(change))
        return write_planned(session, planned, by=None)


def _in_a_line(change: Change) -> str:
    before, after = told(change.before), told(change.after)
    name = " ".join(filter(None, (change.model.__tablename__, change.about, change.detail)))
    if before and after:
        fields = (f"{column}: {before[column]!s} > {after[column]!s}" for column in after)
        return f"~ {name}  {', '.join(fields)}"
    return f"{'+' if after else '-'} {name}"


def _counted(counts: dict[str, Counts]) -> str:
    return "\n".join(
        f"{what}: {count.added} added, {count.changed} changed, {count.removed} removed"
        for what, count in counts.items()
    )


directory_group.add_command(load_command(KINDS))


@directory_group.command("check")
def check() -> None:
    """Compare the directory with what is known of the country; status 1 when it is not whole."""
    try:
        with reading() as session:
            findings = services.check_directory(session, root=ROOT)
            summary = summarise(read_directory(session))
    except HotlineError as error:
        raise click.ClickException(str(error)) from None
    for finding in findings:
        click.echo(finding.en, err=True)
    if findings:
        raise click.ClickException(f"{len(findings)} findings.")
    click.echo(summary.en)


@directory_group.command("export")
@click.argument("kind", type=click.Choice(tuple(EXPORTS)))
def export_kind(kind: str) -> None:
    """Print all rows of a kind as a CSV file that `directory load` reads back."""
    with reading() as session:
        click.echo(export(session, kind), nl=False)


class IsoMoment(click.ParamType[datetime | None]):
    """An ISO date or time; without an offset it is Bangkok's."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime | None:
        """The moment, or the command's usage error."""
        try:
            return moment(value)
        except ValueError:
            self.fail(f"{value} is not an ISO date or time", param, ctx)


def explain_command(usual: Callable[[datetime], UsualHours | None]) -> click.Command:
    """`route explain` with the usual hours of offices, which a floor above knows."""

    @click.command("explain")
    @with_appcontext
    @click.option("--group", "hazard_group", required=True, type=click.Choice(tuple("VARUX")))
    @click.option("--type", "hazard_type", help="Hazard type, such as V3.")
    @click.option("--severity", type=click.Choice(SEVERITIES))
    @click.option("--district", "district_code", help="District code, four digits.")
    @click.option("--province", "province_code", help="Province code, two digits.")
    @click.option("--school", "school_office", help="The school's own code.")
    @click.option("--affiliation", type=click.Choice(AFFILIATIONS))
    @click.option("--level", type=click.Choice((*LEVELS, *SPOKEN_LEVELS)))
    @click.option("--language", type=click.Choice(LANGUAGES))
    @click.option("--staff-involved", is_flag=True, help="Staff of the office may be involved.")
    @click.option("--at", type=IsoMoment(), help="As of this moment; now, if left out.")
    @click.option("--json", "as_json", is_flag=True, help="JSON alone on stdout.")
    def explain(*, as_json: bool, level: str | None, at: datetime | None, **known: Any) -> None:
        """Say which office a report would go to, now or then, and why.

        Jurisdictions, rules and hours are those in force at the moment; offices and switches are
        as they are now.
        """
        at = at or now()
        level = SPOKEN_LEVELS.get(level or "", level)
        question = Question(level=level, at=at, usual=usual(at), **known)
        with reading() as session:
            found = explaining.explain(session, question)
        if not found.directory.offices:
            raise click.ClickException("The directory is empty: run `directory load` first.")
        _print(found.decision, found.directory, as_json=as_json)

    return explain


def _print(decision: Decision, directory: Directory, *, as_json: bool) -> None:
    answer = as_document(decision, directory)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    office = answer["office"]
    click.echo(f"{office['code']}  {office['name_th']}  {office['name_en']}")
    for step in decision.reasons:
        click.echo(f"- {step.rule}: {step.th} / {step.en}")
    if decision.candidates:
        click.echo(f"candidates: {' '.join(decision.candidates)}")
    if directory.rules.version:
        click.echo(f"rules: version {directory.rules.version}")


route_group.add_command(explain_command(lambda at: None))


def as_document(decision: Decision, directory: Directory) -> dict[str, Any]:
    """A decision as `route explain --json` prints it: office and reasons as in a case."""
    office = directory.office(decision.office_code)
    return {
        "office": {
            "code": decision.office_code,
            "name_th": office.name_th if office else HQ,
            "name_en": office.name_en if office else HQ,
        },
        "reasons": [{"rule": one.rule, "th": one.th, "en": one.en} for one in decision.reasons],
        "candidates": list(decision.candidates),
    }
