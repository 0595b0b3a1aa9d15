"""What a call met at each node of the flow, as one letter each: at most once for a call.

Kept in the call's own state, which every turn writes anyway, and counted when the call is over.
"""

from collections.abc import Mapping
from typing import Any, Final

CAME: Final = "c"
ANSWERED: Final = "a"
WRONG: Final = "w"
SILENT: Final = "s"
AGAIN: Final = "r"
TO_PERSON: Final = "p"
# Only known when the call is over: it ended here, before it had what it came for.
GAVE_UP: Final = "g"
# What makes a call come to its aim: hanging up after that is no giving up.
REACHED: Final = ("talked", "reference_told", "followed_case")


def with_mark(marks: Mapping[str, str], node: str, mark: str) -> str:
    """The letters of a node with one more, which may be there already."""
    known = marks.get(node, "")
    return known if mark in known else known + mark


def marks_of(state: Mapping[str, Any]) -> dict[str, str]:
    """The letters of each node of a call that is over, from the state that it ended with."""
    marks: dict[str, str] = dict(state.get("marks", {}))
    if not marks or state["ended"]:
        return marks
    node, facts = state["node"], state["facts"]
    if state.get("leg_key") and facts.get("talked"):
        # The end of the call was told before the end of the talk.
        return marks | {node: with_mark(marks, node, ANSWERED)}
    if any(facts.get(name) for name in REACHED):
        return marks
    return marks | {node: with_mark(marks, node, GAVE_UP)}
