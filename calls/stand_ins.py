"""Whose telephone is rung: a person's own, or in practice beside a real service a made-up one.

A practice call may ring a trainee, and nobody's telephone rings: the number that stands in for it
is one of those that the practice provider alone knows, and that nobody has.
"""

from typing import Final

from core import runtime

# Below the numbers of made-up callers (webapp.practice_line), all of which nobody has.
FIRST: Final = 66810000000
HOW_MANY: Final = 100


def phone_for(account_sid: str, staff_id: int, phone: str) -> str:
    """The number to ring for a person by the account of the call, callback or leg."""
    if runtime.current().settings.is_apart(account_sid):
        return f"+{FIRST + staff_id % HOW_MANY}"
    return phone
