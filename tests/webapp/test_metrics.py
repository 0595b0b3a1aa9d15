"""The figures for Prometheus come from rows, so that every process tells the same."""

from datetime import timedelta

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from core import clock
from core.database import transaction
from core.heartbeats import BEAT, beat
from tests.webapp.building import CALLER, made_case

pytestmark = pytest.mark.backends("postgresql", "sqlite")


def figures(app: Flask) -> dict[tuple[str, str], float]:
    """All samples by name and label."""
    text = app.test_client().get("/metrics").text
    assert CALLER[3:] not in text
    return {
        (sample.name, "".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_an_idle_service_counts_nothing(app: Flask) -> None:
    found = figures(app)
    assert found["hotline_calls_open", ""] == 0
    assert found["hotline_callbacks", "due"] == 0
    assert found["hotline_assignments_overdue", ""] == 0


def test_calls_callbacks_and_overdue_offices_are_counted(app: Flask) -> None:
    made_case(1, at=clock.now() - timedelta(days=30))
    made_case(2, at=clock.now())
    with transaction() as session:
        beat(session, BEAT, clock.now() - timedelta(seconds=20))
    found = figures(app)
    assert found["hotline_calls_open", ""] == 2
    assert found["hotline_callbacks", "retry"] == 2
    assert found["hotline_assignments_overdue", ""] == 1
    assert found["hotline_oldest_due_seconds", ""] > 86400
    assert found["hotline_heartbeat_age_seconds", "beat"] >= 20
