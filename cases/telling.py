"""Whom to tell of what concerns an office: its people by name, and the office's own channel."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from agents.notice_receivers import has_own_channel
from cases.queries import Exclusions

Receiver = dict[str, Any]


def people_or_office(
    staff_ids: Iterable[int], office_code: str, secret: Exclusions
) -> list[Receiver]:
    """The people who may know; the office itself where nobody can be named.

    Never an office that must not know (design.md §3a.7).
    """
    people = dict.fromkeys(secret.without(staff_ids))
    is_told = not people and office_code not in secret.offices
    return [{"office_code": office_code}] if is_told else [{"staff_id": one} for one in people]


def with_office(
    session: Session, staff_ids: Iterable[int], office_code: str, secret: Exclusions
) -> list[Receiver]:
    """The same, and the office's own mailbox or LINE group beside its people.

    Source: docs/decisions/0040-a-case-arrives.md.
    """
    told = people_or_office(staff_ids, office_code, secret)
    is_named = any("staff_id" in one for one in told)
    if is_named and office_code not in secret.offices and has_own_channel(session, office_code):
        told.append({"office_code": office_code, "is_beside": True})
    return told
