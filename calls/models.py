"""Rows about telephone calls: calls we have, legs that we cause, calls that we owe."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from calls.ring_models import StaffRing
from core.database import Base, SealedText, UtcDateTime
from routing.graveness import IS_GRAVE

# A query that is to use the partial index must read just like it: a planner sees no match behind
# parameters. The same words stand in calls.states.WAITING.
CLAIMABLE: Final = "state IN ('due','retry','claimed')"
# The same of callbacks that go before all others: whoever is in danger is never kept waiting.
PRESSING: Final = f"{CLAIMABLE} AND (immediate OR severity = 'emergency')"
# The same states stand in calls.states.DIALLING.
RUNG: Final = "state IN ('dialling_operator','dialling_caller','connected')"
# A callback that is late, or will be: the next level is told of it.
ESCALATING: Final = "escalate_at IS NOT NULL"
# A callback that is still owed: cases with one are on a list of the desk.
OWED: Final = (
    "state IN ('requested','due','retry','claimed',"
    "'dialling_operator','dialling_caller','connected')"
)
# The same states stand in calls.states.NEEDS_PERSON.
UNDECIDED: Final = "state IN ('decision','exhausted','stopped') AND decided_at IS NULL"
# The same beside other tables, which have states of their own.
UNDECIDED_CALLBACKS: Final = (
    "(callbacks.state IN ('decision','exhausted','stopped') AND callbacks.decided_at IS NULL)"
)
# Events of calls that we do not know, still to be asked after.
UNSETTLED: Final = "resolved_at IS NULL"


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows of a condition alone, on both databases."""
    condition = text(where)
    return Index(name, *columns, unique=unique, postgresql_where=condition, sqlite_where=condition)


# What became of an event of an unknown call: it is a call by now, and nobody here answered it.
WRITTEN: Final = "written"


class Call(Base):
    """One inbound telephone connection, by its sid; the engine's state lives here, sealed.

    It is `uncounted` from its end until what it met is in the figures of the flow.
    `is_practice`: the account that it came in by rings nobody real (cases.counting).
    """

    __tablename__ = "calls"

    sid: Mapped[str] = mapped_column(String(34), primary_key=True)
    account_sid: Mapped[str] = mapped_column(String(34))
    direction: Mapped[str] = mapped_column(String(16), default="inbound")
    status: Mapped[str] = mapped_column(String(16))
    ended_by: Mapped[str] = mapped_column(String(16), default="unknown")
    language: Mapped[str] = mapped_column(String(8))
    flow_version: Mapped[str] = mapped_column(String(32))
    turn: Mapped[int] = mapped_column(default=0)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    node: Mapped[str] = mapped_column(String(64))
    waiting: Mapped[bool] = mapped_column(default=False)
    caller_number: Mapped[str | None] = mapped_column(SealedText("calls.caller_number"))
    caller_fingerprint: Mapped[str | None] = mapped_column(String(64))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    uncounted: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_practice: Mapped[bool] = mapped_column(default=False, server_default=false())

    # Partial indexes: the sweeps look at open and uncounted calls only, however many have ended.
    __table_args__ = (
        partial("ix_calls_open", "touched_at", where="ended_at IS NULL"),
        partial("ix_calls_uncounted", "ended_at", where="uncounted"),
        Index("ix_calls_of_number", "caller_fingerprint", "started_at"),
    )


class CallEvent(Base):
    """Append-only log of what the provider told us, each event once."""

    __tablename__ = "call_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_sid: Mapped[str] = mapped_column(String(34))
    event: Mapped[str] = mapped_column(String(48))
    sequence: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("call_sid", "event", "sequence"),)


class OrphanEvent(Base):
    """A signed request of our account about a call that we do not know: kept and reconciled."""

    __tablename__ = "orphan_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_sid: Mapped[str] = mapped_column(String(34))
    account_sid: Mapped[str] = mapped_column(String(34))
    event: Mapped[str] = mapped_column(String(48))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(32))

    __table_args__ = (
        UniqueConstraint("call_sid", "event"),
        partial("ix_orphan_events_due", "due_at", where=UNSETTLED),
    )


class Leg(Base):
    """One leg that we cause: an agent, a callback's operator or caller; its URLs hold its key.

    `broken_at`: its ring was to give way to danger (calls.breaking).
    """

    __tablename__ = "legs"

    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    account_sid: Mapped[str] = mapped_column(String(34))
    parent_call_sid: Mapped[str | None] = mapped_column(String(34), index=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("callback_attempts.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    call_sid: Mapped[str | None] = mapped_column(String(34), unique=True)
    turn: Mapped[int] = mapped_column(default=0)
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(16), default="created")
    accepted: Mapped[bool] = mapped_column(default=False)
    answered_by: Mapped[str | None] = mapped_column(String(24))
    status: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    broken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        partial("ix_legs_open", "staff_id", where="state <> 'ended'"),
        partial("ix_legs_broken", "staff_id", "broken_at", where="broken_at IS NOT NULL"),
    )


def _own_start(context: DefaultExecutionContext) -> datetime:
    """Whoever says nothing about a place waits from the permission on."""
    started: datetime = context.get_current_parameters()["waiting_since"]
    return started


