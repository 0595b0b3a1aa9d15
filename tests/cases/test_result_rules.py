"""What a report needs, when a case may be closed, when one person's word is not enough."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from cases.result_rules import (
    CHILD_SAFE,
    FOR_WHOM,
    LONGEST_DONE,
    LONGEST_REFERRAL,
    MEASURES,
    STEPS,
    JunkFacts,
    Result,
    close_fault,
    needs_second_person,
    result_fault,
)

GOOD = Result("ไปเยี่ยมบ้าน", ("child",), ("prevent",), "yes")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"for_whom": FOR_WHOM, "measures": MEASURES, "steps": STEPS, "referral": "พมจ."}, None),
        ({"done": "ก" * LONGEST_DONE}, None),
        ({"done": " "}, "done_missing"),
        ({"done": "ก" * (LONGEST_DONE + 1)}, "too_long"),
        ({"referral": "ก" * (LONGEST_REFERRAL + 1)}, "too_long"),
        ({"for_whom": ()}, "for_whom"),
        ({"for_whom": ("child", "king")}, "for_whom"),
        ({"measures": ()}, "measures"),
        ({"measures": ("punish",)}, "measures"),
        ({"steps": ("punish",)}, "steps"),
        ({"child_safe": "maybe"}, "child_safe"),
        ({"child_safe": ""}, "child_safe"),
        ({"steps": ("suppress_refer",)}, "referral_missing"),
        ({"steps": ("suppress_refer",), "referral": " "}, "referral_missing"),
        ({"steps": ("suppress_refer",), "referral": "บ้านพักเด็ก"}, None),
    ],
)
def test_what_a_report_needs(changes: dict[str, Any], fault: str | None) -> None:
    assert result_fault(replace(GOOD, **changes)) == fault


@pytest.mark.parametrize(
    ("child_safe", "has_referral", "is_head", "fault"),
    [
        ("yes", False, False, None),
        ("no", True, False, None),
        ("no", False, False, "child_not_safe"),
        ("no", False, True, "child_not_safe"),
        ("unknown", False, True, None),
        ("unknown", False, False, "head_needed"),
        ("unknown", True, False, "head_needed"),
        (None, True, True, "no_report"),
    ],
)
def test_when_a_case_may_be_closed(
    child_safe: str | None, has_referral: bool, is_head: bool, fault: str | None
) -> None:
    assert close_fault(child_safe, has_referral=has_referral, is_head=is_head) == fault


def test_every_answer_about_the_child_has_its_rule() -> None:
    found = {close_fault(one, has_referral=False, is_head=False) for one in CHILD_SAFE}
    assert found == {None, "child_not_safe", "head_needed"}


@pytest.mark.parametrize("facts", [*product((False, True), repeat=5)])
def test_two_people_say_that_it_is_no_case_wherever_a_child_may_be_lost(
    facts: tuple[bool, ...],
) -> None:
    assert needs_second_person(JunkFacts(*facts)) == any(facts)
