"""What may follow what: the states of a case and of an office's part in it (design.md §4)."""

from typing import Final

from cases.errors import IllegalTransition

RECEIVED: Final = "received"
OFFERED: Final = "offered"
ACKNOWLEDGED: Final = "acknowledged"
CHECKING: Final = "checking"
WAITING_APPROVAL: Final = "waiting_approval"
ASSIGNED: Final = "assigned"
IN_PROGRESS: Final = "in_progress"
REPORTED: Final = "reported"
CLOSED: Final = "closed"
REFERRED: Final = "referred"
UNREACHABLE: Final = "unreachable"
DUPLICATE: Final = "duplicate"
NOT_A_CASE: Final = "not_a_case"

# Ways out of the office's work; each may be reopened, which returns to checking.
_SIDE = frozenset({REFERRED, UNREACHABLE, DUPLICATE, NOT_A_CASE})

CASE: Final[dict[str, frozenset[str]]] = {
    "received": frozenset({"acknowledged"}) | _SIDE,
    # An operator may act at once as SC-Action ex officio (design.md §3a.10).
    # The hotline's desk may send on what it holds only because the area was not known: then the
    # next office acknowledges it anew.
    "acknowledged": frozenset({"checking", "waiting_approval", "in_progress", "received"}) | _SIDE,
    "checking": frozenset({"waiting_approval", "in_progress", "received"}) | _SIDE,
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

# An office has a part in a case from the moment that it is offered until it is done. The words
# stand in cases.models.OTHER_PART.
HAS_PART: Final = (OFFERED, "accepted")
UNACKNOWLEDGED: Final = ("requested", "approved", "offered")
# What the office that owns a case owes next, by the case's status; nothing where none is named.
NEXT_STEPS: Final = {
    "received": "acknowledge",
    "acknowledged": "check",
    "checking": "decide",
    "waiting_approval": "approve",
    "assigned": "accept",
    "in_progress": "report",
    "reported": "close",
    "referred": "follow_up",
    "unreachable": "try_again",
}
# Ways out, from which a case comes back only by reopening.
OVER: Final = _SIDE | {"closed"}
SETTLED: Final = frozenset(CASE) - frozenset(NEXT_STEPS)
# Where the office's own deadline climbs; in the two others that owe a step the hand-over does.
WATCHED: Final = frozenset(NEXT_STEPS) - {WAITING_APPROVAL, ASSIGNED}


def check_case(old: str, new: str) -> None:
    """IllegalTransition unless a case may go from `old` to `new`."""
    _check(CASE, "a case", old, new)


def check_assignment(old: str, new: str) -> None:
    """IllegalTransition unless an assignment may go from `old` to `new`."""
    _check(ASSIGNMENT, "an assignment", old, new)


def _check(table: dict[str, frozenset[str]], what: str, old: str, new: str) -> None:
    if new not in table.get(old, frozenset()):
        raise IllegalTransition(what, old, new)
