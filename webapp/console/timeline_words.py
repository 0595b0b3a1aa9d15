"""A case's timeline in words: what happened, who did it, when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cases.models import TimelineEvent
from webapp.console.case_words import sentence, word


@dataclass(frozen=True)
class Entry:
    """One thing that happened; `words` is the reason that somebody gave."""

    at: datetime
    text: str
    who: str
    words: str | None


def entries(
    events: Iterable[TimelineEvent], names: Mapping[int, str], offices: Mapping[str, str]
) -> list[Entry]:
    """The timeline, the newest first."""
    told = [Entry(one.at, _text(one, offices), _who(one, names), one.words) for one in events]
    return told[::-1]


def _text(event: TimelineEvent, offices: Mapping[str, str]) -> str:
    data = event.data
    values = {"number": str(data["number"])} if "number" in data else {}
    if data.get("office_code"):
        values["office"] = offices.get(data["office_code"], data["office_code"])
    if "outcome" in data:
        values["outcome_word"] = word("outcome", data["outcome"])
    if "from" in data:
        values |= {"from_word": word("status", data["from"]), "to_word": word("status", data["to"])}
    return sentence(event.kind, values)


def _who(event: TimelineEvent, names: Mapping[int, str]) -> str:
    kind, _, number = event.actor.partition(":")
    if kind == "staff" and number.isdecimal() and int(number) in names:
        return names[int(number)]
    if event.kind == "talked" and event.data.get("staff_id") in names:
        return names[event.data["staff_id"]]
    return word("actor", kind)
