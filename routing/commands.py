"""Commands for places and offices: `directory load`, `directory check`, `route explain`.

What a command answers goes to stdout, everything else to stderr; refused input ends with status 1.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext

from core.clock import now
from core.database import reading, transaction
from core.errors import HotlineError
from core.processes import ROOT
from routing import services
from routing.cells import moment
from routing.checks import summarise
from routing.csv_tables import LoadRefused
from routing.directory import Directory, current_directory, read_directory
from routing.importer import KINDS, Kind, load_files
from routing.loading import Counts
from routing.rules import Decision, Question, choose_office
from routing.vocabulary import AFFILIATIONS, HQ, LEVELS, PRIMARY_LEVEL

# The flow's menus call this level primary; its value is longer.
SPOKEN_LEVELS = {"primary": PRIMARY_LEVEL}

directory_group = AppGroup("directory", help="Places, offices and what each office serves.")
route_group = AppGroup("route", help="Which office a report goes to.")


def load_command(kinds: Sequence[Kind]) -> click.Command:
    """`directory load` for these kinds of file; a floor above passes its own besides ours."""

    @click.command("load")
    @with_appcontext
    @click.argument("files", nargs=-1, type=click.Path(path_type=Path))
    def load(files: tuple[Path, ...]) -> None:
        """Load CSV files, or without any the public tree of the country."""
        try:
            with transaction() as session:
                if files:
                    counts = load_files(session, files, kinds=kinds)
                else:
                    counts = services.load_public_tree(session, root=ROOT)
        except LoadRefused as refused:
            for refusal in refused.refusals:
                click.echo(str(refusal), err=True)
            raise click.ClickException("Nothing was loaded.") from None
        except HotlineError as error:
            raise click.ClickException(str(error)) from None
        click.echo(_counted(counts))

    return load


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


@route_group.command("explain")
@click.option("--group", "hazard_group", required=True, type=click.Choice(tuple("VARUX")))
@click.option("--type", "hazard_type", help="Hazard type, such as V3.")
@click.option("--district", "district_code", help="District code, four digits.")
@click.option("--province", "province_code", help="Province code, two digits.")
@click.option("--affiliation", type=click.Choice(AFFILIATIONS))
@click.option("--level", type=click.Choice((*LEVELS, *SPOKEN_LEVELS)))
@click.option("--staff-involved", is_flag=True, help="Staff of the office may be involved.")
@click.option("--at", type=IsoMoment(), help="As of this moment; now, if left out.")
@click.option("--json", "as_json", is_flag=True, help="JSON alone on stdout.")
def explain(*, as_json: bool, level: str | None, at: datetime | None, **known: Any) -> None:
    """Say which office a report would go to, and why."""
    level = SPOKEN_LEVELS.get(level or "", level)
    question = Question(level=level, at=at or now(), **known)
    with reading() as session:
        directory = current_directory(session)
    if not directory.offices:
        raise click.ClickException("The directory is empty: run `directory load` first.")
    decision = choose_office(question, directory)
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
