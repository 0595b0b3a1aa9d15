"""What a ring at somebody who must be told comes to beside its end without a key; all pure."""

from typing import Final

from calls.ring_rules import WITHOUT_KEY, Ranks

OVER, AGAIN, HEARD = "over", "again", "heard"
RANKS: Final[Ranks] = {**WITHOUT_KEY, OVER: 5, AGAIN: 6, HEARD: 7}
