"""Two reports of one thing: one goes on, and nothing of the other is lost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from cases.access import Viewer
from cases.duplicate_rules import DuplicateFacts, duplicate_fault
from cases.duplicates import mark_duplicate
from cases.errors import CaseRefused, StaleCase
from cases.holding import hold_case
from cases.part_asking import ask_part
from cases.part_rules import PartWish
from cases.reference import new_reference
from cases.results import reopen_case
from cases.services import move_case
from core.database import transaction
from core.runtime import Runtime
from tests.cases.hand_over_people import (
    AREA,
    NOW,
    events,
    file_of,
    opened,
    operator,
    shut_out,
    status_of,
    taken,
)

pytestmark = pytest.mark.backends("postgresql", "sqlite")
FINE = DuplicateFacts(is_itself=False, other_status="checking")


def reference_of(case_id: int) -> str:
    return file_of(case_id).case.reference


def marked(case_id: int, other: int | str, viewer: Viewer, *, owes_call: bool = False) -> None:
    reference = other if isinstance(other, str) else reference_of(other)
    with transaction() as session:
        mark_duplicate(session, case_id, reference, viewer=viewer, owes_call=owes_call, now=NOW)


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (FINE, None),
        (replace(FINE, other_status="referred"), None),
        (replace(FINE, other_status="reported"), None),
        (replace(FINE, is_itself=True), "duplicate_itself"),
        (replace(FINE, other_status="duplicate"), "duplicate_twice"),
        (replace(FINE, other_status="closed"), "duplicate_over"),
        (replace(FINE, other_status="not_a_case"), "duplicate_over"),
        (replace(FINE, same_secrets=False), "duplicate_secret"),
        (replace(FINE, is_graver=True), "duplicate_graver"),
        (replace(FINE, owes_call=True), "callback_owed"),
        (replace(FINE, has_parts=True), "open_parts"),
    ],
)
def test_what_may_be_left_for_another_case(facts: DuplicateFacts, rule: str | None) -> None:
    assert duplicate_fault(facts) == rule


def test_each_names_the_other_and_one_goes_on(runtime: Runtime) -> None:
    asker = operator()
    first, second = taken(asker), opened()
    marked(second, first, asker)
    assert (status_of(second), status_of(first)) == ("duplicate", "acknowledged")
    [said], [there] = events(second, "duplicate_of"), events(first, "has_duplicate")
    assert (said.data, said.actor) == ({"reference": reference_of(first)}, asker.actor)
    assert (there.data, there.actor) == ({"reference": reference_of(second)}, asker.actor)


def test_a_number_that_is_none_or_not_for_the_person_is_refused_alike(runtime: Runtime) -> None:
    asker = operator()
    case_id = taken(asker)
    elsewhere, secret = opened(AREA), opened()
    shut_out(secret, staff=asker.staff_id)
    typed = (elsewhere, secret, new_reference(), "", "12345", "๑๒๓\x00", "9" * 40)
    for other in typed:
        with pytest.raises(CaseRefused, match="no_such_case"):
            marked(case_id, other, asker)
    assert status_of(case_id) == "acknowledged"


def test_a_case_is_no_duplicate_of_itself_nor_of_a_duplicate(runtime: Runtime) -> None:
    asker = operator()
    first, second, third = taken(asker), taken(asker), taken(asker)
    with pytest.raises(CaseRefused, match="duplicate_itself"):
        marked(first, first, asker)
    marked(second, first, asker)
    with pytest.raises(CaseRefused, match="duplicate_twice"):
        marked(third, second, asker)
    with pytest.raises(StaleCase):
        marked(second, third, asker)


def test_two_cases_are_never_left_for_each_other(runtime: Runtime) -> None:
    asker = operator()
    first, second = taken(asker), taken(asker)
    marked(first, second, asker)
    with pytest.raises(CaseRefused, match="duplicate_twice"):
        marked(second, first, asker)
    assert status_of(second) == "acknowledged"


@pytest.mark.backends("postgresql")
def test_while_somebody_changes_the_other_case_nothing_is_left_for_it(runtime: Runtime) -> None:
    asker = operator()
    first, second = taken(asker), taken(asker)
    with transaction() as session, ThreadPoolExecutor(1) as elsewhere:
        hold_case(session, first)
        with pytest.raises(StaleCase):
            elsewhere.submit(marked, second, reference_of(first), asker).result()
    assert status_of(second) == "acknowledged"


def test_nobody_works_on_a_case_that_is_over(runtime: Runtime) -> None:
    asker = operator()
    first, second = taken(asker), taken(asker)
    with transaction() as session:
        move_case(session, first, "not_a_case", now=NOW, actor=asker.actor)
    with pytest.raises(CaseRefused, match="duplicate_over"):
        marked(second, first, asker)


def test_an_emergency_is_not_left_for_an_ordinary_case(runtime: Runtime) -> None:
    asker = operator()
    normal, grave = taken(asker), taken(asker, severity="emergency")
    with pytest.raises(CaseRefused, match="duplicate_graver"):
        marked(grave, normal, asker)
    marked(normal, grave, asker)
    assert (status_of(normal), status_of(grave)) == ("duplicate", "acknowledged")


def test_safety_rule_07_no_number_of_a_case_stands_where_its_excluded_read(
    runtime: Runtime,
) -> None:
    asker = operator()
    first, second = taken(asker), taken(asker)
    shut_out(first, office=AREA)
    for one, other in ((first, second), (second, first)):
        with pytest.raises(CaseRefused, match="duplicate_secret"):
            marked(one, other, asker)
    shut_out(second, office=AREA)
    marked(second, first, asker)


def test_who_waits_for_a_call_is_called_first(runtime: Runtime) -> None:
    asker = operator()
    first, second = taken(asker), taken(asker)
    with pytest.raises(CaseRefused, match="callback_owed"):
        marked(second, first, asker, owes_call=True)
    assert (status_of(second), events(first, "has_duplicate")) == ("acknowledged", [])


def test_another_office_s_part_is_not_left_behind(runtime: Runtime) -> None:
    asker = operator()
    first, second = taken(asker), taken(asker)
    with transaction() as session:
        wish = PartWish("โรงเรียนอีกแห่ง", office_code=AREA)
        ask_part(session, second, wish, viewer=asker, now=NOW)
    with pytest.raises(CaseRefused, match="open_parts"):
        marked(second, first, asker)


def test_what_was_left_by_mistake_is_reopened(runtime: Runtime) -> None:
    asker = operator()
    first, second = taken(asker), taken(asker)
    marked(second, first, asker)
    with transaction() as session:
        reopen_case(session, second, reason="คนละเรื่อง", viewer=asker, now=NOW)
    assert status_of(second) == "checking"
    marked(second, first, asker)
    assert len(events(first, "has_duplicate")) == 2
