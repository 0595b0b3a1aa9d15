"""After a talk with a caller: is the call still wanted that was promised before?"""

from collections.abc import Collection, Iterable, Sequence

from calls.change_rules import CALLED_OFF, KEPT, MOVED
from calls.decisions import DECIDED
from calls.queries import CallbackFile
from cases.models import TimelineEvent

TALKED, TRIED, REACHED = "talked", "callback_attempt", "reached"
# What is said about a callback after the talk answers the question; the caller's own keys do too.
ANSWERS = frozenset({CALLED_OFF, MOVED, KEPT, DECIDED, "callback_requested"})


def to_ask_about(
    events: Iterable[TimelineEvent],
    files: Sequence[CallbackFile],
    changeable: Collection[int],
    staff_id: int,
) -> list[CallbackFile]:
    """The promised callbacks that this person, who talked with the caller, has yet to ask about.

    `events` are those of the case in order, `changeable` the callbacks that this person may change.
    A callback without the caller's permission promises nothing.
    """
    promised = [one for one in files if one.callback.id in changeable and one.callback.consent]
    if not promised:
        return []
    mine = {
        (file.callback.id, tried.number)
        for file in files
        for tried in file.attempts
        if tried.staff_id == staff_id
    }
    has_talked, answered = False, set[int]()
    for event in events:
        if _is_talk(event, mine, staff_id):
            has_talked, answered = True, set()
        elif event.kind in ANSWERS:
            answered.add(event.data.get("callback_id", 0))
    if not has_talked:
        return []
    return [one for one in promised if one.callback.id not in answered]


def _is_talk(event: TimelineEvent, mine: Collection[tuple[int, int]], staff_id: int) -> bool:
    """Whether the entry says that this person talked with the caller, phoned or phoning back."""
    data = event.data
    if event.kind == TRIED and data.get("outcome") == REACHED:
        return (data.get("callback_id"), data.get("number")) in mine
    return event.kind == TALKED and data.get("staff_id") == staff_id
