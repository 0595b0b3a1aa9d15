"""What can be wrong with a recording."""

from core.errors import HotlineError


class IllegalMove(HotlineError):
    """A recording cannot go from the state it has to the one that was asked for."""


class MediaRejected(HotlineError):
    """What the provider sent is not the recording that it announced; `reason` is one word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CopyBroken(HotlineError):
    """The sealed copy cannot be read back, or is not what was stored."""


class TraceIsAppendOnly(HotlineError):
    """An entry about who heard a recording was about to be changed or deleted."""
