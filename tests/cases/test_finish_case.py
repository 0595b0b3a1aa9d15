"""A case is brought up to date from its call, moved while nobody works on it, and never after."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cases.answers import CaseAnswers
from cases.errors import UnknownCase
from cases.finishing import CaseFacts
from cases.queries import CaseFile, case_file, timeline
from cases.services import OpenedCase, finish_case, link_call, move_case, open_case, update_case
from core.database import reading, transaction
from core.runtime import Runtime
from routing.rules import Decision, Reason

pytestmark = pytest.mark.backends("postgresql", "sqlite")
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
ACCOUNT = "AC" + "0" * 32
SID = "CA" + "1" * 32
BULLYING = CaseAnswers(
    hazard_group="V",
    hazard_type="V3",
    district_code="9209",
    province_code="92",
    postal_code="92160",
    place_confirmed=True,
    conflict="no",
    recording_consent=True,
)
AREA = Decision("ESA-9202", (Reason("area_known", "เขต", "the area"),), ())


@pytest.fixture
def opened(runtime: Runtime) -> OpenedCase:
    """A case of which only the group is known."""
    with transaction() as session:
        return open_case(
            session,
            CaseAnswers(hazard_group="V"),
            call_sid=SID,
            account_sid=ACCOUNT,
            now=NOW,
        )


def finish(
    opened: OpenedCase, answers: CaseAnswers, decision: Decision = AREA, *, ended: bool = True
) -> CaseFacts:
    """Finish as the status webhook does."""
    with transaction() as session:
        return finish_case(session, opened.id, answers, decision, now=LATER, ended=ended)


def read(opened: OpenedCase) -> CaseFile:
    """The case as it is now."""
    with reading() as session:
        file = case_file(session, opened.reference)
    assert file is not None
    return file


def kinds(opened: OpenedCase) -> list[str]:
    """What the timeline tells, in order."""
    with reading() as session:
        return [event.kind for event in timeline(session, opened.id)]


def test_the_answers_the_office_and_its_reasons_are_kept(opened: OpenedCase) -> None:
    facts = finish(opened, BULLYING)
    file = read(opened)
    assert (facts.office_code, facts.severity) == ("ESA-9202", "normal")
    assert (file.case.hazard_type, file.case.recording_consent) == ("V3", True)
    assert (file.place.district_code, file.place.confirmed) == ("9209", True)
    assert file.assignment.office_code == "ESA-9202"
    assert file.assignment.reasons == [{"rule": "area_known", "th": "เขต", "en": "the area"}]
    assert file.case.status == "received"
    assert file.case.finished_at == LATER
    assert kinds(opened) == ["opened", "answers_changed", "routed", "call_ended"]


def test_the_same_again_changes_nothing(opened: OpenedCase) -> None:
    facts, before = finish(opened, BULLYING), read(opened)
    again, after = finish(opened, BULLYING), read(opened)
    assert again == facts
    assert after.case.version == before.case.version
    assert len(kinds(opened)) == 4


def test_more_answers_later_move_a_case_that_nobody_has_started_on(opened: OpenedCase) -> None:
    finish(opened, BULLYING, ended=False)
    touched = replace(BULLYING, hazard_type="V1")
    facts = finish(opened, touched, Decision("ESA-9201", AREA.reasons, ("ESA-9202",)))
    assert (facts.office_code, facts.severity) == ("ESA-9201", "urgent")
    assert facts.due_at == NOW + timedelta(hours=1)
    assert read(opened).assignment.candidates == ["ESA-9202"]


def test_a_case_that_people_have_started_on_is_never_moved(opened: OpenedCase) -> None:
    """How grave it is, is theirs to judge too: only danger makes it graver."""
    finish(opened, replace(BULLYING, hazard_type=None, district_code=None, postal_code=None))
    with transaction() as session:
        move_case(session, opened.id, "acknowledged", now=LATER, actor="staff:1")
    before = read(opened)
    more = replace(BULLYING, hazard_type="V1", quiet=True, recording_consent=False)
    finish(opened, more, Decision("HQ", (), ()))
    after = read(opened)
    assert after.assignment.office_code == "ESA-9202"
    assert after.assignment.state == "accepted"
    assert after.case.severity == before.case.severity == "normal"
    assert after.assignment.due_at == before.assignment.due_at
    assert after.case.hazard_type == "V1"
    assert after.case.quiet is True
    assert after.case.recording_consent is False


def test_a_place_that_the_caller_took_back_is_forgotten(opened: OpenedCase) -> None:
    with transaction() as session:
        update_case(session, opened.id, replace(BULLYING, place_confirmed=False), now=NOW)
    finish(opened, replace(BULLYING, district_code=None, province_code=None, postal_code=None))
    assert read(opened).place.district_code is None


def test_a_follow_up_call_adds_and_never_wipes(opened: OpenedCase) -> None:
    finish(opened, BULLYING)
    with transaction() as session:
        assert link_call(session, opened.id, "CA" + "2" * 32, LATER)
        assert not link_call(session, opened.id, "CA" + "2" * 32, LATER)
        update_case(session, opened.id, CaseAnswers(danger=True), now=LATER)
    file = read(opened)
    assert (file.case.hazard_type, file.place.district_code) == ("V3", "9209")
    assert (file.case.danger, file.case.severity) == (True, "emergency")
    assert file.call_sids == (SID, "CA" + "2" * 32)


def test_a_refusal_to_be_recorded_stays_until_a_new_yes(opened: OpenedCase) -> None:
    finish(opened, replace(BULLYING, recording_consent=False), ended=False)
    finish(opened, replace(BULLYING, recording_consent=None), ended=False)
    assert read(opened).case.recording_consent is False
    finish(opened, BULLYING)
    assert read(opened).case.recording_consent is True


def test_a_type_of_another_group_is_not_kept(opened: OpenedCase) -> None:
    finish(opened, replace(BULLYING, hazard_group="X", hazard_type="X"))
    assert read(opened).case.hazard_type is None


def test_a_case_that_is_not_there_is_named(runtime: Runtime) -> None:
    with pytest.raises(UnknownCase), transaction() as session:
        update_case(session, 999, BULLYING, now=NOW)


def test_the_timeline_holds_no_number_and_no_words(opened: OpenedCase) -> None:
    finish(opened, replace(BULLYING, caller_number="+66810000007", place_text="โรงเรียนริมน้ำ"))
    with reading() as session:
        told = str([event.data for event in timeline(session, opened.id)])
    assert "810000007" not in told
    assert "ริมน้ำ" not in told
    assert read(opened).place.text == "โรงเรียนริมน้ำ"
