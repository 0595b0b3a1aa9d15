"""What can go wrong when people take a callback into their hands; `rule` names it for the page."""

from core.errors import BadInput, HotlineError


class CallNowRefused(BadInput):
    """Nobody is rung for this callback now; `rule` is one of calls.call_rules.REFUSALS."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"the callback cannot be rung now: {rule}")
        self.rule = rule


class DecisionRefused(BadInput):
    """This cannot be decided; `rule` is one of calls.decision_rules.REFUSALS."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"this cannot be decided about the callback: {rule}")
        self.rule = rule


class ChangeRefused(BadInput):
    """A callback cannot be changed like this; `rule` is one of calls.change_rules.REFUSALS."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"the callback cannot be changed: {rule}")
        self.rule = rule


class LineTaken(HotlineError):
    """Another callback waits for this line of the case, or is rung on it, already."""


class StaleCallback(HotlineError):
    """Somebody else has decided about the callback, or it needs no decision any more."""


class WarningRefused(BadInput):
    """A warning cannot be set aside like this; `rule` is until, reason or gone."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"the warning cannot be set aside: {rule}")
        self.rule = rule


class LimitRefused(BadInput):
    """A number cannot be greeted shortly like this; `rule` is hours, reason, again or gone."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"the number cannot be limited: {rule}")
        self.rule = rule


class FlowRefused(BadInput):
    """A flow cannot be put in force; `rule` is same, unfit, gone or overtaken."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"the flow cannot be put in force: {rule}")
        self.rule = rule
