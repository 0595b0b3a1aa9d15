"""When a call becomes a case: with the first telling key, before the next document leaves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from calls.models import Callback
from cases.deadlines import CALLBACK, defaults
from cases.models import Case, CaseCall, CasePlace, SilentEvent, TimelineEvent
from cases.services import move_case
from core.database import reading, transaction
from ivr.versions import current_flow, flow_of
from tests.webhooks.looking import (
    agent,
    call_row,
    cases_of,
    lead,
    live,
    rows,
    the_callback,
    the_case,
)
from tests.webhooks.telephone import Caller
from tests.webhooks.walking import older_case

pytestmark = pytest.mark.backends("postgresql", "sqlite")
Phone = Callable[..., Caller]


@pytest.mark.parametrize(
    ("keys", "group", "danger", "quiet"),
    [
        (("2", "1"), "V", False, False),
        (("2", "2"), "A", False, False),
        (("2", "3"), "R", False, False),
        (("2", "4"), "U", False, False),
        (("2", "5"), "X", False, False),
        (("1",), "X", True, False),
        (("1", ""), "X", True, True),
        (("", "", "5"), "X", False, True),
    ],
)
def test_the_first_telling_key_makes_the_case_before_the_next_document(
    keys: tuple[str, ...], group: str, danger: bool, quiet: bool, call: Caller
) -> None:
    call.press(*keys)
    case = the_case()
    assert (case.hazard_group, case.danger, case.quiet) == (group, danger, quiet)
    assert cases_of(call.sid) == [case.id]
    assert call_row(call.sid).case_id == case.id


@pytest.mark.parametrize(
    ("keys", "group"), [(("1", "2"), "X"), (("1", "2", "1"), "V"), (("1", "2", "3"), "U")]
)
def test_a_caller_who_cannot_speak_leaves_every_key_that_was_pressed(
    keys: tuple[str, ...], group: str, call: Caller
) -> None:
    call.press(*keys)
    call.hang_up()
    case = the_case()
    assert (case.hazard_group, case.danger, case.quiet) == (group, True, True)


@pytest.mark.parametrize("keys", [(), ("2",), ("3",), ("4",), ("8",), ("2", "#"), ("2", "8")])
def test_what_tells_nothing_makes_no_case(keys: tuple[str, ...], call: Caller) -> None:
    call.press(*keys)
    assert rows(Case) == []


def test_later_keys_of_the_call_belong_to_the_same_case(call: Caller) -> None:
    call.press("2", "1", "9", "2", "1", "9", "9", "4", "1", "3")
    call.hang_up()
    assert len(rows(Case)) == 1
    assert len(rows(CaseCall)) == 1


def test_silent_calls_of_one_number_are_one_open_event(phone: Phone) -> None:
    for number in ("+66810000001", "+66810000001", "+66810000002"):
        phone(number).hang_up()
    assert rows(Case) == []
    assert sorted(event.calls for event in rows(SilentEvent)) == [1, 2]


def test_one_key_lifts_a_silent_call_to_a_case(call: Caller) -> None:
    agent()
    call.press("", "", "", "")
    assert [event.open for event in rows(SilentEvent)] == [True]
    assert rows(Case) == []
    call.press("7")
    case = the_case()
    assert (case.quiet, case.silent_event) == (True, True)
    assert [(event.open, event.case_id) for event in rows(SilentEvent)] == [(False, case.id)]


def test_the_case_is_at_its_office_with_the_reasons_when_the_reference_is_told(
    call: Caller,
) -> None:
    call.press("2", "1", "1", "1", "1", "1", "92160", "1", "2", "2")
    case = the_case()
    assert lead(case.id).office_code == "ESA-9202"
    assert {"th", "en", "rule"} == set(lead(case.id).reasons[0])
    assert the_callback().office_code == "ESA-9202"
    assert case.finished_at is None


def test_a_callback_is_not_nudged_before_its_call_has_ended(call: Caller) -> None:
    call.press("2", "1", "1", "1", "1", "1", "92160", "1", "2", "2")
    assert the_callback().state == "due"
    assert call_row(call.sid).ended_at is None
    call.hang_up()
    assert call_row(call.sid).ended_at is not None
    assert the_case().finished_at is not None


def test_what_waits_for_a_person_is_told_to_a_person_when_the_call_ends(call: Caller) -> None:
    call.press("2", "1", "1")
    call.hang_up()
    kinds = [event.kind for event in rows(TimelineEvent)]
    assert kinds.count("callback_decision") == 1
    assert the_callback().consent is False


def test_the_callers_own_code_opens_the_case_and_no_other_does(call: Caller, phone: Phone) -> None:
    call.press("2", "1", "1", "3", "1", "92160", "1", "2", "2", "4715", "3")
    call.hang_up()
    reference = the_case().reference
    for pin, node in (("4716", "follow_pin"), ("4715", "follow_status")):
        asking = phone("+66810000055")
        asking.press("3", reference, pin)
        assert live(asking.sid).state["node"] == node
    assert len(rows(CaseCall)) == 2


def test_a_follow_up_adds_to_its_case_and_makes_none(call: Caller) -> None:
    reference = older_case()
    call.press("3", reference, "4715", "1", "1")
    call.recorded()
    call.hang_up()
    case = the_case()
    assert case.reference == reference
    assert cases_of(call.sid) == [case.id]
    assert case.caller_number == "+66810000077"
    assert rows(Callback) == []


def test_a_follow_up_that_asks_for_a_call_is_owed_one(call: Caller) -> None:
    reference = older_case()
    call.press("3", reference, "4715", "2", "2", "1", "2")
    call.hang_up()
    assert the_case().reference == reference
    assert the_callback().number == call.number


def test_danger_that_is_told_after_somebody_has_the_case_is_an_emergency_for_its_callback_too(
    call: Caller,
) -> None:
    call.press("2", "1")
    with transaction() as session:
        move_case(session, the_case().id, "acknowledged", now=datetime.now(UTC), actor="staff:1")
    call.press("2", "1", "1")
    assert (the_case().severity, the_case().status) == ("emergency", "acknowledged")
    call.press("", "2")
    call.hang_up()
    callback = the_callback()
    assert (callback.consent, callback.severity) == (True, "emergency")
    soon = timedelta(minutes=defaults()["emergency", CALLBACK].amount)
    assert callback.late_at == callback.waiting_since + soon
    assert [row.kind for row in rows(TimelineEvent)].count("severity_raised") == 1


def test_a_running_call_ends_on_the_flow_that_it_began_with(call: Caller) -> None:
    call.press("2")
    version = call_row(call.sid).flow_version
    assert version == current_flow().version
    with reading() as session:
        assert flow_of(session, version) is current_flow()
        kept = session.connection().exec_driver_sql("SELECT version FROM flow_versions").scalars()
        assert list(kept) == [version]


def test_two_calls_of_one_number_are_two_cases(phone: Phone) -> None:
    for _ in range(2):
        phone().press("2", "1")
    assert len(rows(Case)) == 2


def places_told() -> list[tuple[bool, str | None]]:
    """Every place in the order of its rows: whether it leads, and its district."""
    told = sorted(rows(CasePlace), key=lambda one: int(one.id))
    return [(one.is_lead, one.district_code) for one in told]


FIGHT = ("2", "1", "2", "2", "3", "2", "92160")
LEAD, ALSO = (True, "9209"), (False, "9209")


def test_a_fight_of_four_schools_is_one_case_with_four_places_and_the_first_one_leads(
    call: Caller,
) -> None:
    """Two schools may lie in one district; a fifth is not asked for."""
    call.press(*FIGHT, "3", "92160", "3", "92160", "3", "92160", "3", "2", "2", "*")
    assert places_told() == [LEAD, ALSO, ALSO, ALSO]
    call.press("1", "3")
    call.hang_up()
    assert places_told() == [LEAD, ALSO, ALSO, ALSO]
    kinds = [event.kind for event in rows(TimelineEvent)]
    assert kinds.count("places_told") == 1


@pytest.mark.parametrize("keys", [("3", "92160", "2", "*"), ("3", "92160", "", ""), ("3", "*")])
def test_a_further_place_that_was_not_confirmed_is_not_kept(
    keys: tuple[str, ...], call: Caller
) -> None:
    call.press(*FIGHT, *keys)
    call.hang_up()
    assert places_told() == [LEAD]


def test_further_places_outlive_a_caller_who_hangs_up_in_the_middle(call: Caller) -> None:
    call.press(*FIGHT, "3", "92160", "3")
    call.hang_up()
    assert places_told() == [LEAD, ALSO]
