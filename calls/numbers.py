"""Which numbers may be rung at all: one rule, asked at entry and again before every ring."""

from sqlalchemy.orm import Session

from agents.numbers import number_fingerprint
from agents.queries import is_directory_number
from core import runtime
from core.phones import dialable

NOT_DIALABLE, IN_DIRECTORY = "number_not_dialable", "number_in_directory"


def can_be_dialled(number: str | None) -> bool:
    """Whether a number is a Thai telephone that costs nobody a fortune, and is not our own."""
    return dialable(number, frozenset({runtime.current().settings.hotline_number}))


def is_of_the_directory(session: Session, number: str | None) -> bool:
    """Whether a number is an office's, a school's or a staff member's (design.md §3a.8)."""
    return is_directory_number(session, number_fingerprint(number))


def number_refusal(session: Session, number: str | None, *, decided: bool) -> str | None:
    """Why a caller's number is not rung now, as a callback's `reason`; None where it may be.

    `decided`: a person has decided about the callback, and so about a number of the directory.
    """
    if not can_be_dialled(number):
        return NOT_DIALABLE
    return IN_DIRECTORY if not decided and is_of_the_directory(session, number) else None
