"""`route replay`: what other rules would do to the newest cases, without writing anything."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from cases.answers import CaseAnswers
from cases.commands import COMMANDS
from cases.exclusions import exclude_office
from cases.models import Case, TimelineEvent
from cases.replay import Replay, replay
from cases.services import open_case
from core.database import reading, transaction
from core.runtime import Runtime
from routing.directory import current_directory
from routing.models import DirectoryVersion, Office
from routing.rule_versions import publish
from routing.rulebook import Rule, When
from tests.routing.corpus import BOOKS, rulebook

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KHON_KAEN = {"district_code": "4001", "place_confirmed": True, "hazard_group": "V"}


def opened(number: int, **answers: object) -> str:
    with transaction() as session:
        known = CaseAnswers(**{**KHON_KAEN, **answers})
        sids = {"call_sid": f"CA{number:032}", "account_sid": f"AC{0:032}"}
        return open_case(session, known, **sids, now=NOW).reference


def tried(*rules: Rule, last: int = 100) -> Replay:
    with reading() as session:
        return replay(session, rules, last=last, now=NOW + DAY)


def book(name: str) -> tuple[Rule, ...]:
    with reading() as session:
        return rulebook(name, current_directory(session)).rules


def run(*arguments: str) -> Result:
    app = Flask("commands")
    for command in COMMANDS:
        app.cli.add_command(command)
    return app.test_cli_runner().invoke(args=("route", "replay", *arguments))


def contents() -> tuple[object, ...]:
    with reading() as session:
        return (
            session.scalar(select(func.count()).select_from(TimelineEvent)),
            session.scalars(select(Case.version)).all(),
            session.scalar(select(DirectoryVersion.stamp)),
        )


def test_cases_that_would_move_are_named_with_what_is_new_and_what_is_gone(
    own_runtime: Runtime,
) -> None:
    moved = opened(1, hazard_type="V1", conflict="no")
    opened(2, hazard_type="V4")
    found = tried(*book("main"))
    assert found.cases == 2
    (move,) = found.moves
    assert (move.reference, move.before, move.after) == (moved, "ESA-4001", "OBEC")
    assert [one.rule for one in move.new] == ["rule_fired"]
    assert "version 1" in move.new[0].en
    assert move.gone == ()


def test_only_the_newest_cases_are_tried(own_runtime: Runtime) -> None:
    for number in range(1, 4):
        opened(number)
    assert [len(tried(*book("everything"), last=last).moves) for last in (1, 2, 9)] == [1, 2, 3]


def test_rules_in_force_are_what_the_others_are_compared_with(own_runtime: Runtime) -> None:
    opened(1)
    with transaction() as session:
        publish(session, book("everything"), now=NOW)
    assert tried(*book("everything")).moves == ()
    (move,) = tried().moves
    assert (move.before, move.after) == ("HQ", "ESA-4001")
    assert [one.rule for one in move.gone] == ["rule_fired"]


def test_rule_that_begins_later_is_tried_and_one_that_ended_is_not(own_runtime: Runtime) -> None:
    opened(1)
    later = Rule("later", When(), "desk", "ก", "k", valid_from=NOW + 30 * DAY)
    over = Rule("over", When(), "desk", "ก", "k", valid_to=NOW)
    assert len(tried(later).moves) == 1
    assert tried(over).moves == ()


def test_who_must_not_know_of_a_case_gets_it_by_no_rule(own_runtime: Runtime) -> None:
    opened(1, hazard_type="V3")
    with transaction() as session:
        exclude_office(session, session.scalar(select(Case.id)), "ESA-4003")
    (move,) = tried(*book("chain")).moves
    assert move.after == "SESA-22"
    assert [one.rule for one in move.new] == ["rule_passed_excluded", "rule_fired"]


def test_a_school_that_was_named_leads_to_the_office_above_it(own_runtime: Runtime) -> None:
    school = {"code": "10400001", "type": "school", "name_th": "ก", "name_en": "S"}
    with transaction() as session:
        session.add(Office(**school, parent_code="SESA-25", district_code="4001"))
    opened(1, school_code="10400001")
    (move,) = tried(*book("everything")).moves
    assert (move.before, move.after) == ("SESA-25", "HQ")


def test_command_prints_the_table_and_writes_nothing(own_runtime: Runtime) -> None:
    reference = opened(1)
    before = contents()
    result = run(str(BOOKS / "everything.yaml"), "--last", "5")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == f"{reference}  2026-11-20 10:00  ESA-4001 -> HQ"
    assert "ทุกเรื่องมาที่ศูนย์" in lines[1]
    assert lines[-1] == "1 of 1 cases would move."
    assert contents() == before


def test_bad_file_is_refused_before_anything_is_tried(tmp_path: Path, own_runtime: Runtime) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("rules: x\n", "utf-8")
    result = run(str(bad))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "bad.yaml:1: rules ต้องเป็นรายการ / rules must be a list" in result.stderr
