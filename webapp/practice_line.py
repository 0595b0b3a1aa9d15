"""The line to the practice provider's control side: for the practice telephone of the commands and
of the console."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, Final

import requests

from core import runtime
from core.errors import HotlineError
from core.settings import Settings

LONGEST_CALL_S: Final = 120
LOOK_S: Final = 10
# Calls at one time beside a real telephone, and how many the provider keeps in its memory.
MOST_AT_ONCE: Final = 30
MOST_KEPT: Final = 500
# Of each process so many threads, which real callers need, may wait for a practised call's end.
MOST_HELD: Final = 2
# Another caller each time: a number is called back three times a day at most, practised or not.
CALLERS: Final = range(66810000100, 66810001000)
_held = BoundedSemaphore(MOST_HELD)


class LineDown(HotlineError):
    """The practice provider does not answer."""


class LineRefused(HotlineError):
    """The practice provider says no, and why."""


class LineCrowded(HotlineError):
    """So many practise at this moment that real callers might notice."""


def is_for(*, practises: bool) -> bool:
    """Whether there is a practice telephone for a person: beside a real one, for trainees alone."""
    settings = runtime.current().settings
    return settings.is_practice or (settings.has_practice_beside and practises)


def make_room(settings: Settings) -> None:
    """Beside a real telephone: LineCrowded while many practise; what is long over is forgotten."""
    if not settings.has_practice_beside:
        return
    found = _look(settings, "/practice/health")
    if found["active"] >= MOST_AT_ONCE:
        raise LineCrowded
    if found["calls"] >= MOST_KEPT and not found["active"]:
        _look(settings, "/practice/ledger", "DELETE")


@contextmanager
def waiting_for_a_call(settings: Settings) -> Iterator[None]:
    """Hold a thread for as long as a call takes: beside a real telephone few may, else LineCrowded.

    The call itself needs threads of the same process; nobody queues up for a place.
    """
    if not settings.has_practice_beside:
        yield
        return
    if not _held.acquire(blocking=False):
        raise LineCrowded
    try:
        yield
    finally:
        _held.release()


def new_number() -> str:
    """The number of a made-up caller."""
    return f"+{secrets.choice(CALLERS)}"


def ask(
    settings: Settings,
    path: str,
    order: Any = None,
    *,
    sound: bytes | None = None,
    until_over: bool = False,
) -> Any:
    """One request to /practice/calls; its JSON, None where there is none.

    With an order it is a POST, with a sound a PUT; of a call it may be answered only once the call
    is over. LineDown, LineRefused.
    """
    address = f"{settings.practice_base}/practice/calls{path}"
    method = "PUT" if sound is not None else "GET" if order is None else "POST"
    wait_s = LONGEST_CALL_S if until_over else 0
    try:
        answer = requests.request(
            method,
            address,
            params={"wait": wait_s} if until_over else None,
            json=order,
            data=sound,
            timeout=wait_s + LOOK_S,
        )
    except requests.RequestException:
        raise LineDown("the practice provider does not answer; start it with: make run") from None
    if not answer.ok:
        raise LineRefused(f"the practice provider refused: {answer.text}")
    return answer.json() if answer.content else None


def webhooks(settings: Settings, sid: str) -> list[dict[str, Any]]:
    """Every webhook of a call and of the calls that it made, in order."""
    found: list[dict[str, Any]] = _look(settings, f"/practice/webhooks?sid={sid}")
    return found


def _look(settings: Settings, path: str, method: str = "GET") -> Any:
    """What the provider says, None for nothing; LineDown as well where a stranger has its port."""
    try:
        answer = requests.request(method, f"{settings.practice_base}{path}", timeout=LOOK_S)
        answer.raise_for_status()
        return answer.json() if answer.content else None
    except requests.RequestException:
        raise LineDown("the practice provider does not answer") from None
