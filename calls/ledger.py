"""The calls we have, written without the ORM: a key press costs one look and one compare-and-set.

The engine's state and the document that the caller hears now are kept together, sealed, in the
call's row; the context of the seal names the sid, so that a state cannot be moved between calls.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, bindparam, func, select, update
from sqlalchemy.orm import Session

from calls.models import Call, CallEvent, OrphanEvent
from calls.states import ENDED
from cases.counting import alike
from core import runtime
from core.database import Base
from core.inserts import insert_unless_there

# What only the running call needs: the numbers stay sealed in the case and the callback.
PASSING_FACTS = (
    *("given_pin", "pin_digits", "follow_ref", "number", "from", "caller", "code", "playback"),
)

_LOOK = select(
    Call.sid,
    Call.account_sid,
    Call.turn,
    Call.state,
    Call.language,
    Call.flow_version,
    Call.case_id,
    Call.started_at,
    Call.ended_at,
    Call.status,
    Call.is_practice,
).where(Call.sid == bindparam("call_sid"))
_FIND = _LOOK.with_for_update()
_MOVE = (
    update(Call)
    .where(
        Call.sid == bindparam("call_sid"),
        Call.turn == bindparam("was"),
        # Whoever looked without holding the row must not write over the end of the call.
        Call.ended_at.is_(None),
    )
    .values(
        turn=bindparam("becomes"),
        state=bindparam("sealed"),
        node=bindparam("at_node"),
        language=bindparam("speaks"),
        waiting=bindparam("waits"),
        case_id=bindparam("case"),
        touched_at=bindparam("now"),
        ended_by=bindparam("by"),
    )
)


@dataclass(frozen=True)
class LiveCall:
    """One call's row with its state opened."""

    sid: str
    account_sid: str
    turn: int
    state: dict[str, Any]
    answer: bytes
    language: str
    flow_version: str
    case_id: int | None
    started_at: datetime
    ended_at: datetime | None
    status: str
    is_practice: bool

    @property
    def has_ended(self) -> bool:
        """Whether the provider, or a sweep, has told that it is over."""
        return self.ended_at is not None


@dataclass(frozen=True)
class Moment:
    """What one turn writes into the call's row."""

    state: dict[str, Any]
    answer: bytes
    node: str
    language: str
    waiting: bool
    case_id: int | None
    hangs_up: bool


def insert_once(session: Session, model: type[Base], values: dict[str, Any]) -> bool:
    """Insert a row unless a unique key says that it is there already; tells whether it was new."""
    connection = session.connection()
    statement = insert_unless_there(connection, model).values(**values)
    # Not rowcount: on PostgreSQL an insert that fetches its key counts no rows.
    keys = statement.returning(*model.__table__.primary_key)
    return connection.execute(keys).first() is not None


def find_call(session: Session, sid: str) -> LiveCall | None:
    """Look a call up and hold its row until this transaction ends."""
    return _opened(session.connection().execute(_FIND, {"call_sid": sid}).one_or_none(), sid)


def look_at_call(connection: Connection, sid: str) -> LiveCall | None:
    """Look a call up without holding it, for whoever moves it by compare-and-set alone."""
    return _opened(_quickly(connection, _LOOK, {"call_sid": sid}).one_or_none(), sid)


def _quickly(connection: Connection, statement: Any, parameters: dict[str, Any]) -> Any:
    """Execute a statement whose SQL was written once: PostgreSQL's driver needs nothing more."""
    if connection.dialect.name != "postgresql":
        return connection.execute(statement, parameters)
    return connection.exec_driver_sql(_written(statement, connection.dialect), parameters)


@lru_cache(maxsize=8)
def _written(statement: Any, dialect: Dialect) -> str:
    return str(statement.compile(dialect=dialect))


def _opened(row: Any, sid: str) -> LiveCall | None:
    if row is None:
        return None
    kept = open_state(row.state, sid)
    return LiveCall(
        sid=row.sid,
        account_sid=row.account_sid,
        turn=row.turn,
        state=kept["state"],
        answer=kept["answer"].encode(),
        language=row.language,
        flow_version=row.flow_version,
        case_id=row.case_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        status=row.status,
        is_practice=row.is_practice,
    )


def open_state(sealed: bytes, sid: str) -> dict[str, Any]:
    """The sealed part of a call's row: `state` and `answer`."""
    data = runtime.current().keyring.open(sealed, f"calls.state:{sid}")
    kept: dict[str, Any] = json.loads(data)
    return kept


def seal_state(state: dict[str, Any], answer: bytes, sid: str) -> bytes:
    """Seal state and document for the call's row."""
    kept = {"state": state, "answer": answer.decode()}
    data = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
    return runtime.current().keyring.seal(data, f"calls.state:{sid}")


