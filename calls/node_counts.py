"""Counting what calls met at each node: a bounded sweep over the calls that have just ended.

The webhooks write nothing for it: a call's marks lie in its state, and its last statement says
that it is to be counted. Calls of another account, which practise beside the real telephone, are
passed over.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from calls import node_marks
from calls.ledger import open_state
from calls.models import Call
from calls.node_models import UNCOUNTED, NodeDay
from core.crypto import SealBroken
from core.inserts import table_of
from core.logs import logger
from core.zones import bangkok

AT_ONCE: Final = 500
COLUMNS: Final = {
    node_marks.CAME: "came",
    node_marks.ANSWERED: "answered",
    node_marks.WRONG: "wrong",
    node_marks.SILENT: "silent",
    node_marks.AGAIN: "again",
    node_marks.TO_PERSON: "to_person",
    node_marks.GAVE_UP: "gave_up",
}

Key = tuple[date, str, str]
Tally = Mapping[Key, Counter[str]]

log = logger(__name__)


@dataclass(frozen=True)
class NodeFigures:
    """How many calls met what at one node, over some days."""

    came: int = 0
    answered: int = 0
    wrong: int = 0
    silent: int = 0
    again: int = 0
    to_person: int = 0
    gave_up: int = 0


def count_ended(session: Session, *, account_sid: str, limit: int = AT_ONCE) -> int:
    """Add calls that have ended to the figures of their days, each once; how many there were."""
    connection = session.connection()
    rows = _taken(connection, limit)
    tally = tally_of(row for row in rows if row.account_sid == account_sid)
    if tally:
        _add(connection, tally)
    return len(rows)


def _taken(connection: Connection, limit: int) -> list[Row[Any]]:
    """Calls that nobody has counted yet; two sweeps never take the same one."""
    waiting = (
        select(Call.sid, Call.account_sid, Call.state, Call.flow_version, Call.started_at)
        .where(text(UNCOUNTED))
        .order_by(Call.ended_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows: list[Any] = list(connection.execute(waiting))
    if rows:
        # By their keys, not by a select within: that would read all calls there ever were.
        mine = Call.sid.in_([row.sid for row in rows])
        connection.execute(update(Call).where(mine).values(uncounted=False))
    return rows


def tally_of(rows: Iterable[Row[Any]]) -> dict[Key, Counter[str]]:
    """What these calls met, by day in Bangkok, version and node."""
    tally: dict[Key, Counter[str]] = {}
    for row in rows:
        day = bangkok(row.started_at).date()
        for node, marks in _marks(row).items():
            tally.setdefault((day, row.flow_version, node), Counter()).update(marks)
    return tally


def _marks(row: Row[Any]) -> dict[str, str]:
    try:
        state = open_state(row.state, row.sid)["state"]
    except SealBroken as error:
        # One call that cannot be read must not keep all others from being counted.
        log.warning("a call is not counted", error=type(error).__name__)
        return {}
    return node_marks.marks_of(state)


def _add(connection: Connection, tally: Tally) -> None:
    """One statement; its rows in one order, so that two sweeps wait for each other, no more."""
    module = sqlite if connection.dialect.name == "sqlite" else postgresql
    table = table_of(NodeDay)
    rows = [
        {"day": day, "version": version, "node": node}
        | {column: counted[mark] for mark, column in COLUMNS.items()}
        for (day, version, node), counted in sorted(tally.items())
    ]
    statement: Any = module.insert(table).values(rows)
    added = {name: table.c[name] + statement.excluded[name] for name in COLUMNS.values()}
    keys = list(table.primary_key)
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=added))


def node_figures(session: Session, version: str, since: date) -> dict[str, NodeFigures]:
    """The figures of one version by node, from a day on; nodes that nobody met are not in it."""
    sums = [func.sum(getattr(NodeDay, name)) for name in COLUMNS.values()]
    found = session.execute(
        select(NodeDay.node, *sums)
        .where(NodeDay.day >= since, NodeDay.version == version)
        .group_by(NodeDay.node)
    )
    return {node: NodeFigures(*(int(one) for one in counted)) for node, *counted in found}


def counted_versions(session: Session, since: date) -> set[str]:
    """The versions that calls ran on, from a day on."""
    return set(session.scalars(select(NodeDay.version).where(NodeDay.day >= since).distinct()))
