"""Figures for Prometheus, read from the database at each scrape, so that any process can answer.

Every count is bounded and served by an index, however many cases there are; none names anybody.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from agents.notice_budget import used as line_messages
from agents.notice_queries import owed_count, undelivered_count
from calls.models import Call, Callback
from calls.shut_out import shut_out_since
from calls.states import CALLBACK_MOVES
from cases.counting import counted, counted_case
from cases.models import WAITING, Assignment
from core import clock, runtime
from core.database import reading
from core.heartbeats import Heartbeat
from webapp.checks import oldest_due_age

MOST = 10_000
# What is over grows for ever and is no sign of trouble now.
OPEN_STATES = tuple(state for state in CALLBACK_MOVES if state not in ("done", "withdrawn"))

bp = Blueprint("metrics", __name__)


class DatabaseCollector(Collector):
    """All gauges of the service."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Read them in one session."""
        now = clock.now()
        with reading() as session:
            yield _gauge("hotline_calls_open", "Calls that go on now.", _open_calls(session))
            yield _gauge("hotline_calls_waiting", "Callers who wait.", _waiting_calls(session))
            yield _callbacks(session)
            yield _gauge(
                "hotline_assignments_overdue",
                "Offices that have not acknowledged a case in time.",
                _overdue(session, now),
            )
            yield _gauge(
                "hotline_oldest_due_seconds",
                "How long the row has waited that has been due longest.",
                oldest_due_age(session, now) or 0,
            )
            yield _gauge(
                "hotline_shut_out_seconds",
                "How long the telephone company has not let our account in.",
                _shut_out(session, now),
            )
            yield _notices(session, now)
            yield _gauge(
                "hotline_line_messages",
                "Messages of this month that LINE counts.",
                line_messages(session, now),
            )
            yield _heartbeats(session, now)


registry = CollectorRegistry()
registry.register(DatabaseCollector())


@bp.get("/metrics")
def metrics() -> Response:
    """The figures in Prometheus's text format."""
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def _count(session: Session, wanted: Select[Any]) -> int:
    """At most MOST: a flood must not make the figures slow."""
    bounded = wanted.limit(MOST).subquery()
    return session.scalar(select(func.count()).select_from(bounded)) or 0


def _open_calls(session: Session) -> int:
    return _count(session, _calls())


def _waiting_calls(session: Session) -> int:
    return _count(session, _calls().where(Call.waiting))


def _calls() -> Select[Any]:
    return select(Call.sid).where(Call.ended_at.is_(None), counted(Call.is_practice))


def _overdue(session: Session, now: datetime) -> int:
    """Those whose first level is due to be told, or was told and now waits for the next."""
    late = (Assignment.escalate_at <= now) | (Assignment.escalation > 0)
    owed = select(Assignment.id).where(text(WAITING), late)
    return _count(session, owed.where(counted_case(Assignment.case_id)))


def _callbacks(session: Session) -> GaugeMetricFamily:
    family = GaugeMetricFamily("hotline_callbacks", "Callbacks by state.", labels=["state"])
    for state in OPEN_STATES:
        in_state = select(Callback.id).where(Callback.state == state)
        family.add_metric([state], _count(session, in_state.where(counted_case(Callback.case_id))))
    return family


def _shut_out(session: Session, now: datetime) -> float:
    since = shut_out_since(session, runtime.current().settings.twilio_account_sid)
    return (now - since).total_seconds() if since else 0


def _notices(session: Session, now: datetime) -> GaugeMetricFamily:
    family = GaugeMetricFamily("hotline_notices", "Notices by state.", labels=["state"])
    family.add_metric(["owed"], owed_count(session, now))
    family.add_metric(["undelivered"], undelivered_count(session))
    return family


def _heartbeats(session: Session, now: datetime) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "hotline_heartbeat_age_seconds", "Age of the last sign of life.", labels=["name"]
    )
    for row in session.scalars(select(Heartbeat)):
        family.add_metric([row.name], (now - row.at).total_seconds())
    return family
