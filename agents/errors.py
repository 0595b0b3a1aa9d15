"""What can go wrong with people and tokens; every message may be shown to an administrator."""

from core.errors import BadInput


class StaffRefused(BadInput):
    """A person cannot be added or changed like this; `rule` is the key in refusals.yaml."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


class UnknownScope(BadInput):
    """A token was asked for with a scope that does not exist."""