def open_call(
    session: Session, sid: str, moment: Moment, *, facts: dict[str, Any], now: datetime
) -> bool:
    """Write a new call before its first document leaves; False when it is there already.

    `facts` holds account_sid, status, flow_version, caller_number and caller_fingerprint.
    """
    values = facts | {
        "sid": sid,
        "direction": "inbound",
        "turn": 0,
        "state": seal_state(moment.state, moment.answer, sid),
        "node": moment.node,
        "language": moment.language,
        "waiting": moment.waiting,
        "case_id": moment.case_id,
        "ended_by": "unknown",
        "started_at": now,
        "touched_at": now,
        "is_practice": runtime.current().settings.is_practice_account(facts["account_sid"]),
    }
    return insert_once(session, Call, values)


def move_call(connection: Connection, call: LiveCall, moment: Moment, *, now: datetime) -> bool:
    """Compare and set: the next turn, only if nobody has made it yet."""
    parameters = {
        "call_sid": call.sid,
        "was": call.turn,
        "becomes": call.turn + 1,
        "sealed": seal_state(moment.state, moment.answer, call.sid),
        "at_node": moment.node,
        "speaks": moment.language,
        "waits": moment.waiting,
        "case": moment.case_id,
        "now": now,
        "by": "system" if moment.hangs_up else "unknown",
    }
    return bool(_quickly(connection, _MOVE, parameters).rowcount == 1)


def end_call(
    session: Session, call: LiveCall, *, status: str, ended_by: str, now: datetime
) -> bool:
    """Close the call's row, once; what only the running call needed is forgotten with it."""
    state = call.state | {
        "facts": {k: v for k, v in call.state["facts"].items() if k not in PASSING_FACTS}
    }
    changed = session.connection().execute(
        update(Call)
        .where(Call.sid == call.sid, Call.ended_at.is_(None))
        .values(
            status=status,
            ended_by=ended_by,
            ended_at=now,
            touched_at=now,
            waiting=False,
            # In the statement that is made anyway: no key press and no end costs one more.
            uncounted=True,
            state=seal_state(state, b"", call.sid),
        )
    )
    return changed.rowcount == 1


def still_on(session: Session, sid: str) -> bool:
    """Whether this call is known and not over."""
    wanted = select(Call.sid).where(Call.sid == sid, Call.ended_at.is_(None))
    return session.connection().scalar(wanted) is not None


def link_case(session: Session, sid: str, case_id: int) -> None:
    """Say which case a call belongs to."""
    session.connection().execute(update(Call).where(Call.sid == sid).values(case_id=case_id))


def touch(session: Session, sid: str, now: datetime) -> None:
    """Note that the call was looked at and still goes on."""
    session.connection().execute(update(Call).where(Call.sid == sid).values(touched_at=now))


def calls_waiting(session: Session, practice: bool) -> int:
    """How many callers wait for a person now: made-up ones for practice, else real ones."""
    counted = select(func.count()).where(
        Call.waiting, Call.ended_at.is_(None), alike(Call.is_practice, practice)
    )
    return int(session.connection().scalar(counted) or 0)


def stale_calls(session: Session, before: datetime, limit: int) -> list[tuple[str, str]]:
    """(sid, account) of open calls that nobody has heard of for long; bounded and indexed."""
    rows = session.connection().execute(
        select(Call.sid, Call.account_sid)
        .where(Call.ended_at.is_(None), Call.touched_at < before)
        .order_by(Call.touched_at)
        .limit(limit)
    )
    return [(row.sid, row.account_sid) for row in rows]


def log_event(
    session: Session, sid: str, event: str, sequence: int, data: dict[str, Any], *, now: datetime
) -> bool:
    """Append a provider event once; tells whether it was new. `data` must hold no numbers."""
    values = {"call_sid": sid, "event": event, "sequence": sequence, "data": data, "at": now}
    return insert_once(session, CallEvent, values)


def log_orphan(session: Session, sid: str, account_sid: str, event: str, *, now: datetime) -> bool:
    """Keep a signed event of a call that we do not know, to be asked after."""
    values = {
        "call_sid": sid,
        "account_sid": account_sid,
        "event": event,
        "at": now,
        "due_at": now,
        "tries": 0,
    }
    return insert_once(session, OrphanEvent, values)


def answers_of(call: Call) -> dict[str, str]:
    """What was chosen, node by node, in order."""
    answers: dict[str, str] = open_state(call.state, call.sid)["state"]["answers"]
    return answers


def terminal_orphan(session: Session, sid: str, account_sid: str) -> str | None:
    """The final status of an account's call whose end was told before its beginning, if it was."""
    found = session.connection().scalar(
        select(OrphanEvent.event).where(
            OrphanEvent.call_sid == sid,
            OrphanEvent.account_sid == account_sid,
            OrphanEvent.event.in_(ENDED),
        )
    )
    return None if found is None else str(found)
