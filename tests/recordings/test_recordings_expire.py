"""A recording is let go when its time is over, and not a moment before."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from cases.models import Case
from core.crashpoints import KILLED, VARIABLE
from core.database import reading, transaction
from core.errors import BadInput
from recordings import expiry, playing, rules, services, tasks
from recordings.models import Recording
from tests.recordings.conftest import NOW, Service
from tests.recordings.purge_one_recording import purge
from tests.recordings.working import take
from tests.support.apart import run_apart

BOTH = pytest.mark.backends("postgresql", "sqlite")
OVER = NOW + rules.KEPT + timedelta(minutes=1)
OTHER_CALL = "CA" + "02" * 16
REASON = "ผู้อำนวยการเขตขอฟังเพื่อตรวจสอบ"


def kept(service: Service) -> int:
    recording_id = service.register() or 0
    take(recording_id)
    return recording_id


def closed(service: Service, at: datetime = NOW) -> None:
    with transaction() as session:
        expiry.case_closed(session, service.case_id, now=at)


def swept(moment: datetime) -> list[int]:
    """What a sweep finds; each is let go as the worker does it."""
    with reading() as session:
        found = list(expiry.expired(session, moment))
    with time_machine.travel(moment):
        for recording_id in found:
            tasks.purge(recording_id)
    return found


@BOTH
def test_ninety_days_after_closing_the_copy_is_deleted_and_the_row_says_so(
    service: Service,
) -> None:
    recording_id = kept(service)
    closed(service)
    assert swept(NOW + rules.KEPT - timedelta(minutes=1)) == []
    assert len(service.copies()) == 1
    assert swept(OVER) == [recording_id]
    row = service.row(recording_id)
    assert (row.state, row.path, row.purge_after) == ("purged", None, None)
    assert service.copies() == []
    assert service.told() == ["recording_stored", "recording_purged"]
    assert swept(OVER + timedelta(days=1)) == []


def test_an_open_or_reopened_case_keeps_its_recordings(service: Service) -> None:
    kept(service)
    assert swept(OVER) == []
    closed(service)
    with transaction() as session:
        expiry.case_reopened(session, service.case_id)
    assert swept(OVER) == []
    assert len(service.copies()) == 1


def _status(service: Service, status: str) -> None:
    with transaction() as session:
        session.execute(update(Case).where(Case.id == service.case_id).values(status=status))


@BOTH
@pytest.mark.parametrize("status", ["closed", "not_a_case", "duplicate"])
def test_what_comes_to_a_settled_case_is_kept_as_long_from_then_on(
    service: Service, status: str
) -> None:
    """Announced, or given to the case, after the door that closes it has run."""
    _status(service, status)
    recording_id = kept(service)
    assert service.row(recording_id).purge_after == NOW + rules.KEPT
    orphan = service.register(recording_sid="RE" + "9" * 32, call_sid=OTHER_CALL, case_id=None)
    assert service.row(orphan).purge_after is None
    with transaction() as session:
        services.attach_case(session, OTHER_CALL, service.case_id, now=NOW)
    assert service.row(orphan).purge_after == NOW + rules.KEPT
    assert swept(OVER) == [recording_id]


@BOTH
def test_what_is_taken_while_its_case_is_closed_expires_too(service: Service) -> None:
    """The door looked before it was there, or did not look: the worker that stores it does."""
    recording_id = service.register() or 0
    _status(service, "closed")
    take(recording_id)
    ends = service.row(recording_id).purge_after
    assert ends is not None
    assert timedelta(0) <= ends - NOW - rules.KEPT < timedelta(minutes=1)
    assert swept(OVER) == [recording_id]


@pytest.mark.parametrize("status", ["received", "in_progress", "reported", "referred"])
def test_what_comes_to_a_case_on_which_somebody_works_is_kept(
    service: Service, status: str
) -> None:
    _status(service, status)
    assert service.row(kept(service)).purge_after is None


def test_a_repeat_about_what_was_let_go_begins_nothing_anew(service: Service) -> None:
    recording_id = kept(service)
    _status(service, "closed")
    closed(service)
    assert swept(OVER) == [recording_id]
    service.register(now=OVER)
    row = service.row(recording_id)
    assert (row.state, row.purge_after, row.path) == ("purged", None, None)


def test_a_legal_hold_keeps_it_even_when_it_comes_between_sweep_and_deletion(
    service: Service,
) -> None:
    recording_id = kept(service)
    closed(service)
    with transaction() as session:
        session.execute(update(Recording).values(legal_hold=True))
    assert swept(OVER) == []
    with time_machine.travel(OVER):
        tasks.purge(recording_id)
    assert len(service.copies()) == 1


def test_nothing_is_let_go_while_the_provider_still_has_its_copy(service: Service) -> None:
    recording_id = service.register() or 0
    with time_machine.travel(NOW):
        tasks.take(recording_id)
    closed(service)
    assert swept(OVER) == []


def test_nobody_plays_what_was_let_go(service: Service) -> None:
    recording_id = kept(service)
    closed(service)
    swept(OVER)
    access = playing.Access("staff:1", REASON, "play")
    with transaction() as session, pytest.raises(BadInput):
        playing.trace_access(session, recording_id, access, now=OVER)


@BOTH
@pytest.mark.parametrize("place", ["let_go", "copy_deleted"])
def test_killed_anywhere_the_copy_is_gone_after_the_next_sweep(
    service: Service, place: str
) -> None:
    recording_id = kept(service)
    closed(service, at=NOW - rules.KEPT - timedelta(days=400))
    environ = {**service.environment, VARIABLE: place}
    done = run_apart(purge, recording_id, environ=environ)
    assert done.status == KILLED, done.errors
    assert service.row(recording_id).state == "purged"
    assert swept(OVER) == [recording_id]
    assert (service.row(recording_id).path, service.copies()) == (None, [])
