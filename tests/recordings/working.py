"""What the worker does with a recording, at any moment that a test chooses."""

from datetime import datetime

import time_machine

from recordings import rules, tasks
from tests.recordings.conftest import NOW, Service

TRIES = len(rules.PAUSES_S) + 1


def take(recording_id: int | None, moment: datetime = NOW) -> None:
    """Both steps of the worker at one moment."""
    with time_machine.travel(moment):
        tasks.take(recording_id)
        tasks.delete_upstream(recording_id)


def take_until_settled(service: Service, recording_id: int | None) -> int:
    """Try at every due moment, at most as often as the policy says; gives the number of tries."""
    for tries in range(1, TRIES + 1):
        due_at = service.row(recording_id).due_at
        if due_at is None:
            return tries - 1
        take(recording_id, due_at)
    return TRIES
