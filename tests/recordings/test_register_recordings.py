"""What the provider announces becomes one row, whatever order and however often it says it."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from core.database import reading, transaction
from core.errors import HotlineError
from recordings import claiming, queries, services
from recordings.errors import IllegalMove
from recordings.models import Recording, RecordingAccess
from tests.recordings.conftest import NOW, Service
from tests.recordings.media_server import ACCOUNT, CALL, SID

pytestmark = pytest.mark.backends("postgresql")
OTHER_CALL = "CA" + "02" * 16
ORDERS = list(itertools.permutations(["absent", "completed", "in-progress"]))
LATER = NOW + timedelta(hours=1)


def _rows() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Recording)) or 0


def _due() -> list[tuple[int, str]]:
    with reading() as session:
        return queries.due(session, LATER)


def test_a_completed_recording_is_registered_and_owed(service: Service) -> None:
    """A row with the case, the length and a due date, before anything is fetched."""
    row = service.row(service.register())
    assert (row.state, row.recording_sid, row.case_id) == ("registered", SID, service.case_id)
    assert (row.duration_s, row.basis, row.started_at) == (4, "consent", NOW)
    assert _due() == [(row.id, "registered")]


def test_the_same_webhook_twice_is_one_row_and_changes_nothing(service: Service) -> None:
    """The second answer is the first row, as it was."""
    first = service.register()
    second = service.register(now=LATER, duration_s=9)
    assert (first, _rows()) == (second, 1)
    assert (service.row(first).duration_s, service.row(first).due_at) == (4, NOW)


def test_a_repeat_does_not_wake_what_is_done(service: Service) -> None:
    """Late repeats leave a failed recording failed: only a person sets it going."""
    recording_id = service.register()
    with transaction() as session:
        queries.by_id(session, recording_id or 0).state = "failed"
    service.register(now=LATER)
    assert service.row(recording_id).state == "failed"


@pytest.mark.parametrize("sid", [SID, None])
def test_an_absent_recording_is_a_row_that_people_see(service: Service, sid: str | None) -> None:
    """With or without a RecordingSid, once however often it is said; nothing is fetched."""
    ids = {service.register(status="absent", recording_sid=sid, duration_s=None) for _ in range(3)}
    assert len(ids) == _rows() == 1
    assert service.row(ids.pop()).state == "absent"
    assert service.told() == ["recording_absent"]
    assert _due() == []


def test_the_providers_failure_is_an_absence_with_its_reason(service: Service) -> None:
    """A recording that never was must not look like none was made."""
    row = service.row(service.register(status="failed", duration_s=None))
    assert (row.state, row.reason) == ("absent", "provider_failed")


@pytest.mark.parametrize("order", ORDERS)
def test_the_order_of_the_announcements_does_not_matter(
    service: Service, order: tuple[str, ...]
) -> None:
    """Whatever comes first, a recording that exists is taken (P5)."""
    for status in order:
        service.register(status=status)
    with reading() as session:
        row = session.scalars(select(Recording)).one()
    assert (row.state, row.duration_s) == ("registered", 4)
    assert _due() == [(row.id, "registered")]


@pytest.mark.parametrize("status", ["in-progress", "paused", "COMPLETED", "", "deleted"])
def test_a_status_without_consequence_makes_no_row(service: Service, status: str) -> None:
    """Unknown words too."""
    assert service.register(status=status) is None
    assert _rows() == 0


@pytest.mark.parametrize("sid", ["RE../../etc/passwd", "RE" + "A" * 32, None, ""])
def test_a_recording_sid_that_is_none_is_refused(service: Service, sid: str | None) -> None:
    """It would become part of an address (B30)."""
    assert service.register(recording_sid=sid) is None
    assert _rows() == 0


@pytest.mark.parametrize("changes", [{"call_sid": OTHER_CALL}, {"account_sid": "AC" + "9" * 32}])
def test_a_recording_stays_with_its_first_call(service: Service, changes: dict[str, Any]) -> None:
    """The same RecordingSid for another call or account is noted and refused (B31)."""
    recording_id = service.register()
    assert service.register(**changes) is None
    row = service.row(recording_id)
    assert (row.call_sid, row.account_sid, _rows()) == (CALL, ACCOUNT, 1)
    assert service.told() == ["recording_sid_conflict"]


def test_two_absences_of_two_calls_are_two_rows(service: Service) -> None:
    """The missing RecordingSid does not join them."""
    for call in (CALL, OTHER_CALL):
        service.register(call_sid=call, recording_sid=None, status="absent")
    assert _rows() == 2


def test_a_recording_that_came_before_its_case_is_attached_later(service: Service) -> None:
    """With what the case's people would have been told."""
    recording_id = service.register(case_id=None, recording_sid=None, status="absent")
    assert (service.row(recording_id).case_id, service.told()) == (None, [])
    with transaction() as session:
        services.attach_case(session, CALL, service.case_id, now=LATER)
        services.attach_case(session, CALL, service.case_id, now=LATER)
    assert service.row(recording_id).case_id == service.case_id
    assert service.told() == ["recording_absent"]


