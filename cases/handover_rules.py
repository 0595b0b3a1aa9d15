"""Pure rules of hand-overs: to whom a case may go, in which state, and where it goes back to.

Source: domain.md B7-B9, B14, design.md §3a.7 and §3a.10.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agents.permissions import Parents, offices_above

OFFICE: Final = "office"
PERSON: Final = "person"
COMMITTEE: Final = "committee"
KINDS: Final = (OFFICE, PERSON, COMMITTEE)
PAGE: Final = "page"
TELEPHONE: Final = "telephone"
# Who may be asked to solve a case; every operator is an SC-Action ex officio (domain.md B10).
ACTION_ROLES: Final = ("operator", "head_operator", "action_officer")
# In which a hand-over may be asked for; "received" must be acknowledged first.
ASKABLE: Final = frozenset({"acknowledged", "checking", "in_progress"})
LONGEST_WORDS: Final = 2_000
SMALLEST_COMMITTEE: Final = 2
LARGEST_COMMITTEE: Final = 12


@dataclass(frozen=True)
class Wish:
    """What somebody asks for: which kind, why, to which office or people, who is the chair."""

    kind: str
    reason: str
    to_office: str | None = None
    people: tuple[int, ...] = ()
    chair: int | None = None


@dataclass(frozen=True)
class Receivers:
    """What is known of those who are to have the case.

    `open_offices` are those of the asked that exist, are active and take part; `partners` those
    outside the ministry, which never own a case (decision 0016); `roles_at` holds for each active
    person the offices at which they hold one of ACTION_ROLES.
    """

    from_office: str
    parents: Parents
    open_offices: frozenset[str]
    roles_at: Mapping[int, frozenset[str]]
    barred_offices: frozenset[str] = frozenset()
    barred_people: frozenset[int] = frozenset()
    partners: frozenset[str] = frozenset()


def wish_fault(wish: Wish) -> str | None:
    """What is wrong with the form of a wish, as a rule of HandoverRefused."""
    if wish.kind not in KINDS:
        return "kind"
    fault = words_fault(wish.reason, needed=True)
    if fault is None:
        fault = _office_fault(wish) if wish.kind == OFFICE else _people_fault(wish)
    return fault


def words_fault(words: str | None, *, needed: bool) -> str | None:
    """What is wrong with somebody's reason."""
    kept = (words or "").strip()
    if needed and not kept:
        return "reason_missing"
    return "reason_too_long" if len(kept) > LONGEST_WORDS else None


def receiver_fault(wish: Wish, known: Receivers) -> str | None:
    """Why the case may not go to those who are asked; as a rule of HandoverRefused."""
    if wish.to_office is not None:
        return _target_fault(wish.to_office, known)
    for staff_id in wish.people:
        if staff_id in known.barred_people:
            return "excluded"
        if not any(
            _at_or_below(office, known) for office in known.roles_at.get(staff_id, frozenset())
        ):
            return "not_staff"
    return None


def back_to(status_before: str) -> str:
    """What a case is again when its hand-over came to nothing before it was offered."""
    return "in_progress" if status_before == "in_progress" else "checking"


def part_of(kind: str, *, chair: bool) -> str:
    """The part in the case that a receiver gets."""
    if kind == PERSON:
        return "action"
    return "chair" if chair else "member"


def _office_fault(wish: Wish) -> str | None:
    return None if wish.to_office and not wish.people else "no_receiver"


def _people_fault(wish: Wish) -> str | None:
    people = set(wish.people)
    if not people or wish.to_office is not None:
        return "no_receiver"
    if wish.kind == PERSON:
        return None if len(people) == 1 else "too_many"
    if len(people) < SMALLEST_COMMITTEE:
        return "no_receiver"
    if len(people) > LARGEST_COMMITTEE:
        return "too_many"
    return None if wish.chair in people else "chair"


def _target_fault(office: str, known: Receivers) -> str | None:
    if known.from_office not in offices_above(office, known.parents):
        return "not_below"
    if office in known.barred_offices:
        return "excluded"
    if office in known.partners:
        return "partner"
    return None if office in known.open_offices else "office_closed"


def _at_or_below(office: str, known: Receivers) -> bool:
    here = office == known.from_office
    return here or known.from_office in offices_above(office, known.parents)
