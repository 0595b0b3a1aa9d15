"""To whom a case may be handed over: offices below, people there, committees with a chair."""

from dataclasses import replace

import pytest

from cases.handover_rules import (
    LONGEST_WORDS,
    Receivers,
    Wish,
    back_to,
    part_of,
    receiver_fault,
    wish_fault,
    words_fault,
)

PARENTS = {
    "HQ": None,
    "OBEC": "HQ",
    "ESA-9201": "OBEC",
    "ESA-9202": "OBEC",
    "1092000001": "ESA-9202",
}
KNOWN = Receivers(
    from_office="OBEC",
    parents=PARENTS,
    open_offices=frozenset({"HQ", "OBEC", "ESA-9201", "ESA-9202", "1092000001"}),
    roles_at={
        1: frozenset({"OBEC"}),
        2: frozenset({"1092000001"}),
        3: frozenset({"HQ"}),
        4: frozenset({"HQ", "ESA-9201"}),
        5: frozenset({"ESA-9201"}),
    },
    barred_people=frozenset({5}),
)
PERSON = Wish("person", "เพราะใกล้", people=(1,))
COMMITTEE = Wish("committee", "เพราะใกล้", people=(1, 2), chair=1)
OFFICE = Wish("office", "เพราะใกล้", to_office="ESA-9202")


@pytest.mark.parametrize(
    ("wish", "fault"),
    [
        (OFFICE, None),
        (PERSON, None),
        (COMMITTEE, None),
        (replace(COMMITTEE, people=tuple(range(1, 13))), None),
        (replace(OFFICE, kind="ministry"), "kind"),
        (replace(OFFICE, reason=" \n"), "reason_missing"),
        (replace(OFFICE, reason="ก" * (LONGEST_WORDS + 1)), "reason_too_long"),
        (replace(OFFICE, to_office=None), "no_receiver"),
        (replace(OFFICE, people=(1,)), "no_receiver"),
        (replace(PERSON, people=()), "no_receiver"),
        (replace(PERSON, to_office="ESA-9202"), "no_receiver"),
        (replace(PERSON, people=(1, 2)), "too_many"),
        (replace(COMMITTEE, people=(1,)), "no_receiver"),
        (replace(COMMITTEE, people=(1, 1)), "no_receiver"),
        (replace(COMMITTEE, people=tuple(range(1, 14))), "too_many"),
        (replace(COMMITTEE, chair=None), "chair"),
        (replace(COMMITTEE, chair=9), "chair"),
    ],
)
def test_what_a_wish_needs(wish: Wish, fault: str | None) -> None:
    assert wish_fault(wish) == fault


@pytest.mark.parametrize(
    ("office", "fault"),
    [
        ("ESA-9202", None),
        ("1092000001", None),
        ("OBEC", "not_below"),
        ("HQ", "not_below"),
        ("NOWHERE", "not_below"),
    ],
)
def test_an_office_must_be_below_at_any_depth(office: str, fault: str | None) -> None:
    assert receiver_fault(replace(OFFICE, to_office=office), KNOWN) == fault


def test_a_closed_office_gets_nothing() -> None:
    known = replace(KNOWN, open_offices=frozenset())
    assert receiver_fault(OFFICE, known) == "office_closed"


def test_a_partner_outside_the_ministry_gets_nothing() -> None:
    known = replace(KNOWN, partners=frozenset({"ESA-9202"}))
    assert receiver_fault(OFFICE, known) == "partner"


def test_safety_rule_07_an_excluded_office_gets_nothing_not_even_when_it_is_closed() -> None:
    known = replace(KNOWN, barred_offices=frozenset({"ESA-9202"}), open_offices=frozenset())
    assert receiver_fault(OFFICE, known) == "excluded"


@pytest.mark.parametrize(
    ("staff_id", "fault"),
    [(1, None), (2, None), (3, "not_staff"), (4, None), (5, "excluded"), (99, "not_staff")],
)
def test_a_person_must_work_at_the_office_or_below_it(staff_id: int, fault: str | None) -> None:
    assert receiver_fault(replace(PERSON, people=(staff_id,)), KNOWN) == fault


def test_one_member_who_may_not_know_is_enough_to_refuse_a_committee() -> None:
    assert receiver_fault(replace(COMMITTEE, people=(1, 2, 5)), KNOWN) == "excluded"


@pytest.mark.parametrize(
    ("words", "needed", "fault"),
    [
        ("ไม่พร้อม", True, None),
        (None, False, None),
        (None, True, "reason_missing"),
        ("  ", True, "reason_missing"),
        ("ก" * (LONGEST_WORDS + 1), False, "reason_too_long"),
    ],
)
def test_words_that_say_why(words: str | None, needed: bool, fault: str | None) -> None:
    assert words_fault(words, needed=needed) == fault


def test_a_case_goes_back_to_being_worked_on_where_it_was() -> None:
    assert [back_to(one) for one in ("acknowledged", "checking", "in_progress")] == [
        "checking",
        "checking",
        "in_progress",
    ]


def test_everybody_gets_a_part() -> None:
    assert part_of("person", chair=False) == "action"
    assert part_of("committee", chair=True) == "chair"
    assert part_of("committee", chair=False) == "member"
