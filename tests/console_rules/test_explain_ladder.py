"""The ladder of the explainer holds every office that had to do with a decision, once."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from routing.rules import choose_office
from tests.routing.patience import PATIENT
from tests.routing.test_choose_office_properties import questions, wild_directories
from webapp.console.explain_ladder import CHOSEN, SKIPPED, Rung, ladder


def flat(rungs: Iterable[Rung]) -> list[Rung]:
    return [one for rung in rungs for one in (rung, *flat(rung.below))]


@PATIENT
@given(data=st.data())
def test_a_ladder_shows_each_office_once_and_marks_the_chosen_one(data: st.DataObject) -> None:
    directory = data.draw(wild_directories())
    decision = choose_office(data.draw(questions(directory)), directory)
    shown = flat(ladder(decision, directory))
    codes = [one.office.code for one in shown]
    assert len(codes) == len(set(codes))
    named = {decision.office_code, *decision.candidates}
    named |= {one.office_code for one in decision.skipped}
    assert set(codes) == named | {one.code for code in named for one in directory.superiors(code)}
    assert [one.office.code for one in shown if one.mark == CHOSEN] == [decision.office_code]
    assert all(one.why for one in shown if one.mark == SKIPPED)
