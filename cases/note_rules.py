"""Who may read and correct a note: its visibility against how the reader stands to it. Pure.

Source: issue of the desk (explicit visibility, the office by default), permissions.yaml for the
rest: whoever may not read notes of the case at all is asked no further.
"""

from dataclasses import dataclass
from typing import Final

from agents.permissions import DESCENDANT, OWN

THIS_OFFICE: Final = "this_office"
CHAIN_ABOVE: Final = "chain_above"
HOTLINE: Final = "hotline"
EVERYONE_ASSIGNED: Final = "everyone_assigned"
VISIBILITIES: Final = (THIS_OFFICE, CHAIN_ABOVE, HOTLINE, EVERYONE_ASSIGNED)

LONGEST: Final = 20_000


@dataclass(frozen=True)
class Reader:
    """How somebody stands to a note.

    `to_office` holds the relations of the reader's offices to the office that the note was
    written for; `is_assigned` is true for a person who has the case, and for everybody at an
    office that has a part in it.
    """

    is_author: bool = False
    to_office: frozenset[str] = frozenset()
    at_hotline: bool = False
    is_assigned: bool = False


def may_read(visibility: str, reader: Reader) -> bool:
    """Whether the note is for this reader; the author and the author's office always read it."""
    if reader.is_author or OWN in reader.to_office:
        return True
    if visibility == CHAIN_ABOVE:
        return DESCENDANT in reader.to_office
    if visibility == HOTLINE:
        return reader.at_hotline
    return visibility == EVERYONE_ASSIGNED and reader.is_assigned


def may_correct(reader: Reader) -> bool:
    """Only the author corrects, whoever else reads."""
    return reader.is_author


def fault(text: str, visibility: str) -> str | None:
    """Why a note cannot be kept: "visibility", "empty" or "too_long"; None when it can."""
    if visibility not in VISIBILITIES:
        return "visibility"
    if not text.strip():
        return "empty"
    return "too_long" if len(text) > LONGEST else None
