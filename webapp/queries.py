"""Reading across the rooms below for pages of cases: a fixed number of queries a page."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Callback, CallbackAttempt
from calls.queries import CallbackFile
from recordings.models import Recording


def callbacks_of_cases(session: Session, case_ids: Iterable[int]) -> dict[int, list[CallbackFile]]:
    """Callbacks with their attempts by case, the oldest first; every id has a list."""
    found: dict[int, list[CallbackFile]] = {case_id: [] for case_id in case_ids}
    callbacks = session.scalars(
        select(Callback).where(Callback.case_id.in_(found)).order_by(Callback.id)
    ).all()
    attempts: dict[int, list[CallbackAttempt]] = {one.id: [] for one in callbacks}
    tries = select(CallbackAttempt).where(CallbackAttempt.callback_id.in_(attempts))
    for attempt in session.scalars(tries.order_by(CallbackAttempt.number)):
        attempts[attempt.callback_id].append(attempt)
    for one in callbacks:
        found[one.case_id].append(CallbackFile(one, tuple(attempts[one.id])))
    return found


def recordings_of_cases(session: Session, case_ids: Iterable[int]) -> dict[int, list[Recording]]:
    """Recordings by case, the oldest first; every id has a list."""
    found: dict[int, list[Recording]] = {case_id: [] for case_id in case_ids}
    rows = session.scalars(
        select(Recording).where(Recording.case_id.in_(found)).order_by(Recording.id)
    )
    for one in rows:
        if one.case_id is not None:
            found[one.case_id].append(one)
    return found
