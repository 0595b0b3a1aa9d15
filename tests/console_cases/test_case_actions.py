"""Which step stands out for whom: one at most, and help is never further than one click."""

import pytest

from agents.permissions import ACTIONS
from cases.correction_rules import CORRECTABLE
from cases.not_ours_rules import BEFORE_WORK
from cases.states import CASE, OVER
from webapp.console.case_actions import QUIET, STEPS, Circumstances, choices

ALL = frozenset(ACTIONS)


def test_every_status_has_its_steps() -> None:
    assert set(STEPS) == set(CASE)


@pytest.mark.parametrize(
    ("status", "first"),
    [
        ("received", "acknowledge"),
        ("acknowledged", "begin"),
        ("checking", "begin"),
        ("waiting_approval", None),
        ("assigned", None),
        ("in_progress", "report"),
        ("reported", "close"),
        ("closed", None),
        ("not_a_case", None),
    ],
)
def test_the_step_that_stands_out(status: str, first: str | None) -> None:
    found = choices(Circumstances(status, ALL, has_case=True))
    assert found.first == first
    assert first not in found.others


@pytest.mark.parametrize("status", STEPS)
def test_an_answer_that_is_awaited_comes_before_all(status: str) -> None:
    assert choices(Circumstances(status, ALL, may_decide=True)).first == "decide"
    assert choices(Circumstances(status, ALL, may_answer=True)).first == "answer"


@pytest.mark.parametrize(
    "status", [one for one in STEPS if one not in OVER and one != "in_progress"]
)
def test_help_can_begin_in_every_open_status(status: str) -> None:
    for is_handed_over in (True, False):
        now = Circumstances(status, ALL, is_handed_over=is_handed_over)
        assert choices(now).has("begin")


@pytest.mark.parametrize("status", STEPS)
def test_a_way_out_is_offered_just_where_the_table_of_states_lets_a_case_go(status: str) -> None:
    found = choices(Circumstances(status, ALL))
    ways = {"refer": "referred", "unreachable": "unreachable", "duplicate": "duplicate"}
    assert [found.has(one) for one in ways] == [to in CASE[status] for to in ways.values()]


@pytest.mark.parametrize("status", STEPS)
def test_who_is_granted_nothing_is_offered_nothing(status: str) -> None:
    assert choices(Circumstances(status)) == choices(Circumstances("of another day"))


@pytest.mark.parametrize("status", STEPS)
def test_what_needs_care_never_stands_out(status: str) -> None:
    ways_out = ("case.junk", "case.refer", "case.unreachable", "case.duplicate")
    put_right = ("case.not_ours", "case.correct")
    for granted in (*ways_out, *put_right, "case.reopen", "handover.ask", "case.conflict"):
        assert choices(Circumstances(status, frozenset({granted}))).first not in QUIET


def test_what_has_been_done_is_not_offered_again() -> None:
    now = Circumstances("checking", ALL, has_case=True, is_handed_over=True, is_junk_for_me=True)
    found = choices(now)
    assert not any(found.has(one) for one in ("take_on", "hand_over", "not_a_case"))


def test_a_case_whose_place_fits_several_offices_is_sent_on_first() -> None:
    assert choices(Circumstances("received", ALL, has_candidates=True)).first == "send"


@pytest.mark.parametrize("status", STEPS)
def test_a_case_goes_up_before_work_begins_and_never_from_the_desk(status: str) -> None:
    is_new = status in BEFORE_WORK
    assert choices(Circumstances(status, ALL)).has("not_ours") == is_new
    assert not choices(Circumstances(status, ALL, is_at_desk=True)).has("not_ours")


@pytest.mark.parametrize("status", STEPS)
def test_what_it_is_can_be_put_right_once_somebody_has_looked_and_until_it_is_over(
    status: str,
) -> None:
    assert choices(Circumstances(status, ALL)).has("correct") == (status in CORRECTABLE)
