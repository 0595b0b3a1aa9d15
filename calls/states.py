"""States of callbacks, attempts and legs as declared tables; they only ever move forward.

Values are those of design.md §4. Provider words are translated here and nowhere else.
"""

from collections.abc import Mapping
from typing import Final

WAITING: Final = ("due", "retry")
DIALLING: Final = ("dialling_operator", "dialling_caller", "connected")
NEEDS_PERSON: Final = ("decision", "exhausted", "stopped")
UNDIALLED: Final = ("requested", "due", "decision", "withdrawn")

# Where each state may go. A later call makes a callback of its own: nothing revives a stopped one.
CALLBACK_MOVES: Final[Mapping[str, frozenset[str]]] = {
    "requested": frozenset({"due", "decision", "withdrawn", "stopped"}),
    "due": frozenset({"due", "claimed", "decision", "withdrawn", "stopped"}),
    "retry": frozenset({"retry", "claimed", "decision", "withdrawn", "stopped", "done"}),
    "claimed": frozenset(
        {"claimed", "due", "retry", "dialling_operator", "withdrawn", "done", "decision", "stopped"}
    ),
    "dialling_operator": frozenset(
        {"due", "retry", "dialling_caller", "withdrawn", "decision", "stopped"}
    ),
    "dialling_caller": frozenset(
        {"due", "retry", "connected", "withdrawn", "done", "exhausted", "decision", "stopped"}
    ),
    "connected": frozenset({"done", "retry", "withdrawn", "exhausted", "decision", "stopped"}),
    # Late news of the last attempt: a key that was pressed counts, whenever we hear of it.
    "exhausted": frozenset({"due", "done", "decision", "stopped"}),
    "decision": frozenset({"decision", "due", "withdrawn", "stopped"}),
    "withdrawn": frozenset({"due", "decision"}),
    "done": frozenset(),
    "stopped": frozenset(),
}

ATTEMPT_MOVES: Final[Mapping[str, frozenset[str]]] = {
    "asking": frozenset({"busy", "ringing", "accepted", "ended"}),
    "busy": frozenset({"asking", "ended"}),
    "ringing": frozenset({"accepted", "ended"}),
    "accepted": frozenset({"connected", "ended"}),
    "connected": frozenset({"ended"}),
    "ended": frozenset(),
}

# Twilio's CallStatus and DialCallStatus (telephony.md §1.3) in our words.
PROVIDER_STATUS: Final[Mapping[str, str]] = {
    "queued": "ringing",
    "initiated": "ringing",
    "ringing": "ringing",
    "in-progress": "in_progress",
    "answered": "in_progress",
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "canceled",
}
ENDED: Final = frozenset({"completed", "busy", "no_answer", "failed", "canceled"})
NEVER_ANSWERED: Final = frozenset({"busy", "no_answer", "failed", "canceled"})
HUMAN: Final = "human"
VERDICTS: Final = frozenset(
    {
        HUMAN,
        "fax",
        "machine_start",
        "machine_end_beep",
        "machine_end_silence",
        "machine_end_other",
        "unknown",
    }
)


def sources(target: str) -> tuple[str, ...]:
    """The callback states from which `target` may be reached."""
    return tuple(state for state, moves in CALLBACK_MOVES.items() if target in moves)


def may_move(current: str, target: str) -> bool:
    """Whether an attempt may go from one state to the other."""
    return target in ATTEMPT_MOVES[current]


def later_status(current: str | None, reported: str) -> str:
    """The status after one more report: repeats and disorder never move a call backwards."""
    order = {None: 0, "ringing": 1, "in_progress": 2}
    if current in ENDED or order.get(reported, 3) <= order.get(current, 3):
        return current or reported
    return reported


def verdict(answered_by: str | None) -> str | None:
    """Who answered, in one of the known words; a word that we do not know is `unknown`."""
    if not answered_by:
        return None
    return answered_by if answered_by in VERDICTS else "unknown"
