"""Pure rules of a case's further parts: what is owed on one, what is wrong with asking for one.

Source: domain.md §2 (a report about several schools reaches each), design.md §4 (states of an
assignment), §3a.7 (who must not know never gets a part).
"""

from dataclasses import dataclass
from typing import Final

from cases.states import IN_PROGRESS, NEXT_STEPS, OFFERED, OVER, RECEIVED

ACCEPTED: Final = "accepted"
DONE: Final = "done"
REVOKED: Final = "revoked"
# A part is never what the lead is: one that nobody has acknowledged owes what a new case owes, one
# that was taken on what a case in progress owes. So its time is the lead's.
STATUS: Final = {OFFERED: RECEIVED, ACCEPTED: IN_PROGRESS}
OWED: Final = {state: NEXT_STEPS[status] for state, status in STATUS.items()}
LONGEST_BRIEFING: Final = 4_000
# So many offices may have parts of one case; what concerns more is a story (cases.stories).
MOST_PARTS: Final = 12


@dataclass(frozen=True)
class PartWish:
    """Another place or office that a report concerns.

    Either `office_code` (an office or a school by its code) or what routing is asked: a district
    with affiliation and level. `briefing` is what the office has to know; the story that the
    caller told stays with the lead.
    """

    briefing: str
    office_code: str | None = None
    district_code: str | None = None
    affiliation: str | None = None
    level: str | None = None


@dataclass(frozen=True)
class OfficeFacts:
    """What is known of the office that is to have a part; `with_parts` are those still open."""

    code: str
    takes_cases: bool
    lead: str
    with_parts: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()


def wish_fault(wish: PartWish, status: str) -> str | None:
    """What is wrong with a wish, as a rule of PartRefused; the case has been acknowledged."""
    if status == RECEIVED or status in OVER:
        return "wrong_status"
    if not wish.briefing.strip():
        return "briefing_missing"
    if len(wish.briefing.strip()) > LONGEST_BRIEFING:
        return "briefing_too_long"
    return None if wish.office_code or wish.district_code else "place_missing"


def office_fault(office: OfficeFacts) -> str | None:
    """Why an office cannot have a part. Who must not know looks like one that does not exist."""
    if office.code in office.barred or not office.takes_cases:
        return "office_closed"
    if office.code == office.lead:
        return "is_lead"
    if office.code in office.with_parts:
        return "has_part"
    return "too_many_parts" if len(office.with_parts) >= MOST_PARTS else None
