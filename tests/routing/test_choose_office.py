"""Which office a report goes to, case by case, and what is said about it (design.md §3a.7, §4)."""

from datetime import UTC, datetime

import pytest

from routing.rules import Decision, Question, choose_office
from routing.snapshot import Directory, Link, Office, Rows, build_directory

AREAS = ("ESA-5001", "ESA-5002", "ESA-5003")
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def rules(decision: Decision) -> list[str]:
    return [one.rule for one in decision.reasons]


def question(text: str, **more: object) -> Question:
    """A question from words: a place code, level=, affiliation=, `staff`, `-CODE` (excluded)."""
    values: dict[str, object] = dict(more)
    excluded = set()
    for word in text.split():
        if word.isdigit():
            values["district_code" if len(word) == 4 else "province_code"] = word
        elif word.startswith("-"):
            excluded.add(word[1:])
        elif word == "staff":
            values["staff_involved"] = True
        else:
            name, value = word.split("=")
            values[name] = value
    return Question(excluded=frozenset(excluded), **values)


SMALL_ROWS = [
    # place and level
    ("5001", "ESA-5001", "found_by_district"),
    ("5001 level=kindergarten_primary", "ESA-5001", "level_given"),
    ("5001 level=unknown", "ESA-5001", "level_assumed"),
    ("5001 level=secondary", "HQ", "area_unknown"),
    ("5001 level=vocational", "OVEC", "affiliation_from_level"),
    ("5001 level=nonformal", "DOLE-5001", "affiliation_from_level"),
    ("5002", "ESA-5002", "link_unconfirmed"),
    ("5003", "HQ", "area_unknown"),
    ("5003 level=nonformal", "DOLE-5003", "found_by_district"),
    ("5004 level=nonformal", "DOLE-50", "found_by_province"),
    ("6001", "ESA-6001", "found_by_province"),
    ("6001 level=secondary", "SESA-03", "found_by_province"),
    ("6001 level=nonformal", "DOLE-60", "closed_superior"),
    # affiliation
    ("5001 affiliation=basic", "ESA-5001", "affiliation_given"),
    ("5001 affiliation=nonformal", "DOLE-5001", "affiliation_given"),
    ("5001 affiliation=nonformal level=secondary", "DOLE-5001", "affiliation_given"),
    ("5001 affiliation=vocational", "OVEC", "found_everywhere"),
    ("5001 affiliation=private", "OPEC", "found_everywhere"),
    ("5001 affiliation=private level=secondary", "OPEC", "found_everywhere"),
    ("5001 affiliation=local", "HQ", "outside_ministry"),
    ("5001 affiliation=other", "HQ", "outside_ministry"),
    ("5001 affiliation=basic level=vocational", "OVEC", "affiliation_from_level"),
    ("5001 affiliation=basic level=nonformal", "DOLE-5001", "affiliation_from_level"),
    ("5001 affiliation=private level=vocational", "OPEC", "affiliation_given"),
    ("5001 affiliation=circus", "HQ", "affiliation_unknown"),
    # a place that is not whole
    ("50", "HQ", "province_only"),
    ("60", "HQ", "province_only"),
    ("60 level=secondary", "HQ", "province_only"),
    ("60 level=nonformal", "HQ", "province_only"),
    ("50 level=vocational", "OVEC", "found_everywhere"),
    ("level=vocational", "OVEC", "place_missing"),
    ("affiliation=private", "OPEC", "place_missing"),
    ("", "HQ", "place_missing"),
    ("level=secondary", "HQ", "to_desk"),
    ("9999", "HQ", "place_code_unknown"),
    ("9999 50", "HQ", "province_only"),
    ("99", "HQ", "place_code_unknown"),
    ("5001 60", "ESA-5001", "found_by_district"),
    # conflict of interest
    ("5001 staff", "OBEC", "conflict_superior"),
    ("5002 staff", "OBEC", "conflict_superior"),
    ("6001 staff level=secondary", "OBEC", "conflict_superior"),
    ("5001 staff level=nonformal", "DOLE-50", "conflict_superior"),
    ("5004 staff level=nonformal", "DOLE", "conflict_superior"),
    ("6001 staff level=nonformal", "DOLE", "conflict_superior"),
    ("5001 staff level=vocational", "HQ", "conflict_superior"),
    ("5001 staff affiliation=private", "HQ", "conflict_superior"),
    ("5001 staff affiliation=local", "HQ", "conflict_at_desk"),
    ("5003 staff", "HQ", "conflict_at_desk"),
    ("50 staff", "HQ", "conflict_at_desk"),
    ("staff", "HQ", "conflict_at_desk"),
    # who must not know
    ("5001 -ESA-5001", "OBEC", "excluded_superior"),
    ("5001 -ESA-5001 -OBEC", "HQ", "excluded_superior"),
    ("5001 -OBEC", "ESA-5001", "found_by_district"),
    ("5001 -HQ", "ESA-5001", "found_by_district"),
    ("5001 staff -ESA-5001", "OBEC", "conflict_superior"),
    ("5001 staff -OBEC", "HQ", "excluded_superior"),
    ("5001 staff -OBEC -HQ", "DOLE", "highest_allowed"),
    ("5001 -ESA-5001 -OBEC -HQ", "DOLE", "highest_allowed"),
    ("5003 -HQ", "OBEC", "highest_allowed"),
    ("5003 staff -HQ", "OBEC", "highest_allowed"),
    ("5001 level=nonformal -DOLE-5001", "DOLE-50", "excluded_superior"),
    ("5001 level=nonformal -DOLE-5001 -DOLE-50", "DOLE", "excluded_superior"),
    ("6001 level=nonformal -DOLE-60", "DOLE", "closed_superior"),
    ("affiliation=local -HQ", "DOLE", "highest_allowed"),
    ("level=vocational -OVEC -HQ", "DOLE", "highest_allowed"),
    ("level=vocational staff -HQ", "DOLE", "highest_allowed"),
    ("-nobody", "HQ", "to_desk"),
]