class Callback(Base):
    """A call that we owe, or the decision that a person owes about one.

    `waiting_since` is when this permission was given, `place` from when its place in line counts
    (calls.line_rules); neither is changed by a try. `tries` counts how often the caller was rung;
    `round` how often all operators were gone through since; `escalation` how many levels were told
    that it is late, the next at `escalate_at`. `wanted_staff_id` is the operator who asked to be
    rung for it now; `decided_at` is when a person decided about it. `not_before` begins the day
    from which on the caller wants it (calls.changes).
    """

    __tablename__ = "callbacks"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    call_sid: Mapped[str] = mapped_column(String(34), unique=True)
    account_sid: Mapped[str] = mapped_column(String(34))
    office_code: Mapped[str] = mapped_column(String(32), index=True)
    state: Mapped[str] = mapped_column(String(24))
    consent: Mapped[bool]
    number: Mapped[str | None] = mapped_column(SealedText("callbacks.number"))
    number_fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    window_start: Mapped[str | None] = mapped_column(String(5))
    window_end: Mapped[str | None] = mapped_column(String(5))
    immediate: Mapped[bool] = mapped_column(default=False)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code: Mapped[str | None] = mapped_column(SealedText("callbacks.code"))
    keys_only: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(8))
    severity: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    waiting_since: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[datetime] = mapped_column(UtcDateTime, default=_own_start)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    late_at: Mapped[datetime] = mapped_column(UtcDateTime)
    escalate_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalation: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    round: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claim_token: Mapped[str | None] = mapped_column(String(43))
    # No foreign key: SQLite cannot add one to a table that is there.
    wanted_staff_id: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=0)

    # Partial indexes: a sweep costs the same however many callbacks were made before.
    __table_args__ = (
        partial("ix_callbacks_waiting", "due_at", where=CLAIMABLE),
        # The line of one office, and the line of those in danger.
        partial("ix_callbacks_line", "office_code", "place", where=CLAIMABLE),
        partial("ix_callbacks_pressing", "due_at", where=PRESSING),
        # One waits for each line of a case, one rings each line: whatever two workers do at once.
        partial(
            "uq_callbacks_waiting", "case_id", "number_fingerprint", where=CLAIMABLE, unique=True
        ),
        partial("uq_callbacks_rung", "number_fingerprint", where=RUNG, unique=True),
        partial("ix_callbacks_escalating", "escalate_at", where=ESCALATING),
        partial(
            "ix_callbacks_escalating_grave",
            *("severity", "escalate_at"),
            where=f"{ESCALATING} AND {IS_GRAVE}",
        ),
        partial("ix_callbacks_undecided", "late_at", where=UNDECIDED),
        Index("ix_callbacks_state_id", "state", "id"),
        partial("ix_callbacks_owed", "late_at", "case_id", where=OWED),
    )


class CallbackAttempt(Base):
    """One try at a callback, written before the provider is asked: never asked twice.

    `caller_rung_at` is set when the caller's phone was to be rung: such attempts count as tries.
    `check_at` is when a sweep looks after it next, empty when nothing is open any more.
    """

    __tablename__ = "callback_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    callback_id: Mapped[int] = mapped_column(ForeignKey("callbacks.id"))
    number: Mapped[int]
    token: Mapped[str] = mapped_column(String(43), unique=True)
    state: Mapped[str] = mapped_column(String(16), default="asking")
    outcome: Mapped[str | None] = mapped_column(String(24))
    identity: Mapped[str] = mapped_column(String(16), default="unconfirmed")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    operator_leg_key: Mapped[str] = mapped_column(String(43))
    caller_leg_key: Mapped[str | None] = mapped_column(String(43))
    intent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    caller_rung_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    check_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    looks: Mapped[int] = mapped_column(default=0)
    busy: Mapped[int] = mapped_column(default=0)
    round: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("callback_id", "number"),
        Index("ix_callback_attempts_started_at", "started_at"),
        partial("ix_callback_attempts_open", "check_at", where="check_at IS NOT NULL"),
    )


class CallbackDecision(Base):
    """What a person decided about a callback that no rule could decide; `words` say why."""

    __tablename__ = "callback_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    callback_id: Mapped[int] = mapped_column(ForeignKey("callbacks.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    choice: Mapped[str] = mapped_column(String(24))
    words: Mapped[str | None] = mapped_column(SealedText("callback_decisions.words"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApprovalCall(StaffRing, Base):
    """One ring at a head operator who is asked to approve a hand-over by a telephone key.

    `outcome` is "approved", "rejected", "no_answer", "left" (answered, no key), "too_late" (decided
    by then), "not_allowed" (not this person's to decide any more), "failed" or "gave_way" (broken
    off for danger, or not made because the account was not let in). Nobody is rung twice for one
    hand-over in one round; a ring that gave way is of none.
    """

    __tablename__ = "approval_calls"

    handover_id: Mapped[int] = mapped_column(ForeignKey("handovers.id"))
    round: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("handover_id", "staff_id", "round"),
        partial("ix_approval_calls_open", "check_at", where="check_at IS NOT NULL"),
    )
