"""How rows get into the tables of places and offices: compared with what is there, then written."""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import bindparam, delete, insert, inspect, select, update
from sqlalchemy.orm import Session

from core.database import Base
from core.inserts import table_of
from routing.models import DirectoryVersion

T = TypeVar("T")
Values = Mapping[str, Any]
# Up to so many rows are looked up by key, and written by one statement; to look up more the whole
# table is read once.
FEW = 500
ORIGIN = "origin"


@dataclass(frozen=True)
class Counts:
    """What one load did to one table."""

    added: int = 0
    changed: int = 0
    removed: int = 0


@dataclass(frozen=True)
class Change:
    """One row that will be new (`before` is None), changed, or gone (`after` is None).

    Of a changed row both hold the columns that differ. `identity` is its primary key, empty for a
    new one; `about` the code of the office or district that it belongs to, `detail` which of its
    rows it is.
    """

    model: type[Base]
    identity: Values
    before: Values | None
    after: Values | None
    about: str
    detail: str = ""


@dataclass(frozen=True)
class Difference:
    """What a file or a form would change, in its own order, and how many of its rows would not."""

    changes: tuple[Change, ...] = ()
    unchanged: int = 0

    @property
    def counts(self) -> Counts:
        """How many rows are new, changed and gone."""
        removed = sum(one.after is None for one in self.changes)
        added = sum(one.before is None for one in self.changes)
        return Counts(added, len(self.changes) - added - removed, removed)


@dataclass(frozen=True)
class Kept:
    """How rows of one table are known: by `keys`, named to people by `about` and `detail`.

    `own` are the columns that the public tree never brings: who changes those alone takes nothing
    of the row over from it.
    """

    model: type[Base]
    keys: tuple[str, ...]
    about: str
    detail: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()


def compare(
    session: Session,
    kept: Kept,
    rows: Iterable[Values],
    *,
    fill: Callable[[Values], Values] = lambda row: {},
) -> Difference:
    """What these rows would add, by their keys, and change; the order of the rows is kept.

    Columns that a row does not name stay as they are; `fill` gives them for a row that is new.
    """
    wanted = list(rows)
    known = _known(session, kept, wanted)
    found = [
        _change(kept, known.get(tuple(row[key] for key in kept.keys)), row, fill) for row in wanted
    ]
    changes = tuple(one for one in found if one is not None)
    return Difference(changes, len(found) - len(changes))


def write(session: Session, changes: Collection[Change]) -> None:
    """Write changes as they were compared: what is gone first, then new rows in their order."""
    for model in dict.fromkeys(one.model for one in changes):
        mine = [one for one in changes if one.model is model]
        _delete(session, model, [dict(one.identity) for one in mine if one.after is None])
        _insert(session, model, [dict(one.after) for one in mine if one.after and not one.before])
        changed = [{**one.identity, **one.after} for one in mine if one.after and one.before]
        for some in batches(changed):
            session.execute(update(model), some)
    session.flush()


def batches(rows: Sequence[T]) -> Iterator[list[T]]:
    """Rows in parts that the database takes within one statement's time."""
    for start in range(0, len(rows), FEW):
        yield list(rows[start : start + FEW])


def upsert(
    session: Session,
    model: type[Base],
    keys: tuple[str, ...],
    rows: Iterable[Values],
) -> Counts:
    """Add the rows whose keys are new, change those that differ, whoever changed them."""
    difference = compare(session, Kept(model, keys, about=keys[0]), rows)
    write(session, difference.changes)
    return difference.counts


def hold_directory(session: Session) -> str:
    """Keep the directory as it is until the transaction ends; its stamp, empty before any load."""
    held = select(DirectoryVersion.stamp).where(DirectoryVersion.id == 1).with_for_update()
    return session.scalar(held) or ""


def directory_stamp(session: Session) -> str:
    """The stamp of the newest change; empty before any load."""
    return session.scalar(select(DirectoryVersion.stamp).where(DirectoryVersion.id == 1)) or ""


def bump_version(session: Session) -> None:
    """Tell every process that its snapshot is old."""
    stamp = secrets.token_hex(16)
    row = session.get(DirectoryVersion, 1)
    if row is None:
        session.add(DirectoryVersion(id=1, version=1, stamp=stamp))
    else:
        row.version, row.stamp = row.version + 1, stamp
    session.flush()


def addition(kept: Kept, new: Values) -> Change:
    """That a row is new."""
    return Change(kept.model, {}, None, new, *_names(kept, new))


def removal(kept: Kept, old: Values) -> Change:
    """That a row goes."""
    values = {name: value for name, value in old.items() if name != "id"}
    return Change(kept.model, _identity(kept.model, old), values, None, *_names(kept, old))


def revision(kept: Kept, old: Values, new: Values) -> Change | None:
    """That a row gets other values; None when it has them already."""
    return _change(kept, old, {**old, **new}, lambda row: {})


def rows_of(session: Session, model: type[Base], *conditions: Any) -> list[dict[str, Any]]:
    """Rows as plain values, by primary key."""
    table = table_of(model)
    found = select(*table.columns).where(*conditions).order_by(*table.primary_key.columns)
    return [dict(row) for row in session.execute(found).mappings()]


def _change(
    kept: Kept, old: Values | None, row: Values, fill: Callable[[Values], Values]
) -> Change | None:
    about, detail = _names(kept, row)
    if old is None:
        return Change(kept.model, {}, None, {**fill(row), **row}, about, detail)
    new = {name: value for name, value in row.items() if old[name] != value}
    if new.keys() - {ORIGIN} <= kept.own:
        new.pop(ORIGIN, None)
    if not new:
        return None
    before = {name: old[name] for name in new}
    return Change(kept.model, _identity(kept.model, old), before, new, about, detail)


def _names(kept: Kept, row: Values) -> tuple[str, str]:
    detail = " ".join(str(row[name]) for name in kept.detail if row.get(name))
    return str(row[kept.about]), detail


def _known(session: Session, kept: Kept, rows: Sequence[Values]) -> dict[tuple[Any, ...], Values]:
    first = getattr(kept.model, kept.keys[0])
    few = {row[kept.keys[0]] for row in rows}
    conditions = (first.in_(few),) if len(few) <= FEW else ()
    found = rows_of(session, kept.model, *conditions)
    return {tuple(row[key] for key in kept.keys): row for row in found}


def _identity(model: type[Base], row: Values) -> dict[str, Any]:
    return {column.name: row[column.name] for column in inspect(model).primary_key}


def _insert(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert in the order given, together as long as the rows name the same columns."""
    for _, group in groupby(rows, key=tuple):
        for some in batches(list(group)):
            session.execute(insert(model), some)


def _delete(session: Session, model: type[Base], keys: list[dict[str, Any]]) -> None:
    if not keys:
        return
    table = table_of(model)
    matches = (table.c[name] == bindparam(f"of_{name}") for name in keys[0])
    gone = delete(table).where(*matches)
    for some in batches(keys):
        given = [{f"of_{name}": value for name, value in key.items()} for key in some]
        session.connection().execute(gone, given)
