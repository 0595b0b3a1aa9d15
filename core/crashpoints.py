"""Named places where a test can kill the process, to prove that nothing is lost or done twice."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

VARIABLE = "HOTLINE_CRASH_AT"
KILLED = 137

Listener = Callable[[str], None]
_listeners: list[Listener] = []


def crashpoint(name: str) -> None:
    """End this process at once, as a power cut would, when the test has armed this name."""
    for listener in _listeners:
        listener(name)
    if os.environ.get(VARIABLE) == name:
        os._exit(KILLED)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell the listener of each place that is reached; what it raises ends the work there.

    A BaseException passes every handler of the product and rolls back what is open, as a power cut
    would, while the test lives on.
    """
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
