"""Finding a case by its number: the operator's way when somebody phones again."""

from collections.abc import Callable

import pytest

from cases.reference import new_reference
from tests.console_cases.people import Desk, opened_case

THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
Hire = Callable[..., Desk]


@pytest.mark.parametrize(
    "typed",
    [
        lambda number: number,
        lambda number: f" {number[:3]} {number[3:6]} {number[6:]} ",
        lambda number: f"{number[:3]}-{number[3:6]}-{number[6:]}",
        lambda number: number.translate(THAI_DIGITS),
    ],
)
def test_a_number_is_found_however_it_was_typed(typed: Callable[[str], str], desk_of: Hire) -> None:
    made, desk = opened_case(), desk_of(("operator", "ESA-9202"))
    answer = desk.client.get("/desk/cases/find", query_string={"reference": typed(made.reference)})
    assert (answer.status_code, answer.location) == (303, f"/desk/cases/{made.reference}")


def test_another_offices_case_and_an_excluded_one_are_not_there(desk_of: Hire) -> None:
    desk = desk_of(("operator", "ESA-9202"))
    bodies = set()
    for reference in (
        opened_case(office="DOLE-4001").reference,
        opened_case(office="ESA-9202", excluded="ESA-9202").reference,
        new_reference(),
    ):
        answer = desk.get(f"/cases/find?reference={reference}")
        assert answer.status_code == 404
        bodies.add(answer.get_data(as_text=True).replace(reference, "").split("csrf")[0])
    assert len(bodies) == 1


@pytest.mark.parametrize(
    "typed", ["", "12345", "123456783", "' OR 1=1 --", "%%%%%%%%%", "<script>", "9" * 5000]
)
def test_what_is_no_number_is_answered_with_a_sentence_and_shown_escaped(
    typed: str, desk_of: Hire
) -> None:
    desk = desk_of(("operator", "ESA-9202"))
    answer = desk.client.get("/desk/cases/find", query_string={"reference": typed})
    body = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "เลขที่เรื่องมีเก้าหลัก" in body
    assert "<script>" not in body
    assert len(body) < 10_000
