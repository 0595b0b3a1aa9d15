"""Loading CSV files into the directory: recognised by header, checked whole, then written.

Files are UTF-8 (Excel's mark allowed); columns in any order; `?` marks those that may be left out.

- offices: code, type, name_th, parent_code, name_en?, former_name_th?, province_code?,
  district_code?, active?, on?, phone?, cluster?, confirmed?, basis?
- schools: code, name_th, parent_code, name_en?, former_name_th?, affiliation?, level?,
  district_code?, postal_code?, active?, on?, phone?, cluster?, basis?
- jurisdictions: office_code, affiliation, level?, province_code?, district_code?, confirmed?,
  basis?, valid_from?, valid_to?
- districts: district_code, on, name_th?, province_th? (the last two are for people and not read)
- hours: office_code, weekday, from, to

Rows are added or, by code, changed; a column left out stays as it is. One bad line (a cycle, an
orphan, a duplicate, a bad code) refuses everything. What the files would change is worked out
before anything is written, so that it can be shown first. Floors above add kinds of their own by
passing more of them to `load_files`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session

from routing.change_log import Author, record
from routing.csv_tables import LoadRefused, Reading, Refusal, Table, read_tables, refuse_line
from routing.import_districts import check_districts, plan_districts
from routing.import_hours import check_hours, plan_hours
from routing.import_jurisdictions import check_jurisdictions, plan_jurisdictions
from routing.import_offices import check_offices, plan_offices
from routing.import_schools import check_schools, plan_schools
from routing.loading import Change, Counts, Difference, bump_version, hold_directory
from routing.loading import write as write_changes
from routing.pending import Pending, read_pending

Check = Callable[[Sequence[Table], Pending], list[Refusal]]
Write = Callable[[Session, Sequence[Table]], Counts]
Plan = Callable[[Session, Sequence[Table]], Difference]


@dataclass(frozen=True)
class Kind:
    """A kind of file: what its header holds, how all its tables are checked and written.

    `check` adds what the tables bring to the pending directory. `plan` compares them with what is
    there and changes nothing; a kind without it is written by `write`. Both run only when no table
    of any kind was refused. Kinds are handled in the order in which they are given.
    """

    name: str
    required: frozenset[str]
    optional: frozenset[str]
    check: Check
    write: Write | None = None
    plan: Plan | None = None

    def fits(self, table: Table) -> bool:
        """Whether the table's header is one of this kind."""
        return self.required <= set(table.columns) <= self.required | self.optional


OF_OFFICES = frozenset({"name_en", "former_name_th", "active", "on", "phone", "cluster", "basis"})
KINDS = (
    Kind(
        "offices",
        frozenset({"code", "type", "name_th", "parent_code"}),
        OF_OFFICES | {"province_code", "district_code", "confirmed"},
        check_offices,
        plan=plan_offices,
    ),
    Kind(
        "schools",
        frozenset({"code", "name_th", "parent_code"}),
        OF_OFFICES | {"affiliation", "level", "district_code", "postal_code"},
        check_schools,
        plan=plan_schools,
    ),
    Kind(
        "jurisdictions",
        frozenset({"office_code", "affiliation"}),
        frozenset(
            {"level", "province_code", "district_code", "confirmed", "basis"}
            | {"valid_from", "valid_to"}
        ),
        check_jurisdictions,
        plan=plan_jurisdictions,
    ),
    Kind(
        "districts",
        frozenset({"district_code", "on"}),
        frozenset({"name_th", "province_th"}),
        check_districts,
        plan=plan_districts,
    ),
    Kind(
        "hours",
        frozenset({"office_code", "weekday", "from", "to"}),
        frozenset(),
        check_hours,
        plan=plan_hours,
    ),
)


@dataclass(frozen=True)
class Planned:
    """What files would change, by kind, or why they are refused; nothing is written yet.

    `tables` are those of kinds that only know how to write.
    """

    refusals: tuple[Refusal, ...] = ()
    differences: dict[str, Difference] = field(default_factory=dict)
    tables: dict[str, tuple[Write, list[Table]]] = field(default_factory=dict)

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes, in the order in which they are written."""
        return tuple(one for found in self.differences.values() for one in found.changes)


def load_files(
    session: Session,
    paths: Iterable[Path],
    *,
    kinds: Sequence[Kind] = KINDS,
    by: Author | None = None,
) -> dict[str, Counts]:
    """Load all files together; the answer counts rows by kind. With `by` the log keeps it.

    Raises LoadRefused, before anything is written, with every line at fault.
    """
    hold_directory(session)
    planned = plan_load(session, read_tables(paths), kinds=kinds)
    if planned.refusals:
        raise LoadRefused(planned.refusals)
    return write_planned(session, planned, by=by)


def plan_load(session: Session, reading: Reading, *, kinds: Sequence[Kind] = KINDS) -> Planned:
    """What these tables would change, or every fault of theirs."""
    refusals = list(reading.refusals)
    by_kind = _sort(reading.tables, kinds, refusals)
    pending = read_pending(session)
    for kind in kinds:
        refusals.extend(kind.check(by_kind[kind.name], pending))
    if refusals:
        return Planned(tuple(sorted(refusals, key=lambda one: (one.file, one.line))))
    named = [kind for kind in kinds if by_kind[kind.name]]
    return Planned(
        differences={one.name: one.plan(session, by_kind[one.name]) for one in named if one.plan},
        tables={one.name: (one.write, by_kind[one.name]) for one in named if one.write},
    )


def write_planned(session: Session, planned: Planned, *, by: Author | None) -> dict[str, Counts]:
    """Write what was planned in this very transaction, and tell every process."""
    write_changes(session, planned.changes)
    if by is not None:
        record(session, planned.changes, by)
    counts = {name: found.counts for name, found in planned.differences.items()}
    counts |= {name: write(session, tables) for name, (write, tables) in planned.tables.items()}
    bump_version(session)
    return counts


def _sort(
    tables: Iterable[Table], kinds: Sequence[Kind], refusals: list[Refusal]
) -> dict[str, list[Table]]:
    sorted_tables: dict[str, list[Table]] = {kind.name: [] for kind in kinds}
    for table in tables:
        kind = next((one for one in kinds if one.fits(table)), None)
        if kind is None:
            refusals.append(_unknown(table, kinds))
        else:
            sorted_tables[kind.name].append(table)
    return sorted_tables


def _unknown(table: Table, kinds: Sequence[Kind]) -> Refusal:
    """The refusal of a header, with what the nearest kind lacks in it."""
    columns = set(table.columns)
    nearest = min(
        kinds,
        key=lambda one: len(one.required - columns) + len(columns - one.required - one.optional),
    )
    missing = sorted(nearest.required - columns)
    unexpected = sorted(columns - nearest.required - nearest.optional)
    return refuse_line(
        table.file,
        1,
        "header_unknown",
        kind=nearest.name,
        missing=", ".join(missing) or "-",
        unexpected=", ".join(unexpected) or "-",
    )