def test_a_repeat_that_knows_the_case_attaches_it(service: Service) -> None:
    """A case that is there already is not replaced."""
    recording_id = service.register(case_id=None)
    service.register()
    assert service.row(recording_id).case_id == service.case_id


def test_only_one_worker_gets_a_recording(service: Service) -> None:
    """The second one is told that there is nothing to do, until the claim has run out."""
    recording_id = service.register() or 0
    claims = []
    for moment in (NOW, NOW, NOW + claiming.TAKE_CLAIM - timedelta(seconds=1)):
        with transaction() as session:
            claims.append(claiming.claim_take(session, recording_id, now=moment))
    assert [claim is None for claim in claims] == [False, True, True]
    with transaction() as session:
        again = claiming.claim_take(session, recording_id, now=NOW + claiming.TAKE_CLAIM)
    assert again is not None
    assert claims[0] is not None
    assert again.path == claims[0].path


def test_a_worker_that_lost_its_claim_changes_nothing(service: Service) -> None:
    """Asleep for longer than its claim, it finds another at work."""
    recording_id = service.register() or 0
    with transaction() as session:
        old = claiming.claim_take(session, recording_id, now=NOW)
    with transaction() as session:
        new = claiming.claim_take(session, recording_id, now=LATER)
    assert old is not None
    assert new is not None
    with transaction() as session:
        assert not claiming.settle_trouble(session, old, "not_found", now=LATER)
    assert service.row(recording_id).claimed_until == new.until


def test_people_are_told_when_worker_after_worker_dies(service: Service) -> None:
    """Nobody settled any of these tries: the case's people hear of it all the same, once (P4)."""
    recording_id = service.register() or 0
    for number in range(20):
        with transaction() as session:
            moment = NOW + number * claiming.TAKE_CLAIM
            assert claiming.claim_take(session, recording_id, now=moment) is not None
    assert service.told() == ["recording_delayed"]


def test_two_webhooks_at_the_same_moment_are_one_row(service: Service) -> None:
    """Each of them gets that row."""
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: service.register(), range(8)))
    assert len(ids) == _rows() == 1


@pytest.mark.parametrize(("state", "deleted_at"), [("registered", None), ("stored", NOW)])
def test_only_what_can_be_had_is_asked_for_again(
    service: Service, state: str, deleted_at: datetime | None
) -> None:
    """Neither a recording at work nor one that the provider has no more."""
    recording_id = service.register() or 0
    with transaction() as session:
        row = queries.by_id(session, recording_id)
        row.state, row.upstream_deleted_at = state, deleted_at
    with pytest.raises(IllegalMove), transaction() as session:
        services.ask_again(session, queries.by_id(session, recording_id), now=NOW)
    assert service.row(recording_id).state == state


def test_the_trace_of_accesses_is_append_only(service: Service) -> None:
    """Neither changed nor removed, and its reason is sealed."""
    access = {"recording_id": service.register(), "at": NOW, "actor": "shell:somebody"}
    with transaction() as session:
        session.add(RecordingAccess(**access, action="export", reason="asked by the court"))
    with pytest.raises(HotlineError), transaction() as session:
        session.scalars(select(RecordingAccess)).one().actor = "shell:nobody"
    with pytest.raises(HotlineError), transaction() as session:
        session.delete(session.scalars(select(RecordingAccess)).one())
    with reading() as session:
        raw = session.connection().exec_driver_sql("SELECT reason FROM recording_accesses")
        assert b"court" not in bytes(raw.scalar_one())
