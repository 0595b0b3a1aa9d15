"""What a reader can do next on a case: one step first, the others beside it. Pure.

Source: domain.md B6-B9 (the operator's steps in order), design.md §3a.10 (help needs no approval).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Circumstances:
    """How the case stands, and what this reader is granted; `granted` holds actions."""

    status: str
    granted: frozenset[str] = frozenset()
    has_case: bool = False
    has_candidates: bool = False
    is_handed_over: bool = False
    may_decide: bool = False
    may_answer: bool = False
    is_junk_for_me: bool = False
    is_at_desk: bool = False


@dataclass(frozen=True)
class Choices:
    """The step that stands out, and the quiet ones in their order."""

    first: str | None
    others: tuple[str, ...]

    def has(self, name: str) -> bool:
        """Whether a step is offered at all."""
        return name == self.first or name in self.others


# By a case's status, the likeliest step first. An answer that somebody waits for comes before all.
ANSWERS: Final = ("decide", "answer")
# Whoever learns that somebody must not know of a case can say so at any time.
_ALWAYS: Final = ("conflict",)
_WAYS_OUT: Final = ("refer", "unreachable", "duplicate", "not_a_case")
_OPEN: Final = ("correct", *_ALWAYS)
_WRONG: Final = ("not_ours", *_WAYS_OUT)
_AT_WORK: Final = ("send", "begin", "hand_over", "report", "take_on", *_WRONG, *_OPEN)
STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "received": ("send", "acknowledge", "begin", *_WRONG, *_ALWAYS),
    "acknowledged": _AT_WORK,
    "checking": _AT_WORK,
    "waiting_approval": ("begin", "report", "take_on", *_OPEN),
    "assigned": ("begin", "report", "take_on", *_OPEN),
    "in_progress": ("report", "take_on", "hand_over", *_WAYS_OUT, *_OPEN),
    "reported": ("close", "begin", "take_on", *_OPEN),
    "referred": ("reopen", *_ALWAYS),
    "unreachable": ("reopen", *_ALWAYS),
    "duplicate": ("reopen", *_ALWAYS),
    "not_a_case": ("reopen", *_ALWAYS),
    "closed": ("reopen", *_ALWAYS),
}
# These ask for words or for care, and never stand out.
QUIET: Final = frozenset({"hand_over", "reopen", *_WAYS_OUT, "conflict", "not_ours", "correct"})
# While somebody is asked to approve or to take the case, nothing stands out but the answer.
ASKED: Final = ("waiting_approval", "assigned")

_POSSIBLE: Final[Mapping[str, Callable[[Circumstances], bool]]] = {
    "decide": lambda now: now.may_decide,
    "answer": lambda now: now.may_answer,
    "acknowledge": lambda now: "case.acknowledge" in now.granted,
    "take_on": lambda now: "case.acknowledge" in now.granted and not now.has_case,
    "begin": lambda now: "case.begin" in now.granted,
    "send": lambda now: "case.send" in now.granted and now.has_candidates,
    "correct": lambda now: "case.correct" in now.granted,
    # The hotline's desk has nobody above it.
    "not_ours": lambda now: "case.not_ours" in now.granted and not now.is_at_desk,
    "hand_over": lambda now: "handover.ask" in now.granted and not now.is_handed_over,
    # Whoever has the case need not have said before that they began.
    "report": lambda now: (
        "case.report" in now.granted and (now.has_case or now.status == "in_progress")
    ),
    "close": lambda now: "case.close" in now.granted,
    "reopen": lambda now: "case.reopen" in now.granted,
    "conflict": lambda now: "case.conflict" in now.granted,
    "refer": lambda now: "case.refer" in now.granted,
    "unreachable": lambda now: "case.unreachable" in now.granted,
    "duplicate": lambda now: "case.duplicate" in now.granted,
    "not_a_case": lambda now: "case.junk" in now.granted and not now.is_junk_for_me,
}


def choices(now: Circumstances) -> Choices:
    """The steps that this reader can take, the one to take first apart from the rest."""
    steps = (*ANSWERS, *STEPS.get(now.status, ()))
    possible = [name for name in steps if _POSSIBLE[name](now)]
    quiet = set(steps) - set(ANSWERS) if now.status in ASKED else QUIET
    first = next((name for name in possible if name not in quiet), None)
    return Choices(first, tuple(name for name in possible if name != first))
