"""What may follow what: the states of a case and of an office's part in it (design.md §4)."""

from typing import Final

from cases.errors import IllegalTransition

RECEIVED: Final = "received"
OFFERED: Final = "offered"

# Ways out of the office's work; each may be reopened, which returns to checking.
_SIDE = frozenset({"referred", "unreachable", "duplicate", "not_a_case"})

CASE: Final[dict[str, frozenset[str]]] = {
    "received": frozenset({"acknowledged"}) | _SIDE,
    # An operator may act at once as SC-Action ex officio (design.md §3a.10).
    "acknowledged": frozenset({"checking", "waiting_approval", "in_progress"}) | _SIDE,
    "checking": frozenset({"waiting_approval", "in_progress"}) | _SIDE,
    "waiting_approval": frozenset({"assigned", "checking", "in_progress"}),
    "assigned": frozenset({"in_progress", "checking"}),
    "in_progress": frozenset({"waiting_approval", "reported", "checking"}) | _SIDE,
    # Never closed without a result report (domain.md C4).
    "reported": frozenset({"closed", "in_progress", "checking"}),
    "closed": frozenset({"checking"}),
    "referred": frozenset({"checking"}),
    "unreachable": frozenset({"checking"}),
    "duplicate": frozenset({"checking"}),
    "not_a_case": frozenset({"checking"}),
}

ASSIGNMENT: Final[dict[str, frozenset[str]]] = {
    "requested": frozenset({"approved", "rejected", "revoked"}),
    "approved": frozenset({"offered", "revoked"}),
    "offered": frozenset({"accepted", "declined", "revoked"}),
    "accepted": frozenset({"done", "revoked"}),
    "rejected": frozenset(),
    "declined": frozenset(),
    "done": frozenset(),
    "revoked": frozenset(),
}

UNACKNOWLEDGED: Final = ("requested", "approved", "offered")
# What the office that owns a case owes next, by the case's status; nothing where none is named.
NEXT_STEPS: Final = {
    "received": "acknowledge",
    "acknowledged": "check",
    "checking": "decide",
    "waiting_approval": "approve",
    "assigned": "begin",
    "in_progress": "report",
    "reported": "close",
    "referred": "follow_up",
    "unreachable": "try_again",
}
SETTLED: Final = frozenset(CASE) - frozenset(NEXT_STEPS)


def check_case(old: str, new: str) -> None:
    """IllegalTransition unless a case may go from `old` to `new`."""
    _check(CASE, "a case", old, new)


def check_assignment(old: str, new: str) -> None:
    """IllegalTransition unless an assignment may go from `old` to `new`."""
    _check(ASSIGNMENT, "an assignment", old, new)


def _check(table: dict[str, frozenset[str]], what: str, old: str, new: str) -> None:
    if new not in table.get(old, frozenset()):
        raise IllegalTransition(what, old, new)
