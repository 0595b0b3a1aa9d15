"""What status events say: who ended a call, and their place in the order of events."""

from typing import Final

MOST_DIGITS: Final = 7


def ended_by(status: str, *, hung_up: bool) -> str:
    """Who ended an inbound call: we did when our last document hung up, else the caller."""
    if status == "failed":
        return "provider"
    return "system" if hung_up else "caller"


def sequence_number(text: str) -> int | None:
    """A SequenceNumber, 0 where there is none, None for what cannot be one (B26)."""
    return whole_number(text) if text else 0


def whole_number(text: str) -> int | None:
    """A plain number of a few digits, None for anything else that a parameter may hold."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
