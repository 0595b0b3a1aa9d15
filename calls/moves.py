"""The one way that a callback changes its state: held, compared, set."""

from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from calls.models import Callback, CallbackAttempt
from calls.states import sources

# The task that dials one callback (calls.tasks).
DIAL: Final = "calls.dial_callback"


def hold(session: Session, callback_id: int) -> Callback:
    """The callback as it is now, held until this transaction ends.

    Whoever changes a callback, its attempts or their legs holds the callback first, so that two
    webhooks about one callback follow each other and no two of them lock crosswise.
    """
    return session.get_one(Callback, callback_id, with_for_update=True, populate_existing=True)


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


def latest_number(session: Session, callback_id: int) -> int:
    """The number of the callback's last attempt, 0 when there is none."""
    query = select(func.max(CallbackAttempt.number)).where(
        CallbackAttempt.callback_id == callback_id
    )
    return session.scalar(query) or 0
