"""What must hold of every choice of office, whatever is asked (design.md §3a.7)."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.reasons import CATALOGUE
from routing.rulebook import DESK, SUPERIOR, Rule, RuleBook, When
from routing.rules import Question, choose_office
from routing.snapshot import (
    Directory,
    District,
    Link,
    Office,
    Province,
    Rows,
    build_directory,
)
from routing.vocabulary import AFFILIATIONS, LANGUAGES, LEVELS, OFFICE_TYPES, SEVERITIES
from tests.routing.corpus import USUAL
from tests.routing.patience import PATIENT

ALL_WEEK = dict.fromkeys(range(1, 8), ((time.min, time.max),))
NIGHTS_ONLY = dict.fromkeys(range(1, 8), ((time(20), time(23)),))
WILD_CODES = ("HQ", "OBEC", "DOLE", "A", "B", "C", "D", "E", "F")
START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


def questions(directory: Directory) -> st.SearchStrategy[Question]:
    """Any question, with codes that exist, that do not, and none."""
    offices = st.sampled_from((*sorted(directory.offices), "nobody"))
    return st.builds(
        Question,
        hazard_group=st.sampled_from("VARUX"),
        hazard_type=st.sampled_from((None, "V1", "U3")),
        district_code=st.sampled_from((None, "9999", *sorted(directory.districts))),
        province_code=st.sampled_from((None, "99", *sorted(directory.provinces))),
        school_office=st.sampled_from((None, "50020007")),
        school_parent=st.none() | offices,
        affiliation=st.sampled_from((None, "circus", *AFFILIATIONS)),
        level=st.sampled_from((None, *LEVELS)),
        staff_involved=st.booleans(),
        excluded=st.frozensets(offices),
        district_confirmed=st.booleans(),
        at=st.none() | MOMENTS,
        severity=st.sampled_from((None, *SEVERITIES)),
        language=st.sampled_from((None, *LANGUAGES)),
        usual=st.sampled_from((None, USUAL)),
    )


@st.composite
def directories(draw: st.DrawFn, base: Directory) -> Directory:
    """The directory with any offices gone or not on, districts waiting, and hours of their own."""
    some = st.frozensets(st.sampled_from(sorted(set(base.offices) - {"HQ"})), max_size=6)
    gone, waiting = draw(some), draw(some)
    districts = draw(st.frozensets(st.sampled_from(sorted(base.districts))))
    return replace(
        base,
        offices={
            code: replace(one, active=one.active and code not in gone, is_on=code not in waiting)
            for code, one in base.offices.items()
        },
        districts={
            code: replace(one, is_on=code not in districts) for code, one in base.districts.items()
        },
        hours=draw(st.dictionaries(st.sampled_from(sorted(base.offices)), WEEKS, max_size=6)),
        rules=RuleBook(3, tuple(draw(st.lists(rules(base), max_size=6)))),
    )


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    """No condition, mostly, or some of these values."""
    return st.just(()) | st.lists(st.sampled_from(values), max_size=3, unique=True).map(tuple)


def rules(directory: Directory) -> st.SearchStrategy[Rule]:
    """Any rule: to offices that exist and one that does not, up, or to the desk."""
    when = st.builds(
        When,
        hazard_group=some(*"VARUX"),
        hazard_type=some("V1", "U3"),
        severity=some(*SEVERITIES),
        affiliation=some(*AFFILIATIONS),
        level=some(*LEVELS),
        province=some(*directory.provinces, "99"),
        district=some(*directory.districts, "9999"),
        language=some(*LANGUAGES),
        hours=st.sampled_from((None, "open", "closed")),
        conflict=st.sampled_from((None, True, False)),
    )
    targets = st.sampled_from((*sorted(directory.offices), "nobody", SUPERIOR, DESK))
    begins = st.none() | MOMENTS
    return st.builds(
        Rule, st.just("one"), when, targets, st.just("ก"), st.just("k"), begins, begins
    )


WEEKS = st.sampled_from((ALL_WEEK, NIGHTS_ONLY, {}))


def owner(asked: Question, directory: Directory) -> str:
    """Who would own the report if nobody had to be kept from it."""
    plain = replace(asked, staff_involved=False, excluded=frozenset(), severity=None)
    return choose_office(plain, directory).office_code


@PATIENT
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


@PATIENT
@given(data=st.data())
def test_choice_is_the_same_each_time(data: st.DataObject, small: Directory) -> None:
    asked = data.draw(questions(small))
    assert choose_office(asked, small) == choose_office(asked, small)


@PATIENT
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


@PATIENT
@given(data=st.data())
def test_choice_holds_whatever_is_gone_not_on_or_closed(
    data: st.DataObject, small: Directory
) -> None:
    directory = data.draw(directories(small))
    asked = data.draw(questions(directory))
    decision = choose_office(asked, directory)
    kept = asked.excluded | ({decision.complained_of} - {None})
    allowed = [one for code, one in directory.offices.items() if code not in kept]
    assert decision.office_code in directory.offices
    if allowed:
        chosen = directory.offices[decision.office_code]
        assert chosen in allowed
        assert chosen.active or not any(one.active for one in allowed)
    assert choose_office(asked, directory) == decision


@PATIENT
@given(data=st.data())
def test_conflict_names_the_office_complained_of_and_never_chooses_it(
    data: st.DataObject, small: Directory
) -> None:
    directory = data.draw(directories(small))
    asked = replace(data.draw(questions(directory)), staff_involved=True, excluded=frozenset())
    decision = choose_office(asked, directory)
    rules = {one.rule for one in decision.reasons}
    assert (decision.complained_of is not None) == ("conflict_superior" in rules)
    assert decision.office_code != decision.complained_of


@PATIENT
@given(data=st.data())
def test_emergency_finds_an_open_superior_before_a_closed_office(
    data: st.DataObject, small: Directory
) -> None:
    directory = data.draw(directories(small))
    asked = replace(data.draw(questions(directory)), severity="emergency")
    decision = choose_office(asked, directory)
    if directory.is_open(decision.office_code, asked.at, asked.usual):
        return
    kept = asked.excluded | {decision.complained_of}
    for superior in directory.superiors(decision.office_code):
        able = superior.active and superior.is_on and superior.code not in kept
        assert not (able and directory.is_open(superior.code, asked.at, asked.usual))


@PATIENT
@given(data=st.data())
def test_rules_in_any_order_give_an_office_that_may_have_the_report(
    data: st.DataObject, small: Directory
) -> None:
    directory = data.draw(directories(small))
    asked = data.draw(questions(directory))
    order = data.draw(st.permutations(directory.rules.rules))
    shuffled = replace(directory, rules=RuleBook(4, tuple(order)))
    decision = choose_office(asked, shuffled)
    fired = [one for one in decision.reasons if one.rule == "rule_fired"]
    assert len(fired) <= 1
    assert all("version 4" in one.en for one in fired)
    if not fired:
        return
    chosen = directory.offices[decision.office_code]
    assert chosen.active
    assert chosen.is_on
    assert decision.office_code not in asked.excluded | {decision.complained_of}
    above = {one.code for one in directory.superiors(decision.office_code)}
    assert decision.complained_of not in above


@PATIENT
@given(data=st.data())
def test_rules_that_do_not_hold_leave_no_trace(data: st.DataObject, small: Directory) -> None:
    directory = data.draw(directories(small))
    asked = data.draw(questions(directory))
    decision = choose_office(asked, directory)
    plain = choose_office(asked, replace(directory, rules=RuleBook()))
    if not any(one.rule.startswith("rule_") for one in decision.reasons):
        assert decision == plain
    assert decision.complained_of == plain.complained_of


@PATIENT
@given(data=st.data())
def test_hours_change_nothing_but_emergencies(data: st.DataObject, small: Directory) -> None:
    directory = data.draw(directories(small))
    asked = replace(data.draw(questions(directory)), severity="urgent")
    plain = replace(directory, rules=RuleBook())
    closed = replace(plain, hours={code: {} for code in directory.offices})
    assert choose_office(asked, plain) == choose_office(asked, closed)


@pytest.mark.parametrize("affiliation", AFFILIATIONS)
@pytest.mark.parametrize("level", LEVELS)
def test_every_district_of_the_country_has_an_office(
    affiliation: str, level: str, country: Directory
) -> None:
    for code in country.districts:
        asked = Question(district_code=code, affiliation=affiliation, level=level)
        assert country.office(choose_office(asked, country).office_code) is not None


@st.composite
def wild_directories(draw: st.DrawFn) -> Directory:
    """Any tree, also one with rings, several tops, parents that are gone, or no centre at all."""
    codes = draw(st.lists(st.sampled_from(WILD_CODES), min_size=1, max_size=8, unique=True))
    parents = st.none() | st.sampled_from((*codes, "NOWHERE"))
    offices = [
        Office(
            *(code, draw(st.sampled_from(OFFICE_TYPES)), f"หน่วย {code}", f"Office {code}"),
            parent_code=draw(parents),
            active=draw(st.booleans()),
            is_on=draw(st.booleans()),
        )
        for code in codes
    ]
    links = st.builds(
        Link,
        st.sampled_from((*codes, "NOWHERE")),
        st.sampled_from(AFFILIATIONS),
        st.sampled_from((None, "kindergarten_primary", "secondary")),
        st.just("50"),
        st.sampled_from((None, "5001", "5002")),
        valid_from=st.none() | MOMENTS,
        valid_to=st.none() | MOMENTS,
    )
    base = build_directory(
        Rows(
            provinces=[Province("50", "ก", "Ko")],
            districts=[
                District(f"500{n}", "50", "อำเภอ", f"Five {n}", "amphoe", draw(st.booleans()))
                for n in "12"
            ],
            offices=offices,
            links=draw(st.lists(links, max_size=8)),
        )
    )
    hours = draw(st.dictionaries(st.sampled_from(codes), WEEKS, max_size=4))
    return replace(base, hours=hours, rules=RuleBook(5, tuple(draw(st.lists(rules(base))))))


@PATIENT
@given(data=st.data())
def test_choice_holds_in_any_tree_that_a_table_could_hold(data: st.DataObject) -> None:
    """Never none, never one that must not have it, open above closed, the same each time; and what
    the report went past is told of each office, never of the one that gets it for nothing."""
    directory = data.draw(wild_directories())
    asked = replace(data.draw(questions(directory)), severity="emergency")
    decision = choose_office(asked, directory)
    assert choose_office(asked, directory) == decision
    assert decision.office_code in directory.offices
    kept = asked.excluded | ({decision.complained_of} - {None})
    if set(directory.offices) - kept:
        assert decision.office_code not in kept
    for one in decision.skipped:
        assert one.office_code in directory.offices
        assert one.reason in decision.reasons
    assert decision.complained_of in {None, *(one.office_code for one in decision.skipped)}
    if directory.is_open(decision.office_code, asked.at, asked.usual):
        return
    for superior in directory.superiors(decision.office_code):
        able = superior.active and superior.is_on and superior.code not in kept
        assert not (able and directory.is_open(superior.code, asked.at, asked.usual))
