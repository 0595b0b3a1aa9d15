"""Tables of the case: its types, places, assignments, exclusions and its timeline.

Office and type codes are no foreign keys: a report is never refused because a row of the
directory or of the taxonomy is missing (design.md §1, nothing reported is lost).
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, Connection, ForeignKey, Index, String, event, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from cases.errors import TimelineIsAppendOnly
from core.database import Base, SealedText, UtcDateTime
from routing.graveness import IS_GRAVE

# An office's part on which somebody owes a step, before it is acknowledged and after.
WAITING: Final = (
    "state IN ('requested','approved','offered','accepted') AND escalate_at IS NOT NULL"
)
# An office's part whose clock is looked at next; the words of cases.clocks.
TICKING: Final = "look_at IS NOT NULL"
# A case whose office nobody has told of it yet; the words of cases.arrivals.
UNTOLD: Final = "is_lead AND case_status = 'received' AND told_at IS NULL"
ONE_LEAD: Final = "is_lead"
# What the lists are read from, as literal text: a planner sees no match behind parameters. The
# words of the first two stand in cases.states.NEXT_STEPS and SETTLED, of the last in cases.access.
OPEN_LEAD: Final = (
    "is_lead AND case_status IN ('received','acknowledged','checking','waiting_approval',"
    "'assigned','in_progress','reported','referred','unreachable')"
)
OVER_LEAD: Final = "is_lead AND case_status IN ('closed','duplicate','not_a_case')"
RECEIVED_LEAD: Final = "is_lead AND case_status = 'received'"
TURNED_AWAY: Final = "meant_for IS NOT NULL"
OTHER_PART: Final = "NOT is_lead AND state IN ('offered','accepted')"
PRACTICE: Final = "is_practice"
ONE_AT_WORK: Final = "ended_at IS NULL"
# Cases in which somebody still owes a step, and which go ahead of the rest; the words of the states
# stand in cases.states.NEXT_STEPS.
GRAVE_OPEN: Final = (
    f"{IS_GRAVE} AND status IN ('received','acknowledged','checking','waiting_approval',"
    "'assigned','in_progress','reported','referred','unreachable')"
)


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, postgresql_where=sql(where), sqlite_where=sql(where))


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
    present status began: a caller who follows up hears both. `is_practice`: its call was one
    (cases.counting).
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
    is_practice: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        Index("ix_cases_status_id", "status", "id"),
        _partial("ix_cases_practice", "id", where=PRACTICE),
        _partial("ix_cases_grave", "severity", "id", where=GRAVE_OPEN),
    )


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

    `case_status` repeats the case's status, so that a list is read from one index: whatever moves
    a case writes both (cases.services.move_case).

    `due_at` is by when the next step must be done. `escalation` counts the levels told that it
    passed (cases.escalation.LEVELS); `escalate_at` is when the next one is told, empty when nobody
    is left to tell, when the case is over, and while a hand-over climbs in its stead. `meant_for`
    is the office that does not take part yet and would have had the report (domain.md D4).
    `owed_since` is when the step began to be owed, `due_rule_id` the deadline rule that decided
    (empty for a default). At `look_at` the clock is looked at next: to remind whoever owes the
    step, then to mark it late. At `told_at` the office was told that the case has come to it.
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
    owed_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_rule_id: Mapped[int | None]
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    case_status: Mapped[str] = mapped_column(
        String(24), default="received", server_default="received"
    )
    meant_for: Mapped[str | None] = mapped_column(String(32))
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_assignments_office_code_case_id", "office_code", "case_id"),
        _partial("ix_assignments_open", "due_at", "case_id", where=OPEN_LEAD),
        _partial("ix_assignments_open_office", "office_code", "due_at", "case_id", where=OPEN_LEAD),
        _partial("ix_assignments_received", "due_at", "case_id", where=RECEIVED_LEAD),
        _partial("ix_assignments_over", "case_id", where=OVER_LEAD),
        _partial("ix_assignments_over_office", "office_code", "case_id", where=OVER_LEAD),
        _partial("ix_assignments_other_parts", "office_code", "case_id", where=OTHER_PART),
        _partial("ix_assignments_turned_away", "meant_for", "created_at", where=TURNED_AWAY),
        _partial("ix_assignments_look", "look_at", where=TICKING),
        _partial("ix_assignments_untold", "due_at", "case_id", where=UNTOLD),
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
    """An office or a person who must not know of the case (design.md §3a.7).

    `by_answers`: the caller's own keys said so, and a later key of the same call may take it back
    (cases.exclusions).
    """

    __tablename__ = "case_exclusions"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    office_code: Mapped[str | None] = mapped_column(String(32))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    by_answers: Mapped[bool] = mapped_column(default=False, server_default=false())


class CasePerson(Base):
    """A person who has the case, until `ended_at`.

    `part` is "operator" (took it on), "action" (solves it alone), "chair" or "member" (of the
    committee that solves it).
    """

    __tablename__ = "case_people"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    part: Mapped[str] = mapped_column(String(16), default="operator", server_default="operator")
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
