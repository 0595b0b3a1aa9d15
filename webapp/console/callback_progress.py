"""What happens to a call that was asked for: your telephone, the caller's, the talk, its end."""

from collections.abc import Sequence
from dataclasses import dataclass

from calls.models import Callback, CallbackAttempt
from calls.states import DIALLING, NEEDS_PERSON, WAITING
from webapp.console.callback_lines import Facts, Line
from webapp.console.case_words import word
from webapp.console.dates import thai_moment
from webapp.console.language import gettext, marked

STEPS = (
    marked("Your telephone rings"),
    marked("The caller's telephone rings"),
    marked("You are talking"),
    marked("The call is over"),
)
OVER = len(STEPS) - 1
ABOUT_TO_RING = marked("Your telephone is about to ring.")
NOTE = marked("Write down what was said: the case is waiting for your note.")
AGAIN = marked("It will be tried again from %(moment)s.")
DECIDE = marked("A person must decide how to go on.")
UNDER_WAY = ("claimed", *DIALLING)
SAID = {
    "claimed": ABOUT_TO_RING,
    "dialling_operator": marked("Your telephone rings. Pick up and press 1."),
    "dialling_caller": marked(
        "The caller's telephone rings. Say nothing about the hotline until the caller has pressed "
        "a key."
    ),
    "connected": marked("The caller has pressed a key. You are talking."),
}


@dataclass(frozen=True)
class Progress:
    """The call of the reader: the step it is at, in words, and what follows once it is over."""

    line: Line
    step: int
    steps: list[str]
    text: str
    next_text: str
    is_over: bool
    is_reached: bool
    needs_note: bool
    needs_decision: bool


def progress_of(callback: Callback, line: Line, facts: Facts, *, staff_id: int) -> Progress:
    """How the call stands that this person makes or has just made."""
    attempts = facts.attempts.get(callback.id, ())
    last = _last_of(attempts, staff_id)
    waits = callback.state in WAITING and callback.wanted_staff_id == staff_id
    is_over = not waits and callback.state not in UNDER_WAY
    return Progress(
        line=line,
        step=OVER if is_over else _step(callback.state),
        steps=[gettext(step) for step in STEPS],
        text=_result(last) if is_over else gettext(SAID.get(callback.state, ABOUT_TO_RING)),
        next_text=_next(callback) if is_over else "",
        is_over=is_over,
        is_reached=bool(last and last.outcome == "reached"),
        needs_note=is_over and bool(last and last.outcome == "reached"),
        needs_decision=is_over and callback.state in NEEDS_PERSON and callback.decided_at is None,
    )


def _step(state: str) -> int:
    return {"dialling_caller": 1, "connected": 2}.get(state, 0)


def _last_of(attempts: Sequence[CallbackAttempt], staff_id: int) -> CallbackAttempt | None:
    return next((one for one in reversed(attempts) if one.staff_id == staff_id), None)


def _result(last: CallbackAttempt | None) -> str:
    if last is None:
        return gettext("Your telephone has not been rung.")
    return gettext("Result: %(outcome)s") % {"outcome": word("outcome", last.outcome or "unknown")}


def _next(callback: Callback) -> str:
    if callback.state in WAITING and callback.due_at:
        return gettext(AGAIN) % {"moment": thai_moment(callback.due_at)}
    if callback.state in NEEDS_PERSON and callback.decided_at is None:
        return gettext(DECIDE)
    return gettext(NOTE) if callback.state == "done" else ""
