"""What must hold of every choice of office, whatever is asked (design.md §3a.7)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.reasons import CATALOGUE
from routing.rules import Question, choose_office
from routing.snapshot import Directory
from routing.vocabulary import AFFILIATIONS, LEVELS


def questions(directory: Directory) -> st.SearchStrategy[Question]:
    """Any question, with codes that exist, that do not, and none."""
    offices = st.sampled_from((*sorted(directory.offices), "nobody"))
    return st.builds(
        Question,
        hazard_group=st.sampled_from("VARUX"),
        district_code=st.sampled_from((None, "9999", *sorted(directory.districts))),
        province_code=st.sampled_from((None, "99", *sorted(directory.provinces))),
        school_office=st.sampled_from((None, "50020007")),
        school_parent=st.none() | offices,
        affiliation=st.sampled_from((None, "circus", *AFFILIATIONS)),
        level=st.sampled_from((None, *LEVELS)),
        staff_involved=st.booleans(),
        excluded=st.frozensets(offices),
        district_confirmed=st.booleans(),
    )


def owner(asked: Question, directory: Directory) -> str:
    """Who would own the report if nobody had to be kept from it."""
    plain = replace(asked, staff_involved=False, excluded=frozenset())
    return choose_office(plain, directory).office_code


@given(data=st.data())
def test_choice_is_never_none_nor_kept_from_it_while_another_office_exists(
    data: st.DataObject, small: Directory
) -> None:
    asked = data.draw(questions(small))
    decision = choose_office(asked, small)
    assert decision.office_code in small.offices
    kept = asked.excluded | ({owner(asked, small)} - {"HQ"} if asked.staff_involved else set())
    if set(small.offices) - kept:
        assert decision.office_code not in kept
    assert not set(decision.candidates) & asked.excluded


@given(data=st.data())
def test_choice_is_the_same_each_time(data: st.DataObject, small: Directory) -> None:
    asked = data.draw(questions(small))
    assert choose_office(asked, small) == choose_office(asked, small)


@given(data=st.data())
def test_every_reason_is_a_known_rule_in_both_languages(
    data: st.DataObject, small: Directory
) -> None:
    decision = choose_office(data.draw(questions(small)), small)
    assert decision.reasons
    for step in decision.reasons:
        assert step.rule in CATALOGUE
        assert step.th
        assert step.en
        assert "{" not in step.th + step.en


@pytest.mark.parametrize("affiliation", AFFILIATIONS)
@pytest.mark.parametrize("level", LEVELS)
def test_every_district_of_the_country_has_an_office(
    affiliation: str, level: str, country: Directory
) -> None:
    for code in country.districts:
        asked = Question(district_code=code, affiliation=affiliation, level=level)
        assert country.office(choose_office(asked, country).office_code) is not None
