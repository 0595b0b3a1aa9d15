"""What must work for the service to be ready, looked at one by one with short deadlines."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from agents.notice_queries import oldest_owed
from agents.queries import has_on_call_people
from calls.flow_releases import newest_release
from calls.queries import oldest_due
from calls.shut_out import shut_out_since
from cases.counting import counted_case
from core import runtime
from core.database import reading
from core.heartbeats import BEAT, WORKER, Heartbeat
from recordings.models import Recording

OK: Final = "ok"
WARNING: Final = "warning"
FAILED: Final = "failed"
BROKER_DEADLINE_S = 1.0
STALE_AFTER_S = 90
# Older than any sweep explains; no failure, for at night a callback may wait for somebody on duty.
LATE_AFTER_S = 300


@dataclass(frozen=True)
class Check:
    """One look: its name, "ok", "warning" or "failed", and an age or a reason if it has one."""

    name: str
    state: str
    age_s: int | None = None
    reason: str | None = None


def database_check() -> Check:
    """Whether the database answers; its own deadlines hold (core.engine)."""
    try:
        with reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return Check("database", FAILED, reason=type(error).__name__)
    return Check("database", OK)


def broker_check(redis_url: str) -> Check:
    """Whether the broker answers a ping within a second."""
    try:
        with redis.Redis.from_url(
            redis_url,
            socket_timeout=BROKER_DEADLINE_S,
            socket_connect_timeout=BROKER_DEADLINE_S,
            # The client's own retries would multiply the deadline.
            retry=Retry(NoBackoff(), 0),
        ) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        return Check("broker", FAILED, reason=type(error).__name__)
    return Check("broker", OK)


def row_checks(now: datetime) -> list[Check]:
    """What only rows can tell: signs of life, the oldest due row, the telephone, people, flow."""
    try:
        with reading() as session:
            return [
                *(_heartbeat_check(session, name, now) for name in (WORKER, BEAT)),
                _due_check(session, now),
                _telephone_check(session, now),
                _on_call_check(session),
                _flow_check(session),
            ]
    except SQLAlchemyError as error:
        return [Check("rows", FAILED, reason=type(error).__name__)]


def verdict(checks: Iterable[Check]) -> str:
    """The worst of all states."""
    states = {check.state for check in checks}
    return next((one for one in (FAILED, WARNING) if one in states), OK)


def _heartbeat_check(session: Session, name: str, now: datetime) -> Check:
    at = session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))
    if at is None:
        return Check(name, FAILED, reason="never seen")
    age = _age(at, now)
    return Check(name, FAILED if age > STALE_AFTER_S else OK, age)


def _due_check(session: Session, now: datetime) -> Check:
    age = oldest_due_age(session, now)
    late = age is not None and age > LATE_AFTER_S
    return Check("oldest_due", WARNING if late else OK, age)


def _telephone_check(session: Session, now: datetime) -> Check:
    """The telephone company lets our account in: while it does not, nobody is rung."""
    since = shut_out_since(session, runtime.current().settings.twilio_account_sid)
    if since is None:
        return Check("telephone", OK)
    reason = "the telephone company does not let the account in"
    return Check("telephone", WARNING, _age(since, now), reason)


def oldest_due_age(session: Session, now: datetime) -> int | None:
    """How many seconds the row has waited that has been due longest; None when nothing is due.

    Practice beside the real telephone is no sign of trouble.
    """
    fetched = select(Recording.due_at).where(
        Recording.due_at.is_not(None), counted_case(Recording.case_id)
    )
    recording = session.scalar(fetched.order_by(Recording.due_at).limit(1))
    owed = (oldest_due(session), recording, oldest_owed(session))
    moments = [at for at in owed if at is not None and at <= now]
    return _age(min(moments), now) if moments else None


def _on_call_check(session: Session) -> Check:
    """Somebody must always be on call (design.md §3a.9)."""
    if has_on_call_people(session):
        return Check("on_call", OK)
    return Check("on_call", WARNING, reason="the on-call list is empty")


def _flow_check(session: Session) -> Check:
    """Calls begin with the flow that was published, and not with one before it in its stead."""
    release = newest_release(session)
    if release is None or release.refused_at is None:
        return Check("flow", OK)
    return Check("flow", WARNING, reason=f"release {release.id} cannot be used")


def _age(at: datetime, now: datetime) -> int:
    return max(0, round((now - at).total_seconds()))
