"""What a ring at a head operator comes to beside its end without a key; all pure."""

from typing import Final

from calls.ring_rules import FAILED, GAVE_WAY, LEFT, NO_ANSWER, WITHOUT_KEY, Ranks

NOT_ALLOWED, TOO_LATE = "not_allowed", "too_late"
APPROVED, REJECTED = "approved", "rejected"
RANKS: Final[Ranks] = {**WITHOUT_KEY, NOT_ALLOWED: 5, TOO_LATE: 6, APPROVED: 7, REJECTED: 7}
# Somebody else must still be asked.
UNDECIDED: Final = frozenset({FAILED, NO_ANSWER, GAVE_WAY, LEFT, NOT_ALLOWED})
