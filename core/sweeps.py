"""Sweeps that find more than they take at a time: what goes ahead, and how they go on at once.

A beat that comes every half minute and takes a hundred would need an hour for ten thousand rows
that fell due together, and whoever is last among them might be in danger.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from threading import Lock
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

from core.database import transaction

# Bounds one run; what is left is the next beat's.
MOST_IN_A_ROW: Final = 20
_running_on: Final = Lock()

T = TypeVar("T", bound=Hashable)


def run_on(look: Callable[[Session], int]) -> int:
    """Look again until nothing is found, each time in a transaction of its own; how much was found.

    In one process one sweep at a time goes on so; another one looks once, as its beat told it to.
    So the threads of a worker stay free to ring people, whatever falls due at closing time.
    """
    found = _once(look)
    if not found or not _running_on.acquire(blocking=False):
        return found
    try:
        for _ in range(MOST_IN_A_ROW - 1):
            more = _once(look)
            if not more:
                break
            found += more
        return found
    finally:
        _running_on.release()


def _once(look: Callable[[Session], int]) -> int:
    with transaction() as session:
        return look(session)


def in_turn(
    look: Callable[[ColumnElement[bool], int], Sequence[T]],
    ahead: Iterable[ColumnElement[bool]],
    limit: int,
) -> list[T]:
    """What is taken of all that is due: at most half goes `ahead`, the rest by how long it waits.

    `look` gives, of what is due and meets a condition, so many that wait longest. What goes ahead
    is asked for only where more is due than is taken: else all of it is taken anyway.
    """
    due = look(true(), limit)
    if len(due) < limit:
        return list(due)
    first: list[T] = []
    for condition in ahead:
        first += look(condition, limit // 2 - len(first))
    return list(dict.fromkeys([*first, *due]))[:limit]
