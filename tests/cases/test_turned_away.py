"""Reports of an office that does not take part yet are counted, whoever has them now (D4)."""

import pytest

from cases.answers import CaseAnswers
from cases.exclusions import exclude_office
from cases.services import finish_case, open_case
from cases.turned_away import turned_away
from core.database import reading, transaction
from core.runtime import Runtime
from routing.rules import Decision, Question, choose_office
from routing.snapshot import District, Link, Office, Province, Rows, build_directory
from tests.cases.hand_over_people import NOW

ACCOUNT = "AC" + "0" * 32


def choose(*, area_on: bool = True, district_on: bool = True, **asked: object) -> Decision:
    """The decision where an area serves a district, each on or not."""
    directory = build_directory(
        Rows(
            provinces=[Province("40", "ก", "K")],
            districts=[District("4001", "40", "ข", "D", "amphoe", is_on=district_on)],
            offices=[
                Office("HQ", "hq", "ค", "H"),
                Office("OBEC", "agency", "ง", "O", "HQ"),
                Office("ESA", "area_primary", "จ", "E", "OBEC", is_on=area_on),
            ],
            links=[Link("ESA", "basic", district_code="4001")],
        )
    )
    return choose_office(Question(district_code="4001", **asked), directory)


@pytest.mark.parametrize(
    ("switches", "asked", "office", "meant_for"),
    [
        ({}, {}, "ESA", None),
        ({"area_on": False}, {}, "OBEC", "ESA"),
        ({"district_on": False}, {}, "OBEC", "ESA"),
        ({"area_on": False, "district_on": False}, {}, "OBEC", "ESA"),
        ({"area_on": False}, {"staff_involved": True}, "OBEC", None),
        ({"district_on": False}, {"excluded": frozenset({"ESA"})}, "OBEC", None),
    ],
)
def test_a_decision_names_the_office_that_the_roll_out_passed_over(
    switches: dict[str, bool], asked: dict[str, object], office: str, meant_for: str | None
) -> None:
    """Who must not know of a report is never the one that it was meant for."""
    found = choose(**switches, **asked)
    assert (found.office_code, found.meant_for) == (office, meant_for)


def reported(sid: str, decision: Decision, *, barred: bool = False) -> None:
    answers = CaseAnswers(hazard_group="V", district_code="4001")
    with transaction() as session:
        made = open_case(session, answers, call_sid=sid, account_sid=ACCOUNT, now=NOW)
        for _ in range(2):
            finish_case(session, made.id, answers, decision, now=NOW, ended=True)
        if barred:
            exclude_office(session, made.id, "OBEC")


def test_each_report_counts_once_and_one_that_somebody_must_not_know_does_not(
    runtime: Runtime,
) -> None:
    off = choose(area_on=False)
    reported("CA1", off)
    reported("CA2", off)
    reported("CA3", off, barred=True)
    reported("CA4", choose())
    with reading() as session:
        every, other = turned_away(session), turned_away(session, ["OBEC"])
    assert {code: (one.reports, one.first_at) for code, one in every.items()} == {"ESA": (2, NOW)}
    assert other == {}
