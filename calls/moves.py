"""The one way that a callback changes its state: held, compared, set."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from calls.errors import LineTaken
from calls.models import Callback, CallbackAttempt
from calls.states import sources
from cases.services import note_event

# The task that dials one callback (calls.tasks).
DIAL: Final = "calls.dial_callback"
# Why a callback was withdrawn for which another one stands.
SUPERSEDED: Final = "superseded"
# No worker holds it, and nobody who asked to be rung for it is waited for.
NOBODYS: Final = {"claim_token": None, "claimed_until": None, "wanted_staff_id": None}


def hold(session: Session, callback_id: int) -> Callback:
    """The callback as it is now, held until this transaction ends.

    Whoever changes a callback, its attempts or their legs holds the callback first, so that two
    webhooks about one callback follow each other and no two of them lock crosswise. Whoever holds
    several holds the one that is being rung first, then the others by id. Nobody ever changes a
    row's key, so writing down what belongs to a callback waits for no holder of it.
    """
    return session.get_one(
        Callback, callback_id, with_for_update={"key_share": True}, populate_existing=True
    )


def move(session: Session, callback: Callback, target: str, **values: Any) -> bool:
    """Compare and set: only from a state that may lead to `target`, and only if nobody was faster.

    Tells whether it was done; the object is read again either way.
    """
    changed = session.execute(
        update(Callback)
        .where(
            Callback.id == callback.id,
            Callback.state.in_(sources(target)),
            Callback.version == callback.version,
        )
        .values(state=target, version=Callback.version + 1, **values)
        .returning(Callback.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    session.refresh(callback)
    return changed is not None


def move_if_free(session: Session, callback: Callback, target: str, **values: Any) -> bool:
    """The same into a state that one callback alone may hold for its line; else LineTaken.

    The database's own rule decides (calls.models, the unique indexes): two workers at once need
    not know of each other. Nothing else of this transaction is lost.
    """
    try:
        with session.begin_nested():
            return move(session, callback, target, **values)
    except IntegrityError:
        session.refresh(callback)
        raise LineTaken(f"another callback stands for the line of callback {callback.id}") from None


def supersede(session: Session, callback: Callback, *, now: datetime) -> None:
    """Another callback of the case stands for this line: this one rings no more."""
    gone = {"reason": SUPERSEDED, "escalate_at": None}
    if move(session, callback, "withdrawn", **gone | NOBODYS):
        data = {"callback_id": callback.id, "reason": SUPERSEDED}
        note_event(session, callback.case_id, "callback_withdrawn", data, now)


def mark(session: Session, callback: Callback, **values: Any) -> bool:
    """Compare and set anything but the state, only if nobody was faster; `move` does the rest."""
    changed = session.execute(
        update(Callback)
        .where(Callback.id == callback.id, Callback.version == callback.version)
        .values(version=Callback.version + 1, **values)
        .returning(Callback.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    session.refresh(callback)
    return changed is not None


def latest_number(session: Session, callback_id: int) -> int:
    """The number of the callback's last attempt, 0 when there is none."""
    query = select(func.max(CallbackAttempt.number)).where(
        CallbackAttempt.callback_id == callback_id
    )
    return session.scalar(query) or 0
