"""Published rules: versions that are never changed, in the snapshot, and those of a moment ago."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import insert

from core.database import reading, transaction
from core.runtime import Runtime
from routing.directory import Directory, current_directory
from routing.models import RoutingRule
from routing.rule_versions import (
    NoSuchVersion,
    OvertakenVersion,
    history,
    publish,
    read_rules,
    roll_back,
    rules_at,
)
from routing.rulebook import Rule, RuleBook
from routing.rules import Question, choose_office
from tests.routing.corpus import rulebook
from tests.routing.test_directory_snapshot import statements

BOTH = pytest.mark.backends("postgresql", "sqlite")
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def look() -> Directory:
    with reading() as session:
        return current_directory(session)


def put(name: str, at: datetime = NOW, note: str = "") -> int:
    rules = rulebook(name, look()).rules
    with transaction() as session:
        return publish(session, rules, now=at, note=note, by="command")


@BOTH
def test_published_rules_come_back_as_they_were(own_runtime: Runtime) -> None:
    assert look().rules == RuleBook()
    assert put("main") == 1
    assert look().rules == rulebook("main", look(), version=1)
    assert look().rules.published_at == NOW


@BOTH
def test_published_rules_hold_for_the_next_call(own_runtime: Runtime) -> None:
    asked = Question(district_code="4001", hazard_group="V", hazard_type="V1")
    assert choose_office(asked, look()).office_code == "ESA-4001"
    put("main")
    decision = choose_office(asked, look())
    assert decision.office_code == "OBEC"
    assert "abuse-goes-above (version 1)" in decision.reasons[-1].en


@BOTH
def test_every_version_stays_and_the_history_tells_all(own_runtime: Runtime) -> None:
    put("main", note="the first")
    put("everything", NOW + DAY)
    with transaction() as session:
        assert roll_back(session, None, now=NOW + 2 * DAY, by="command") == 3
        assert roll_back(session, 0, now=NOW + 3 * DAY) == 4
    with reading() as session:
        told = [(one.number, one.rules, one.restores, one.note) for one in history(session)]
        assert read_rules(session, number=3).rules == read_rules(session, number=1).rules
        assert read_rules(session, number=9) == RuleBook()
    assert told == [(4, 0, 0, ""), (3, 8, 1, ""), (2, 1, None, ""), (1, 8, None, "the first")]
    assert look().rules == RuleBook(4)


@BOTH
def test_of_two_who_publish_at_once_the_second_is_told(own_runtime: Runtime) -> None:
    rules, start = rulebook("everything", look()).rules, Barrier(2)

    def tried(_: int) -> int | str:
        start.wait()
        try:
            with transaction() as session:
                return publish(session, rules, now=NOW, expects=0)
        except OvertakenVersion as error:
            return f"overtaken by {error.newest}"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(str, pool.map(tried, range(2)))) == ["1", "overtaken by 1"]
    with pytest.raises(OvertakenVersion), transaction() as session:
        roll_back(session, 0, now=NOW, expects=0)
    assert look().rules.version == 1


@pytest.mark.parametrize("number", [None, 0, 1, 5])
def test_nothing_is_taken_back_that_never_was(number: int | None, empty_runtime: Runtime) -> None:
    with pytest.raises(NoSuchVersion), transaction() as session:
        roll_back(session, number, now=NOW)


@BOTH
def test_version_of_a_moment_is_the_one_that_was_in_force(own_runtime: Runtime) -> None:
    put("main")
    put("everything", NOW + DAY)
    directory = look()
    with reading() as session:
        found = [
            rules_at(session, directory, NOW + day).rules.version
            for day in (-DAY, 0 * DAY, DAY / 2, DAY, 9 * DAY)
        ]
    assert found == [0, 1, 1, 2, 2]


def test_snapshot_asks_each_table_once_and_nothing_while_the_version_stands(
    own_runtime: Runtime,
) -> None:
    put("main")
    with statements(own_runtime) as sent:
        look()
    asked = [one.partition("FROM ")[2].split()[0] for one in sent if one.startswith("SELECT")]
    read = [table for table in asked if table != "directory_version"]
    assert sorted(read) == sorted(set(read))
    assert {"routing_rules", "routing_rule_versions", "office_hours"} <= set(read)
    with statements(own_runtime) as sent:
        look()
    assert [one for one in sent if "SELECT" in one] == [sent[-1]]
    assert "directory_version" in sent[-1]


def test_rule_with_a_condition_of_a_later_program_is_left_out(own_runtime: Runtime) -> None:
    """It must not hold for more than it says, nor keep a call from its office."""
    put("everything")
    later = {"version": 1, "position": 9, "name": "later", "conditions": {"moon": ["full"]}}
    texts = {"send_to": "desk", "th": "ก", "en": "k"}
    with transaction() as session:
        session.execute(insert(RoutingRule), [later | texts])
    with reading() as session:
        assert [one.name for one in read_rules(session).rules] == ["everything"]


def test_rule_whose_office_the_directory_lost_is_passed_over(country: Directory) -> None:
    lost = Rule("lost", rulebook("everything", country).rules[0].when, "NOBODY", "ก", "k")
    decision = choose_office(
        Question(district_code="4001"), replace(country, rules=RuleBook(2, (lost,)))
    )
    assert decision.office_code == "ESA-4001"
    assert decision.reasons[-1].rule == "rule_passed_unknown"
    assert "NOBODY" in decision.reasons[-1].th


def test_rule_pointing_at_a_partner_is_passed_over(country: Directory) -> None:
    rule = replace(rulebook("everything", country).rules[0], send_to="RTP")
    decision = choose_office(
        Question(district_code="4001"), replace(country, rules=RuleBook(2, (rule,)))
    )
    assert decision.office_code == "ESA-4001"
    assert decision.reasons[-1].rule == "rule_passed_partner"
