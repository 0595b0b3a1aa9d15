"""What can go wrong with a case."""

from core.errors import HotlineError


class IllegalTransition(HotlineError):
    """A case or an assignment cannot go from one state to the other."""

    def __init__(self, what: str, old: str, new: str) -> None:
        super().__init__(f"{what} cannot go from {old} to {new}")
        self.old, self.new = old, new


class TimelineIsAppendOnly(HotlineError):
    """A timeline entry was about to be changed or deleted."""


class UnknownCase(HotlineError):
    """There is no case with this id."""
