"""Acknowledging: once, by whoever is first, with a trace; others may take the case on too."""

from collections.abc import Callable

import pytest

from cases.queries import timeline
from cases.services import move_case
from cases.taking import people_of
from core import clock
from core.database import reading, transaction
from tests.console_cases.people import Desk, opened_case

OWN = ("operator", "ESA-9202")
pytestmark = pytest.mark.backends("postgresql", "sqlite")
Hire = Callable[..., Desk]


def test_the_first_click_acknowledges_and_the_second_is_told(desk_of: Hire) -> None:
    made, desk = opened_case(), desk_of(OWN)
    first, second = (desk.post(f"/cases/{made.reference}/acknowledge") for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 409)
    assert 'role="alert"' in second.get_data(as_text=True)
    with reading() as session:
        events = [(one.kind, one.actor) for one in timeline(session, made.case_id)]
        assert people_of(session, made.case_id) == [desk.viewer.staff_id]
    assert events.count(("status", desk.viewer.actor)) == 1


def test_who_acknowledged_may_write_and_look_at_the_number(desk_of: Hire) -> None:
    made, desk = opened_case(), desk_of(OWN)
    note = {"text": "โทรแล้ว", "visibility": "this_office"}
    assert desk.post(f"/cases/{made.reference}/notes", **note).status_code == 404
    desk.post(f"/cases/{made.reference}/acknowledge")
    assert desk.post(f"/cases/{made.reference}/notes", **note).status_code == 303


def test_a_colleague_takes_the_case_on_too(desk_of: Hire) -> None:
    made, first, second = opened_case(), desk_of(OWN), desk_of(OWN)
    assert second.post(f"/cases/{made.reference}/take-on").status_code == 409
    first.post(f"/cases/{made.reference}/acknowledge")
    for _ in range(2):
        assert second.post(f"/cases/{made.reference}/take-on").status_code == 303
    with reading() as session:
        people = people_of(session, made.case_id)
        kinds = [one.kind for one in timeline(session, made.case_id)]
    assert people == [first.viewer.staff_id, second.viewer.staff_id]
    assert kinds.count("taken_on") == 1


def test_nothing_is_written_on_a_case_that_is_over(desk_of: Hire) -> None:
    made, desk = opened_case(), desk_of(("head_operator", "ESA-9202"))
    with transaction() as session:
        move_case(session, made.case_id, "not_a_case", now=clock.now(), actor="staff:1")
    note = {"text": "โทรแล้ว", "visibility": "this_office"}
    assert desk.post(f"/cases/{made.reference}/notes", **note).status_code == 409


def test_a_caller_who_still_presses_keys_does_not_hold_it_up(desk_of: Hire) -> None:
    made, desk = opened_case(ended=False), desk_of(OWN)
    assert desk.post(f"/cases/{made.reference}/acknowledge").status_code == 303
