"""What may stand in the address of a list: checked, typed, never repeated in an answer."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator

from cases.desk import DeskFilter, Mark
from webapp.parameters import YEARS, CaseStatus, Moment, OfficeCode, Parameters

Waiting = Literal[
    "acknowledge",
    "approval",
    "accept",
    "callback",
    "decision",
    "overdue",
    "unassigned",
    "open",
    "closed",
]
Severity = Literal["emergency", "urgent", "normal"]
Group = Literal["V", "A", "R", "U", "X"]
SEVERITIES: tuple[str, ...] = get_args(Severity)
GROUPS: tuple[str, ...] = get_args(Group)


def to_mark(due_at: datetime, case_id: int) -> str:
    """The opaque mark of where a page ended."""
    text = f"{due_at.astimezone(UTC).isoformat()}|{case_id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _from_mark(mark: Any) -> Mark:
    try:
        padded = str(mark) + "=" * (-len(str(mark)) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        moment, case_id = text.split("|")
        due_at = datetime.fromisoformat(moment)
        number = int(case_id)
    except (binascii.Error, ValueError):
        raise ValueError("is not a mark of this list") from None
    # At the ends of the calendar a moment has no counterpart in UTC.
    if due_at.tzinfo is None or due_at.year not in YEARS or not 0 <= number < 2**31:
        raise ValueError("is not a mark of this list")
    return Mark(due_at, number)


class ListParameters(Parameters):
    """Which list and which cases of it; `seen` is the digest of what the browser shows."""

    waiting: Waiting = "acknowledge"
    status: CaseStatus | None = None
    severity: Severity | None = None
    group: Group | None = None
    office: OfficeCode | None = None
    since: Moment | None = None
    after: Annotated[Mark, BeforeValidator(_from_mark)] | None = None
    seen: str | None = None

    def chosen(self) -> DeskFilter:
        """The filters as the list takes them."""
        return DeskFilter(self.status, self.severity, self.group, self.office, self.since)
