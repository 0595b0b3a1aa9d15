"""What status events say: who ended a call, and their place in the order of events."""

from typing import Final

LARGEST_SEQUENCE: Final = 1_000_000


def ended_by(status: str, *, hung_up: bool) -> str:
    """Who ended an inbound call: we did when our last document hung up, else the caller."""
    if status == "failed":
        return "provider"
    return "system" if hung_up else "caller"


def sequence_number(text: str) -> int | None:
    """A SequenceNumber, 0 where there is none, None for what cannot be one (B26)."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_SEQUENCE))):
        return None
    return int(text)
