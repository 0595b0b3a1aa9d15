"""The states of a recording and the ways between them (design.md §4)."""

from recordings.errors import IllegalMove

REGISTERED = "registered"
STORED = "stored"
ABSENT = "absent"
FAILED = "failed"
PURGED = "purged"
WITHDRAWN = "withdrawn"

# The order in which the provider speaks does not matter: "completed" after "absent" takes the
# recording, "absent" after "completed" changes nothing. Only a person sets a failed one going, or
# a stored one whose copy is damaged while the provider still has its own. What the caller took back
# is played to nobody from that moment on, and is purged once the provider's copy is gone.
MOVES: dict[str, frozenset[str]] = {
    ABSENT: frozenset({REGISTERED}),
    REGISTERED: frozenset({STORED, FAILED}),
    FAILED: frozenset({REGISTERED}),
    STORED: frozenset({PURGED, REGISTERED, WITHDRAWN}),
    WITHDRAWN: frozenset({PURGED}),
    PURGED: frozenset(),
}

# Provider's word -> ours. Its "failed" is a recording that never was; "in-progress" and whatever
# else is said while it runs makes no row (telephony.md §1.3).
ANNOUNCED = {"completed": REGISTERED, "absent": ABSENT, "failed": ABSENT}


def moved(current: str, target: str) -> str:
    """The target when the table allows it; IllegalMove otherwise."""
    if target not in MOVES[current]:
        raise IllegalMove(f"a recording that is {current} cannot become {target}")
    return target
