"""How a case left an office's own work, for its page: to whom it was referred, of which case it is
the same, and in whose words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cases.models import TimelineEvent
from cases.states import DUPLICATE, REFERRED, UNREACHABLE
from webapp.console.timeline_words import entries

# The entry that says how a case got its status.
KINDS: Final = {REFERRED: "referred", UNREACHABLE: "unreachable", DUPLICATE: "duplicate_of"}


@dataclass(frozen=True)
class WayOut:
    """What was said, when, why; `reference` is the other case, where there is one."""

    at: datetime
    text: str
    words: str | None
    reference: str | None


def way_out(
    status: str,
    events: Iterable[TimelineEvent],
    names: Mapping[int, str],
    offices: Mapping[str, str],
    *,
    with_words: bool,
) -> WayOut | None:
    """The newest entry that tells of the status; None for every other one."""
    kind = KINDS.get(status)
    found = [one for one in events if one.kind == kind]
    if not found:
        return None
    [entry] = entries(found[-1:], names, offices, with_words=with_words)
    return WayOut(entry.at, entry.text, entry.words, found[-1].data.get("reference"))
