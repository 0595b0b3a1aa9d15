"""What can go wrong with a case."""

from core.errors import BadInput, HotlineError


class IllegalTransition(HotlineError):
    """A case or an assignment cannot go from one state to the other."""

    def __init__(self, what: str, old: str, new: str) -> None:
        super().__init__(f"{what} cannot go from {old} to {new}")
        self.old, self.new = old, new


class TimelineIsAppendOnly(HotlineError):
    """A timeline entry was about to be changed or deleted."""


class StaleCase(HotlineError):
    """Somebody else has changed the case since the page was made."""


class NoteIsAppendOnly(HotlineError):
    """A note or one of its revisions was about to be changed or deleted."""


class NoteRefused(BadInput):
    """A note cannot be kept; `rule` is empty, too_long or visibility."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"the note cannot be kept: {rule}")
        self.rule = rule


class UnknownCase(HotlineError):
    """There is no case with this id."""
