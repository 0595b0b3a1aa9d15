"""Tables of the case: its types, places, assignments, exclusions and its timeline.

Office and type codes are no foreign keys: a report is never refused because a row of the
directory or of the taxonomy is missing (design.md §1, nothing reported is lost).
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, Connection, ForeignKey, Index, String, event
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from cases.errors import TimelineIsAppendOnly
from core.database import Base, SealedText, UtcDateTime

# An assignment that nobody has acknowledged; the same words stand in cases.states.UNACKNOWLEDGED.
WAITING: Final = "state IN ('requested','approved','offered') AND escalate_at IS NOT NULL"
ONE_LEAD: Final = "is_lead"
ONE_AT_WORK: Final = "ended_at IS NULL"


class HazardType(Base):
    """A kind of hazard (V3 bullying); rows may be edited and added by the ministry."""

    __tablename__ = "hazard_types"

    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    hazard_group: Mapped[str] = mapped_column(String(1))
    th: Mapped[str] = mapped_column(String(100))
    en: Mapped[str] = mapped_column(String(100))
    severity: Mapped[str] = mapped_column(String(16))
    sensitive: Mapped[bool]
    position: Mapped[int]


class Case(Base):
    """What was reported; `finished_at` is empty while the call that made it still goes on.

    `hazard_type` is empty while unknown and always for group X. `status_since` is when the
    present status began: a caller who follows up hears both.
    """

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(9), unique=True)
    pin_mac: Mapped[str | None] = mapped_column(String(64))
    pin_failures: Mapped[int] = mapped_column(default=0)
    pin_locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    channel: Mapped[str] = mapped_column(String(16), default="phone")
    intent: Mapped[str] = mapped_column(String(16), default="unknown")
    role: Mapped[str] = mapped_column(String(16), default="unknown")
    hazard_group: Mapped[str] = mapped_column(String(1))
    hazard_type: Mapped[str | None] = mapped_column(String(4))
    severity: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(24), default="received")
    status_since: Mapped[datetime] = mapped_column(UtcDateTime)
    danger: Mapped[bool] = mapped_column(default=False)
    quiet: Mapped[bool] = mapped_column(default=False)
    silent_event: Mapped[bool] = mapped_column(default=False)
    anonymous: Mapped[bool] = mapped_column(default=True)
    recording_consent: Mapped[bool | None]
    conflict: Mapped[str] = mapped_column(String(16), default="unknown")
    language: Mapped[str] = mapped_column(String(8))
    caller_number: Mapped[str | None] = mapped_column(SealedText("cases.caller_number"))
    caller_fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    account_sid: Mapped[str] = mapped_column(String(34))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index("ix_cases_status_id", "status", "id"),)


class CaseCall(Base):
    """A telephone call that belongs to a case: the first one, and each that followed it up."""

    __tablename__ = "case_calls"

    call_sid: Mapped[str] = mapped_column(String(34), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CasePlace(Base):
    """Where it happened; the text is what the caller said where no code was found."""

    __tablename__ = "case_places"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    is_lead: Mapped[bool] = mapped_column(default=True)
    district_code: Mapped[str | None] = mapped_column(String(4))
    province_code: Mapped[str | None] = mapped_column(String(2))
    postal_code: Mapped[str | None] = mapped_column(String(5))
    school_code: Mapped[str | None] = mapped_column(String(32))
    affiliation: Mapped[str | None] = mapped_column(String(16))
    level: Mapped[str | None] = mapped_column(String(24))
    text: Mapped[str | None] = mapped_column(SealedText("case_places.text"))
    confirmed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index(
            "uq_case_places_lead",
            "case_id",
            unique=True,
            postgresql_where=sql(ONE_LEAD),
            sqlite_where=sql(ONE_LEAD),
        ),
    )


class Assignment(Base):
    """An office's part in a case, why it was chosen and by when it must act.

    `escalation` counts the levels told that `due_at` passed unacknowledged; `escalate_at` is when
    the next one is told, empty when nobody is left to tell.
    """

    __tablename__ = "assignments"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    office_code: Mapped[str] = mapped_column(String(32))
    is_lead: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(16), default="offered")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reasons: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    candidates: Mapped[list[str]] = mapped_column(JSON)
    escalation: Mapped[int] = mapped_column(default=0)
    escalate_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_assignments_office_code_case_id", "office_code", "case_id"),
        Index(
            "ix_assignments_waiting",
            "escalate_at",
            postgresql_where=sql(WAITING),
            sqlite_where=sql(WAITING),
        ),
        Index(
            "uq_assignments_lead",
            "case_id",
            unique=True,
            postgresql_where=sql(ONE_LEAD),
            sqlite_where=sql(ONE_LEAD),
        ),
    )


class CaseExclusion(Base):
    """An office or a person who must not know of the case (design.md §3a.7)."""

    __tablename__ = "case_exclusions"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    office_code: Mapped[str | None] = mapped_column(String(32))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class CasePerson(Base):
    """A person who has the case: whoever took it on, until `ended_at`."""

    __tablename__ = "case_people"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "uq_case_people_at_work",
            "case_id",
            "staff_id",
            unique=True,
            postgresql_where=sql(ONE_AT_WORK),
            sqlite_where=sql(ONE_AT_WORK),
        ),
    )


class TimelineEvent(Base):
    """One thing that happened to a case; rows are only ever added.

    `data` holds codes and ids; `words` what a person wrote, which may name a child.
    """

    __tablename__ = "timeline_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(48))
    actor: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    words: Mapped[str | None] = mapped_column(SealedText("timeline_events.words"))


class SilentEvent(Base):
    """Calls without a key, one open event per number: a line on the board, not a case."""

    __tablename__ = "silent_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    caller_fingerprint: Mapped[str | None] = mapped_column(String(64))
    call_sid: Mapped[str] = mapped_column(String(34), unique=True)
    last_call_sid: Mapped[str] = mapped_column(String(34), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    calls: Mapped[int] = mapped_column(default=1)
    open: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        Index(
            "uq_silent_events_open_number",
            "caller_fingerprint",
            unique=True,
            postgresql_where=sql("open"),
            sqlite_where=sql("open"),
        ),
    )


def _refuse(_mapper: Mapper[Any], _connection: Connection, _event: TimelineEvent) -> None:
    raise TimelineIsAppendOnly


event.listen(TimelineEvent, "before_update", _refuse)
event.listen(TimelineEvent, "before_delete", _refuse)
