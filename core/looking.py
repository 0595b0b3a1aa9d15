"""A session for looking only, which asks the database each thing once.

What was learnt is forgotten as soon as the session itself changes something, and with the session.
Why not longer, and why not where something is changed: docs/decisions/0030-one-look-asks-once.md.
"""

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.orm import ORMExecuteState, Session

LEARNT: Final = "learnt"

Answer = TypeVar("Answer")


class Look(Session):
    """A session that remembers what it was told by `learnt`."""


def learnt(session: Session | Connection, question: Hashable, ask: Callable[[], Answer]) -> Answer:
    """What `ask` says, asked once in a look and every time elsewhere.

    The `question` names all on which the answer depends, but for the rows themselves.
    """
    if not isinstance(session, Look):
        return ask()
    if session.new or session.dirty or session.deleted:
        _forget(session)
    known: dict[Hashable, Any] = session.info.setdefault(LEARNT, {})
    if question not in known:
        answer = ask()
        session.info.setdefault(LEARNT, {})[question] = answer
        return answer
    found: Answer = known[question]
    return found


def _forget(session: Session, *_context: Any) -> None:
    session.info.pop(LEARNT, None)


def _forget_by_statement(told: ORMExecuteState) -> None:
    if not told.is_select:
        _forget(told.session)


event.listen(Look, "after_flush", _forget)
event.listen(Look, "after_soft_rollback", _forget)
event.listen(Look, "do_orm_execute", _forget_by_statement)
