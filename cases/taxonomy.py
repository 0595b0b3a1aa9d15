"""The hazard types: the list that ships with the product, and what the editable table says now."""

import csv
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.models import HazardType
from cases.rules import TypeFacts
from core.inserts import insert_unless_there

FILE = Path(__file__).parent / "data" / "hazard_types.csv"


@cache
def shipped_types() -> dict[str, dict[str, str]]:
    """The rows of the file (domain.md §2) by their codes."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def load_taxonomy(session: Session) -> int:
    """Insert the shipped types that the table lacks, never change one; returns how many."""
    connection = session.connection()
    insert = insert_unless_there(connection, HazardType).returning(HazardType.code)
    added = [
        connection.execute(insert.values(**_values(row))).first()
        for row in shipped_types().values()
    ]
    return sum(row is not None for row in added)


def type_facts(session: Session, code: str | None) -> TypeFacts:
    """Severity and sensitivity of a type: the table's, else the shipped ones, else ordinary."""
    if code is None:
        return TypeFacts()
    wanted = select(HazardType.severity, HazardType.sensitive).where(HazardType.code == code)
    row = session.execute(wanted).first()
    if row is not None:
        return TypeFacts(row.severity, row.sensitive)
    shipped = shipped_types().get(code)
    return TypeFacts(shipped["severity"], _is_yes(shipped["sensitive"])) if shipped else TypeFacts()


def _is_yes(text: str) -> bool:
    return text == "yes"


def _values(row: dict[str, str]) -> dict[str, object]:
    return row | {"sensitive": _is_yes(row["sensitive"]), "position": int(row["position"])}
