"""Loading CSV files into the directory: recognised by header, checked whole, then written.

Files are UTF-8 (Excel's mark allowed); columns in any order; `?` marks those that may be left out.

- offices: code, type, name_th, parent_code, name_en?, former_name_th?, province_code?,
  district_code?, active?, basis?
- schools: code, name_th, parent_code, name_en?, affiliation?, level?, district_code?, postal_code?
- jurisdictions: office_code, affiliation, level?, province_code?, district_code?, confirmed?,
  basis?, valid_from?, valid_to?

Rows are added or, by code, changed; a column left out stays as it is. One bad line (a cycle, an
orphan, a duplicate, a bad code) refuses everything. Floors above add kinds of their own by passing
more of them to `load_files`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from routing.csv_tables import LoadRefused, Refusal, Table, read_tables, refuse_line
from routing.import_jurisdictions import check_jurisdictions, write_jurisdictions
from routing.import_offices import check_offices, write_offices
from routing.import_schools import check_schools, write_schools
from routing.loading import Counts, bump_version
from routing.pending import Pending, read_pending

Check = Callable[[Sequence[Table], Pending], list[Refusal]]
Write = Callable[[Session, Sequence[Table]], Counts]


@dataclass(frozen=True)
class Kind:
    """A kind of file: what its header holds, how all its tables are checked and written.

    `check` adds what the tables bring to the pending directory; `write` runs only when no table of
    any kind was refused. Kinds are handled in the order in which they are given.
    """

    name: str
    required: frozenset[str]
    optional: frozenset[str]
    check: Check
    write: Write

    def fits(self, table: Table) -> bool:
        """Whether the table's header is one of this kind."""
        return self.required <= set(table.columns) <= self.required | self.optional


KINDS = (
    Kind(
        "offices",
        frozenset({"code", "type", "name_th", "parent_code"}),
        frozenset(
            {"name_en", "former_name_th", "province_code", "district_code", "active", "basis"}
        ),
        check_offices,
        write_offices,
    ),
    Kind(
        "schools",
        frozenset({"code", "name_th", "parent_code"}),
        frozenset({"name_en", "affiliation", "level", "district_code", "postal_code"}),
        check_schools,
        write_schools,
    ),
    Kind(
        "jurisdictions",
        frozenset({"office_code", "affiliation"}),
        frozenset(
            {"level", "province_code", "district_code", "confirmed", "basis"}
            | {"valid_from", "valid_to"}
        ),
        check_jurisdictions,
        write_jurisdictions,
    ),
)


def load_files(
    session: Session, paths: Iterable[Path], *, kinds: Sequence[Kind] = KINDS
) -> dict[str, Counts]:
    """Load all files together; the answer counts rows by kind.

    Raises LoadRefused, before anything is written, with every line at fault.
    """
    reading = read_tables(paths)
    refusals = list(reading.refusals)
    sorted_tables = _sort(reading.tables, kinds, refusals)
    pending = read_pending(session)
    for kind in kinds:
        refusals.extend(kind.check(sorted_tables[kind.name], pending))
    if refusals:
        raise LoadRefused(refusals)
    counts = {
        kind.name: kind.write(session, sorted_tables[kind.name])
        for kind in kinds
        if sorted_tables[kind.name]
    }
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
