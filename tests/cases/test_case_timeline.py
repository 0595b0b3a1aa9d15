"""The timeline is only ever added to."""

from datetime import UTC, datetime

import pytest

from cases.answers import CaseAnswers
from cases.errors import IllegalTransition, TimelineIsAppendOnly
from cases.queries import timeline
from cases.services import OpenedCase, move_case, note_event, open_case
from core.database import reading, transaction
from core.runtime import Runtime

pytestmark = pytest.mark.backends("postgresql", "sqlite")
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def opened(runtime: Runtime) -> OpenedCase:
    """A case."""
    with transaction() as session:
        return open_case(
            session,
            CaseAnswers("V"),
            call_sid="CA" + "1" * 32,
            account_sid="AC" + "0" * 32,
            now=NOW,
        )


def test_an_entry_cannot_be_changed(opened: OpenedCase) -> None:
    with pytest.raises(TimelineIsAppendOnly), transaction() as session:
        timeline(session, opened.id)[0].kind = "nothing"


def test_an_entry_cannot_be_deleted(opened: OpenedCase) -> None:
    with pytest.raises(TimelineIsAppendOnly), transaction() as session:
        session.delete(timeline(session, opened.id)[0])


def test_every_step_is_written_with_its_actor_and_time(opened: OpenedCase) -> None:
    with transaction() as session:
        note_event(session, opened.id, "looked_at", {"staff_id": 7}, NOW, "staff:7")
        move_case(session, opened.id, "acknowledged", now=NOW, actor="staff:7")
    with reading() as session:
        events = timeline(session, opened.id)
    assert [(event.kind, event.actor) for event in events] == [
        ("opened", "caller"),
        ("looked_at", "staff:7"),
        ("status", "staff:7"),
    ]
    assert events[2].data == {"from": "received", "to": "acknowledged"}


def test_an_illegal_step_changes_nothing(opened: OpenedCase) -> None:
    with pytest.raises(IllegalTransition), transaction() as session:
        move_case(session, opened.id, "closed", now=NOW, actor="staff:7")
    with reading() as session:
        assert [event.kind for event in timeline(session, opened.id)] == ["opened"]