@pytest.mark.parametrize(("asked", "office", "rule"), SMALL_ROWS, ids=[r[0] for r in SMALL_ROWS])
def test_report_goes_to_its_office_and_says_why(
    asked: str, office: str, rule: str, small: Directory
) -> None:
    decision = choose_office(question(asked), small)
    assert decision.office_code == office
    assert rule in rules(decision)


CANDIDATE_ROWS = [
    ("5003", AREAS),
    ("50", AREAS),
    ("5003 level=secondary", ("SESA-01", "SESA-02")),
    ("5003 -ESA-5002", ("ESA-5001", "ESA-5003")),
    ("5003 staff", ("OBEC",)),
    ("5003 staff -OBEC", ()),
    ("60 level=nonformal", ("DOLE-60",)),
    ("5001", ()),
    ("", ()),
]


@pytest.mark.parametrize(("asked", "offices"), CANDIDATE_ROWS, ids=[r[0] for r in CANDIDATE_ROWS])
def test_candidates_are_listed_only_where_a_person_has_to_choose(
    asked: str, offices: tuple[str, ...], small: Directory
) -> None:
    assert choose_office(question(asked), small).candidates == offices


COUNTRY_ROWS = [
    ("9209", "ESA-9202"),
    ("9209 staff", "OBEC"),
    ("4001 affiliation=nonformal", "DOLE-4001"),
    ("4001 affiliation=nonformal staff", "DOLE-40"),
    ("4001", "ESA-4001"),
    ("4001 level=secondary", "SESA-22"),
    ("2701", "HQ"),
    ("3001", "HQ"),
    ("1001", "ESA-1001"),
    ("1001 level=secondary", "HQ"),
    ("1001 level=nonformal", "DOLE-1001"),
    ("8103 level=secondary", "SESA-58"),
    ("3801", "ESA-3801"),
    ("4001 level=vocational", "OVEC"),
    ("4001 affiliation=private", "OPEC"),
    ("40", "HQ"),
]


