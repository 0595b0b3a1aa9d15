"""Pure rules of a standing committee: what an order must hold, and when its term ends."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

CHAIR: Final = "chair"
MEMBER: Final = "member"
SECRETARY: Final = "secretary"
PARTS: Final = (CHAIR, MEMBER, SECRETARY)
SMALLEST: Final = 2
LARGEST: Final = 30
LONGEST_ORDER: Final = 40
# So long before the end of a term the heads of the office are told.
WARN_BEFORE: Final = timedelta(days=30)
NONE, STANDS, ENDS_SOON, OVER = "none", "stands", "ends_soon", "over"


@dataclass(frozen=True)
class Appointment:
    """What an order says; `members` are (staff id, part)."""

    order_number: str
    appointed_on: date | None
    ends_on: date | None
    members: tuple[tuple[int, str], ...]


def appointment_fault(wished: Appointment, *, today: date) -> str | None:
    """What is wrong with an appointment, as a rule of refusals.yaml."""
    people, parts = zip(*wished.members, strict=True) if wished.members else ((), ())
    order, begins, ends = wished.order_number, wished.appointed_on, wished.ends_on
    faults = (
        ("order_bad", not 0 < len(order) <= LONGEST_ORDER or not order.isprintable()),
        ("appointed_missing", begins is None),
        ("day_to_come", begins is not None and begins > today),
        ("term_backwards", begins is not None and ends is not None and ends < begins),
        ("committee_small", len(people) < SMALLEST),
        ("committee_large", len(people) > LARGEST),
        ("committee_twice", len(set(people)) < len(people)),
        ("part_unknown", not set(parts) <= set(PARTS)),
        ("chair_one", parts.count(CHAIR) != 1),
    )
    return next((rule for rule, is_broken in faults if is_broken), None)


def term(ends_on: date | None, today: date) -> str:
    """How a term stands today: STANDS, ENDS_SOON or OVER; its last day still counts."""
    if ends_on is None or today < ends_on - WARN_BEFORE:
        return STANDS
    return ENDS_SOON if today <= ends_on else OVER
