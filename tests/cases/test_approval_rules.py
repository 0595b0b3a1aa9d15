"""Who decides about a hand-over, as a table: never the asker, deputies by rule, conflict above."""

from typing import Any

import pytest

from agents.rules import Head
from cases.approval_rules import Request, deciders, first_approver, next_approver, ring_order

CHAIN = ("DISTRICT", "PROVINCE", "AGENCY", "HQ")
ASKER = 1
BOSS, DEPUTY, SECOND, ABOVE, TOP = 10, 11, 12, 20, 30


def head(staff_id: int, office: str = "DISTRICT", **more: Any) -> Head:
    """A head operator on duty with a telephone."""
    return Head(staff_id, office, phone="+66810000001", **more)


def asked(**more: Any) -> Request:
    """A request of somebody who heads no office."""
    return Request(asker=ASKER, **more)


@pytest.mark.parametrize(
    ("heads", "request_", "expected"),
    [
        # A head decides, on duty or not; the deputy only where no head on duty can.
        ([head(BOSS), head(DEPUTY, deputy=True)], asked(), [BOSS]),
        ([head(BOSS, on_duty=False)], asked(), [BOSS]),
        ([head(BOSS, on_duty=False), head(DEPUTY, deputy=True)], asked(), [BOSS, DEPUTY]),
        ([head(DEPUTY, deputy=True)], asked(), [DEPUTY]),
        ([head(DEPUTY, deputy=True, on_duty=False)], asked(), [DEPUTY]),
        # In an emergency both.
        ([head(BOSS), head(DEPUTY, deputy=True)], asked(is_emergency=True), [BOSS, DEPUTY]),
        # A head elsewhere does not keep this office's deputy from standing in.
        ([head(DEPUTY, deputy=True), head(ABOVE, "PROVINCE")], asked(), [DEPUTY, ABOVE]),
        # A head who may not decide counts as absent.
        (
            [head(BOSS), head(DEPUTY, deputy=True)],
            asked(barred_people=frozenset({BOSS})),
            [DEPUTY],
        ),
        ([head(BOSS), head(DEPUTY, deputy=True)], asked(receivers=frozenset({BOSS})), [DEPUTY]),
        ([head(ASKER), head(DEPUTY, deputy=True)], asked(), [DEPUTY]),
        # The asker, the excluded and the receivers never, whatever the hurry.
        ([head(ASKER)], asked(is_emergency=True), []),
        ([head(BOSS)], asked(barred_offices=frozenset({"DISTRICT"}), is_emergency=True), []),
        ([head(BOSS)], asked(barred_people=frozenset({BOSS}), is_emergency=True), []),
        ([head(BOSS)], asked(receivers=frozenset({BOSS}), is_emergency=True), []),
    ],
)
def test_who_may_decide(heads: list[Head], request_: Request, expected: list[int]) -> None:
    assert [one.staff_id for one in deciders(heads, request_)] == expected


@pytest.mark.parametrize(
    ("heads", "request_", "expected"),
    [
        ([head(BOSS), head(ABOVE, "PROVINCE")], asked(), "DISTRICT"),
        ([head(DEPUTY, deputy=True), head(ABOVE, "PROVINCE")], asked(), "DISTRICT"),
        ([head(ABOVE, "PROVINCE")], asked(), "PROVINCE"),
        ([head(TOP, "HQ")], asked(), "HQ"),
        ([], asked(), None),
        # A head's own request goes above, even where the office has a second head.
        ([head(ASKER), head(SECOND), head(ABOVE, "PROVINCE")], asked(), "PROVINCE"),
        ([head(ASKER, deputy=True), head(SECOND), head(TOP, "HQ")], asked(), "HQ"),
        # So does that of a head from further above: nobody below decides about it.
        ([head(BOSS), head(ASKER, "PROVINCE"), head(ABOVE, "AGENCY")], asked(), "AGENCY"),
        ([head(ASKER, "HQ"), head(TOP, "HQ")], asked(), None),
        # A conflict goes above when no other head of the office remains.
        (
            [head(BOSS), head(SECOND), head(ABOVE, "PROVINCE")],
            asked(barred_people=frozenset({BOSS})),
            "DISTRICT",
        ),
        (
            [head(BOSS), head(ABOVE, "PROVINCE")],
            asked(receivers=frozenset({BOSS})),
            "PROVINCE",
        ),
        (
            [head(BOSS), head(ABOVE, "PROVINCE"), head(TOP, "HQ")],
            asked(barred_offices=frozenset({"DISTRICT", "PROVINCE"})),
            "HQ",
        ),
    ],
)
def test_which_office_is_asked_first(
    heads: list[Head], request_: Request, expected: str | None
) -> None:
    assert first_approver(CHAIN, heads, request_) == expected


def test_the_next_office_above_that_can_decide_is_asked_until_the_top() -> None:
    heads = [head(BOSS), head(ABOVE, "AGENCY"), head(TOP, "HQ")]
    assert next_approver(CHAIN, ["DISTRICT"], heads, asked()) == "AGENCY"
    assert next_approver(CHAIN, ["DISTRICT", "AGENCY"], heads, asked()) == "HQ"
    assert next_approver(CHAIN, ["DISTRICT", "AGENCY", "HQ"], heads, asked()) is None


PEOPLE = [
    head(BOSS, on_duty=False),
    head(SECOND),
    head(DEPUTY, deputy=True),
    head(ABOVE, "PROVINCE"),
    head(SECOND, "PROVINCE"),
    Head(TOP, "DISTRICT", on_duty=False),
]


@pytest.mark.parametrize(
    ("offices", "request_", "expected"),
    [
        (["DISTRICT"], asked(), [SECOND]),
        (["DISTRICT", "PROVINCE"], asked(), [ABOVE, SECOND]),
        (["DISTRICT"], asked(is_emergency=True), [SECOND, DEPUTY, BOSS]),
        (["DISTRICT"], asked(barred_people=frozenset({SECOND})), [DEPUTY]),
        (["DISTRICT"], Request(asker=SECOND), [DEPUTY]),
        ([], asked(is_emergency=True), []),
    ],
)
def test_who_is_rung_in_which_order(
    offices: list[str], request_: Request, expected: list[int]
) -> None:
    found = [one.staff_id for one in ring_order(PEOPLE, offices, request_)]
    # Whoever has no telephone is never among them, and nobody is there twice.
    assert found == expected
