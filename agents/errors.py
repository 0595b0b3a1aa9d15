"""What can go wrong with people and tokens; every message may be shown to an administrator."""

from core.errors import BadInput, NotFoundError
from routing.catalogue import Text


class StaffRefused(BadInput):
    """A person cannot be added or changed like this; `rule` is the key in refusals.yaml."""

    def __init__(self, rule: str, text: Text) -> None:
        super().__init__(text.en)
        self.rule, self.text = rule, text


class UnknownScope(BadInput):
    """A token was asked for with a scope that does not exist."""


class DutyRefused(BadInput):
    """The duty cannot be changed like this; `rule` is duty or not_active."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"the duty cannot be changed: {rule}")
        self.rule = rule


class RingingRefused(BadInput):
    """The office cannot ring like this; `rule` is value or headquarters."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"the office cannot ring like this: {rule}")
        self.rule = rule


class BadNoticeChoice(BadInput):
    """A channel, an address or quiet hours that cannot be."""


class UnknownNotice(NotFoundError):
    """There is no such notice for who asks."""


class RosterRefused(BadInput):
    """A shift, an absence or a day off cannot be like this; `rule` is in roster_refusals.yaml."""

    def __init__(self, rule: str, **values: object) -> None:
        super().__init__(f"refused: {rule}")
        self.rule = rule
        self.values = values
