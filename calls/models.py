"""Rows about telephone calls: calls we have, legs that we cause, calls that we owe."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, SealedText, UtcDateTime

# A query that is to use the partial index must read just like it: a planner sees no match behind
# parameters. The same words stand in calls.states.WAITING.
CLAIMABLE: Final = "state IN ('due','retry','claimed')"


class Call(Base):
    """One inbound telephone connection, by its sid; the engine's state lives here, sealed."""

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
    caller_fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # Partial indexes: the sweeps look at open calls only, however many have ended.
    __table_args__ = (
        Index(
            "ix_calls_open",
            "touched_at",
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
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

    __table_args__ = (UniqueConstraint("call_sid", "event"),)


class Leg(Base):
    """One leg that we cause: an agent, a callback's operator or caller; its URLs hold its key."""

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

    __table_args__ = (
        Index(
            "ix_legs_open",
            "staff_id",
            postgresql_where=text("state <> 'ended'"),
            sqlite_where=text("state <> 'ended'"),
        ),
    )


class Callback(Base):
    """A call that we owe, or the decision that a person owes about one.

    `tries` counts how often the caller was rung; `round` how often all operators were gone
    through since; `escalation` how many levels were told that it is late, the next at
    `escalate_at`.
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
    code: Mapped[str | None] = mapped_column(SealedText("callbacks.code"))
    keys_only: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(8))
    severity: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    waiting_since: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    late_at: Mapped[datetime] = mapped_column(UtcDateTime)
    escalate_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalation: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    round: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claim_token: Mapped[str | None] = mapped_column(String(43))
    version: Mapped[int] = mapped_column(default=0)

    # Partial indexes: a sweep costs the same however many callbacks were made before.
    __table_args__ = (
        Index(
            "ix_callbacks_waiting",
            "due_at",
            postgresql_where=text(CLAIMABLE),
            sqlite_where=text(CLAIMABLE),
        ),
        Index(
            "ix_callbacks_escalating",
            "escalate_at",
            postgresql_where=text("escalate_at IS NOT NULL"),
            sqlite_where=text("escalate_at IS NOT NULL"),
        ),
        Index("ix_callbacks_state_id", "state", "id"),
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
        Index(
            "ix_callback_attempts_open",
            "check_at",
            postgresql_where=text("check_at IS NOT NULL"),
            sqlite_where=text("check_at IS NOT NULL"),
        ),
    )
