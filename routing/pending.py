"""The directory as it will be once the files are in: what their lines are checked against."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from routing.csv_tables import Refusal, Row, refuse
from routing.models import District, Office, Province


@dataclass
class Pending:
    """Codes as they are and as the files change them; `rows` knows which line brought a code."""

    provinces: frozenset[str] = frozenset()
    districts: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str | None] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)

    def is_office(self, code: str) -> bool:
        """Whether a code is that of an office that is not a school."""
        return code in self.types and self.types[code] != "school"

    def cycle_through(self, code: str) -> tuple[str, ...]:
        """The codes of the cycle that leads from an office back to it, or none."""
        chain = [code]
        parent = self.parents.get(code)
        while parent is not None and parent not in chain:
            chain.append(parent)
            parent = self.parents.get(parent)
        return (*chain, code) if parent == code else ()


def read_pending(session: Session) -> Pending:
    """The directory as it is now, before any line is added."""
    offices = session.execute(select(Office.code, Office.type, Office.parent_code)).all()
    districts = session.execute(select(District.code, District.province_code)).all()
    return Pending(
        provinces=frozenset(session.scalars(select(Province.code))),
        districts={row.code: row.province_code for row in districts},
        types={code: kind for code, kind, _ in offices},
        parents={code: parent for code, _, parent in offices},
    )


def check_place(row: Row, pending: Pending) -> list[Refusal]:
    """Whether province and district of a line exist and belong together."""
    province, district = row["province_code"], row["district_code"]
    refusals = []
    if province and province not in pending.provinces:
        values = {"column": "province_code", "value": province}
        refusals.append(refuse(row, "place_unknown", **values))
    if district and district not in pending.districts:
        values = {"column": "district_code", "value": district}
        refusals.append(refuse(row, "place_unknown", **values))
    if not refusals and province and district and pending.districts[district] != province:
        refusals.append(refuse(row, "place_mismatch", district=district, province=province))
    return refusals
