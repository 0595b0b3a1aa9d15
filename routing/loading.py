"""How rows get into the tables of places and offices: added, changed where they differ, counted."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import insert, inspect, select, update
from sqlalchemy.orm import Session

from core.database import Base
from routing.models import DirectoryVersion

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Counts:
    """What one load did to one table."""

    added: int = 0
    changed: int = 0
    removed: int = 0


def upsert(
    session: Session,
    model: type[Base],
    keys: tuple[str, ...],
    rows: Iterable[Values],
    *,
    fill: Callable[[Values], Values] = lambda row: {},
) -> Counts:
    """Add the rows whose keys are new, change those that differ; the order of the rows is kept.

    Columns that a row does not name stay as they are; `fill` gives them for a row that is new.
    """
    known = _known(session, model, keys)
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for row in rows:
        old = known.get(tuple(row[key] for key in keys))
        if old is None:
            added.append({**fill(row), **row})
        elif any(old[name] != value for name, value in row.items()):
            changed.append({**_identity(model, old), **row})
    _insert(session, model, added)
    if changed:
        session.execute(update(model), changed)
    return Counts(len(added), len(changed))


def bump_version(session: Session) -> None:
    """Tell every process that its snapshot is old."""
    stamp = secrets.token_hex(16)
    row = session.get(DirectoryVersion, 1)
    if row is None:
        session.add(DirectoryVersion(id=1, version=1, stamp=stamp))
    else:
        row.version, row.stamp = row.version + 1, stamp
    session.flush()


def _known(
    session: Session, model: type[Base], keys: tuple[str, ...]
) -> dict[tuple[Any, ...], Values]:
    table = model.__table__
    rows = session.execute(select(*table.columns)).mappings()
    return {tuple(row[key] for key in keys): dict(row) for row in rows}


def _identity(model: type[Base], row: Values) -> dict[str, Any]:
    return {column.name: row[column.name] for column in inspect(model).primary_key}


def _insert(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert in the order given, together as long as the rows name the same columns."""
    for _, group in groupby(rows, key=tuple):
        session.execute(insert(model), list(group))
