"""A recording is heard for a reason, by whom the table lets, and never without a trace."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from agents.permissions import Grant, grant
from agents.roles import ROLES
from cases.exclusions import exclude_office
from cases.taking import take_part
from core import clock
from core.database import reading, transaction
from recordings.models import RecordingAccess
from tests.console_cases.people import Desk, kept_recording, opened_case

REASON = "ต้องฟังว่าเด็กอยู่ที่ไหน"
AUDIO = b"RIFF" + bytes(range(256)) * 300
OFFICES = {
    "own": "ESA-9202",
    "descendant": "OBEC",
    "sibling": "ESA-9201",
    "unrelated": "DOLE-4001",
    "assigned": "DOLE-4001",
}
Hire = Callable[..., Desk]


@pytest.mark.parametrize("relation", OFFICES)
@pytest.mark.parametrize("role", ROLES)
def test_who_may_listen_is_what_the_table_says(role: str, relation: str, desk_of: Hire) -> None:
    desk, made = desk_of((role, OFFICES[relation])), opened_case()
    address = f"/cases/{made.reference}/recordings/{kept_recording(made, audio=AUDIO)}"
    if relation == "assigned":
        with transaction() as session:
            take_part(session, made.case_id, desk.viewer.staff_id, now=clock.now())
    assert desk.get(f"{address}/audio").status_code == 404
    granted = grant(role, "recording.play", relation) > Grant.DENY
    assert desk.post(address, reason=REASON).status_code == (303 if granted else 404)
    heard = desk.get(f"{address}/audio")
    assert heard.status_code == (200 if granted else 404)
    assert (heard.data == AUDIO) == granted


def test_listening_leaves_a_trace_with_the_reason(desk_of: Hire) -> None:
    desk, made = desk_of(("head_operator", "ESA-9202")), opened_case()
    recording_id = kept_recording(made)
    address = f"/cases/{made.reference}/recordings/{recording_id}"
    assert desk.post(address, reason="x").status_code == 400
    assert "<audio" not in desk.get(f"/cases/{made.reference}").get_data(as_text=True)
    desk.post(address, reason=REASON)
    html = desk.get(f"/cases/{made.reference}").get_data(as_text=True)
    assert "<audio" in html
    assert REASON in html
    with reading() as session:
        [access] = session.scalars(select(RecordingAccess))
    expected = (recording_id, desk.viewer.actor, "play", REASON)
    assert (access.recording_id, access.actor, access.action, access.reason) == expected


def test_the_sound_is_not_offered_for_saving(desk_of: Hire) -> None:
    desk, made = desk_of(("head_operator", "ESA-9202")), opened_case()
    address = f"/cases/{made.reference}/recordings/{kept_recording(made, audio=AUDIO)}"
    desk.post(address, reason=REASON)
    heard = desk.get(f"{address}/audio", Range="bytes=0-9,5-20")
    assert heard.status_code == 200
    assert heard.headers["Content-Disposition"] == "inline"
    assert heard.headers["Cache-Control"] == "no-store"
    assert heard.headers["Accept-Ranges"] == "none"


def test_a_recording_is_found_through_its_own_case_only(desk_of: Hire) -> None:
    desk, made, other = desk_of(("head_operator", "ESA-9202")), opened_case(), opened_case()
    recording_id = kept_recording(made)
    desk.post(f"/cases/{made.reference}/recordings/{recording_id}", reason=REASON)
    wrong = f"/cases/{other.reference}/recordings/{recording_id}"
    assert desk.post(wrong, reason=REASON).status_code == 404
    assert desk.get(f"{wrong}/audio").status_code == 404


def test_an_excluded_person_hears_nothing_even_after_listening_before(desk_of: Hire) -> None:
    desk, made = desk_of(("head_operator", "ESA-9202")), opened_case()
    address = f"/cases/{made.reference}/recordings/{kept_recording(made)}"
    assert desk.post(address, reason=REASON).status_code == 303
    with transaction() as session:
        exclude_office(session, made.case_id, "ESA-9202")
    assert desk.get(f"{address}/audio").status_code == 404
    assert desk.post(address, reason=REASON).status_code == 404


def test_what_is_not_stored_cannot_be_heard(desk_of: Hire) -> None:
    desk, made = desk_of(("head_operator", "ESA-9202")), opened_case()
    address = f"/cases/{made.reference}/recordings/{kept_recording(made, 'registered')}"
    assert desk.post(address, reason=REASON).status_code == 404