@pytest.mark.parametrize(("asked", "office"), COUNTRY_ROWS, ids=[r[0] for r in COUNTRY_ROWS])
def test_public_tree_answers_for_the_country(asked: str, office: str, country: Directory) -> None:
    assert choose_office(question(asked), country).office_code == office


def test_guess_about_a_districts_area_is_used_and_said(country: Directory) -> None:
    decision = choose_office(Question(district_code="4001"), country)
    step = next(one for one in decision.reasons if one.rule == "link_unconfirmed")
    assert "general knowledge" in step.en
    assert "ยังไม่ได้รับการยืนยัน" in step.th


def test_every_district_of_an_unknown_area_lists_the_areas_of_its_province(
    country: Directory,
) -> None:
    for district in country.districts.values():
        decision = choose_office(Question(district_code=district.code), country)
        if decision.office_code == "HQ":
            assert "area_unknown" in rules(decision)
            areas = decision.candidates
            assert len(areas) > 1
            assert {one[:6] for one in areas} == {f"ESA-{district.province_code}"}
        else:
            assert decision.candidates == ()


def test_place_heard_but_not_confirmed_routes_and_the_reason_says_so(small: Directory) -> None:
    decision = choose_office(Question(district_code="5001", district_confirmed=False), small)
    assert decision.office_code == "ESA-5001"
    assert "place_unconfirmed" in rules(decision)
    confirmed = choose_office(Question(district_code="5001"), small)
    assert "place_unconfirmed" not in rules(confirmed)


def test_known_school_goes_to_its_area_and_not_by_its_district(small: Directory) -> None:
    school = {"school_office": "50020007", "school_parent": "ESA-5003"}
    decision = choose_office(question("5001", **school), small)
    assert decision.office_code == "ESA-5003"
    assert "school_known" in rules(decision)


def test_school_whose_staff_may_be_involved_goes_above_its_area(small: Directory) -> None:
    school = {"school_office": "50020007", "school_parent": "ESA-5003"}
    assert choose_office(question("5001 staff", **school), small).office_code == "OBEC"


def test_school_of_unknown_parent_leaves_the_place_to_decide(small: Directory) -> None:
    decision = choose_office(question("5001", school_office="50020007"), small)
    assert decision.office_code == "ESA-5001"
    assert "school_unknown" in rules(decision)


def test_reasons_stand_in_the_order_of_the_reasoning(small: Directory) -> None:
    decision = choose_office(question("5002 staff"), small)
    assert rules(decision) == [
        "place_district",
        "affiliation_assumed",
        "level_assumed",
        "found_by_district",
        "link_unconfirmed",
        "conflict_superior",
    ]


def test_bangkok_is_spoken_of_as_khet_and_never_as_amphoe(country: Directory) -> None:
    decision = choose_office(Question(district_code="1001"), country)
    assert decision.reasons[0].th == "แจ้งเหตุที่เขตพระนคร กรุงเทพมหานคร"
    assert not any("อำเภอ" in one.th for one in decision.reasons)


def test_empty_directory_still_gives_the_desk() -> None:
    decision = choose_office(question("5001 staff -OBEC"), Directory())
    assert decision.office_code == "HQ"
    assert decision.reasons


def test_everybody_excluded_still_ends_with_an_office(small: Directory) -> None:
    everybody = frozenset(small.offices)
    decision = choose_office(Question(district_code="5001", excluded=everybody), small)
    assert decision.office_code == "HQ"
    assert rules(decision)[-1] == "nobody_allowed"


def test_body_outside_the_ministry_comes_last_of_all(small: Directory) -> None:
    most = frozenset(small.offices) - {"POLICE", "ESA-5003"}
    assert choose_office(Question(excluded=most), small).office_code == "ESA-5003"


def test_offices_above_each_other_in_a_circle_do_not_hang_the_choice() -> None:
    circle = [Office("A", "agency", "ก", "A", "B"), Office("B", "agency", "ข", "B", "A")]
    directory = build_directory(Rows(offices=circle, links=[Link("A", "private")]))
    asked = Question(affiliation="private", staff_involved=True)
    assert choose_office(asked, directory).office_code == "B"
