"""Lines of a districts file: which districts take part in the roll-out (domain.md D4)."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from routing.cells import check_needed, check_yes_no, yes_no
from routing.csv_tables import Refusal, Row, Table, refuse
from routing.loading import Difference, Kept, compare
from routing.models import District
from routing.pending import Pending

DISTRICTS = Kept(District, ("code",), about="code")


def check_districts(tables: Sequence[Table], pending: Pending) -> list[Refusal]:
    """What is wrong with the lines."""
    refusals: list[Refusal] = []
    seen: dict[str, Row] = {}
    for table in tables:
        for row in table.rows:
            refusals.extend(_check_row(row, pending))
            earlier = seen.setdefault(row["district_code"], row)
            if earlier is not row:
                where = f"{earlier.file}:{earlier.line}"
                refusals.append(refuse(row, "code_twice", value=row["district_code"], where=where))
    return refusals


def _check_row(row: Row, pending: Pending) -> Iterator[Refusal]:
    code = row["district_code"]
    yield from check_needed(row, "district_code", "on")
    yield from check_yes_no(row, "on")
    if code and code not in pending.districts:
        yield refuse(row, "place_unknown", column="district_code", value=code)


def plan_districts(session: Session, tables: Sequence[Table]) -> Difference:
    """Which switches are turned."""
    rows = (row for table in tables for row in table.rows)
    wanted = [{"code": row["district_code"], "is_on": yes_no(row["on"])} for row in rows]
    return compare(session, DISTRICTS, wanted)
