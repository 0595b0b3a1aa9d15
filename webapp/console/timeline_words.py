"""A case's timeline in words: what happened, who did it, when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from calls.change_rules import CALLED_OFF, MOVED
from cases.correcting import CORRECTED
from cases.handover_rules import OFFICE
from cases.models import TimelineEvent
from cases.senders import NOT_OURS
from webapp.console.case_words import sentence, word
from webapp.console.correction_words import changes
from webapp.console.dates import thai_date, thai_day

# Sent by the rules; where they chose the office that had it, the entry names none.
ROUTED, STAYS = "routed", "stays"
# Entries whose words are somebody's reason for looking at something.
LOOKS = frozenset({"number_revealed", "viewed_for_reason", "recording_played"})
# Entries about the clock of a step.
CLOCK = frozenset(
    {"step_late", "clock_stop_asked", "clock_stopped", "clock_resumed", "clock_stop_refused"}
)
# What a code in an entry's data is called in its sentence, and of which kind its word is.
CODES = {
    "outcome": ("outcome_word", "outcome"),
    "from": ("from_word", "status"),
    "to": ("to_word", "status"),
    "severity_from": ("old_word", "severity"),
    "severity_to": ("new_word", "severity"),
    "choice": ("choice_word", "callback_choice"),
    "way": ("way_word", "handover_way"),
}
# Entries with a reason from a short list, and of which kind its word is.
WHY = {CALLED_OFF: "call_off_why", NOT_OURS: "not_ours"}


@dataclass(frozen=True)
class Entry:
    """One thing that happened; `words` is the reason that somebody gave."""

    at: datetime
    text: str
    who: str
    words: str | None


def entries(
    events: Iterable[TimelineEvent],
    names: Mapping[int, str],
    offices: Mapping[str, str],
    *,
    with_words: bool,
) -> list[Entry]:
    """The timeline, the newest first.

    Why somebody looked is for everybody who sees the timeline; what was written about the case
    only `with_words`.
    """
    return [
        Entry(
            at=one.at,
            text=_text(one, names, offices),
            who=_who(one, names),
            words=one.words if with_words or one.kind in LOOKS else None,
        )
        for one in reversed(list(events))
    ]


def _text(event: TimelineEvent, names: Mapping[int, str], offices: Mapping[str, str]) -> str:
    data = event.data
    values = {str(name): str(data[name]) for name in ("number", "reference") if name in data}
    values |= _named(data, names, offices)
    values |= {name: word(kind, data[key]) for key, (name, kind) in CODES.items() if data.get(key)}
    if "kind" in data:
        is_office = data["kind"] == OFFICE and "office" in values
        values["receiver"] = values["office"] if is_office else word("handover_kind", data["kind"])
    if event.kind in WHY:
        values["why_word"] = word(WHY[event.kind], data.get("why", ""))
    if event.kind == MOVED:
        values["hours"] = _hours(data)
    if event.kind == CORRECTED:
        values["changes"] = changes(data, offices)
    if event.kind in CLOCK:
        values |= _clock_values(data)
    stays = event.kind == ROUTED and "office" not in values
    return sentence(STAYS if stays else event.kind, values)


def _named(
    data: Mapping[str, Any], names: Mapping[int, str], offices: Mapping[str, str]
) -> dict[str, str]:
    """The person and the office that an entry names."""
    values = {}
    if data.get("barred_id") in names:
        values["person"] = names[data["barred_id"]]
    if data.get("office_code"):
        values["office"] = offices.get(data["office_code"], data["office_code"])
    return values


def _hours(data: Mapping[str, str]) -> str:
    """For when a caller wants a callback now."""
    if not data.get("day"):
        return word("callback_hours", "now")
    day = thai_day(date.fromisoformat(data["day"]))
    window = data.get("window", "").replace("-", "–")
    return word("callback_hours", "day", day=day, window=window)


def _clock_values(data: Mapping[str, str]) -> dict[str, str]:
    """What an entry about the clock of a step names."""
    values = {
        "step_word": word("step", data.get("step", "")),
        "reason_word": word("stop_reason", data.get("reason", "")),
        "end_word": word("stop_end", data.get("how", "")),
    }
    if "until" in data:
        values["until"] = thai_date(datetime.fromisoformat(data["until"]))
    return values


def _who(event: TimelineEvent, names: Mapping[int, str]) -> str:
    kind, _, number = event.actor.partition(":")
    if kind == "staff" and number.isdecimal() and int(number) in names:
        return names[int(number)]
    if event.kind == "talked" and event.data.get("staff_id") in names:
        return names[event.data["staff_id"]]
    return word("actor", kind)
