"""When a greeting is short: a table of the limits, and what no limit ever takes from a caller."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.limit_policy import current_limits
from calls.limit_rules import BY_ALL, BY_NUMBER, Recent, gives_way, must_wait, shortened
from tests.ivr.conversations import NEWS, THERE
from tests.ivr.documents import FLOW
from tests.ivr.made_up_world import World
from tests.ivr.phone import CALLER, Phone

LIMITS = replace(current_limits().greeting, without_case=3, of_one_number=6, of_all=50)
RINGS = replace(current_limits().rings, most=6, yields_after=1)


@pytest.mark.parametrize(
    ("recent", "expected"),
    [
        (Recent(0, 0, 0), None),
        (Recent(49, 5, 2), None),
        (Recent(49, 3, 3), BY_NUMBER),
        (Recent(49, 6, 0), BY_NUMBER),
        (Recent(50, 0, 0), BY_ALL),
        (Recent(50, 3, 3), BY_NUMBER),
        (Recent(0, 0, 0, by_person=True), BY_NUMBER),
        (Recent(49), None),
        (Recent(50), BY_ALL),
    ],
)
def test_when_a_greeting_is_short(recent: Recent, expected: str | None) -> None:
    """The last two are of a number that is withheld: it counts among all calls only."""
    assert shortened(recent, LIMITS) == expected


@settings(max_examples=60, deadline=None)
@given(
    of_all=st.integers(0, 10**6),
    of_number=st.one_of(st.none(), st.integers(0, 10**6)),
    without_case=st.one_of(st.none(), st.integers(0, 10**6)),
    lang=st.sampled_from(["th", "en"]),
    by_person=st.booleans(),
    announced=st.booleans(),
    withheld=st.booleans(),
)
def test_no_limit_takes_the_key_for_danger_out_of_the_first_words(
    of_all: int,
    of_number: int | None,
    without_case: int | None,
    lang: str,
    by_person: bool,
    announced: bool,
    withheld: bool,
) -> None:
    """Whatever was counted, the first document takes key 1, names it, and rings after the next."""
    short = shortened(Recent(of_all, of_number, without_case, by_person), LIMITS) is not None
    phone = Phone(
        World(THERE),
        lang=lang,
        caller=None if withheld else CALLER,
        announcement=NEWS if announced else None,
        short=short,
    )
    assert phone.node == FLOW.start
    assert {"th": "กด หนึ่ง", "en": "press 1"}[lang] in phone.said
    phone.do("1")
    assert (phone.node, phone.facts["danger"]) == ("danger_now", True)
    phone.do("1")
    assert phone.state.answers["urgent_queue"] == "talked"


def test_the_short_greeting_is_shorter_and_says_nothing_of_earlier_calls() -> None:
    """Whoever holds the telephone now may not be who phoned before, and must not learn of it."""
    texts = FLOW.nodes[FLOW.start].texts
    for lang in FLOW.whole_languages():
        assert len(texts[f"{lang}_short"]) < len(texts[lang])
    assert "เบอร์" not in texts["th_short"]
    assert "number" not in texts["en_short"]


@pytest.mark.parametrize(
    ("own", "others", "free", "waits"),
    [
        (0, [], 1, False),
        (0, [0, 0, 0], 1, False),
        (1, [], 1, False),
        (1, [0], 1, True),
        (1, [0], 2, False),
        (1, [0, 0], 2, True),
        (1, [1, 2], 1, False),
        (3, [2], 1, True),
        (5, [], 1, False),
        (6, [], 9, True),
        (60, [60], 9, True),
    ],
)
def test_whose_danger_is_rung_for_first(
    own: int, others: Sequence[int], free: int, waits: bool
) -> None:
    """Rings of the caller's number, of each other number in danger, people who are free."""
    assert must_wait(own, others, free=free, limits=RINGS) is waits


@pytest.mark.parametrize(
    ("waiting", "free", "gives"),
    [
        ([], 0, False),
        ([0], 0, True),
        ([4], 0, True),
        ([0], 1, False),
        ([0, 1], 1, True),
        ([6], 0, False),
        ([6, 60, 0], 1, False),
    ],
)
def test_when_a_call_gives_way_to_graver_ones(
    waiting: Sequence[int], free: int, gives: bool
) -> None:
    """Rings of each number that waits in danger, people who are free for them."""
    assert gives_way(waiting, free=free, limits=RINGS) is gives


@given(st.lists(st.integers(0, 5), min_size=1, max_size=9), st.integers(1, 9))
def test_of_all_who_wait_in_danger_somebody_is_always_rung_for(
    waiting: list[int], free: int
) -> None:
    """However the rings are spread below the bound, nobody waits for one who waits for them."""
    others = [[*waiting[:i], *waiting[i + 1 :]] for i in range(len(waiting))]
    assert not all(
        must_wait(own, rest, free=free, limits=RINGS)
        for own, rest in zip(waiting, others, strict=True)
    )
