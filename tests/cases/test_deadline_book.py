"""Deadline rules that people write: which time a case gets by them, and who may write what."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from cases.deadline_book import RuleWish, examples, holding, in_force, keep_rule, take_back, written
from cases.deadline_models import DeadlineRule
from cases.deadline_rules import Deadline
from cases.errors import DeadlineRefused, RulesAreAppendOnly
from cases.models import Assignment
from cases.services import move_case
from core.database import reading, transaction
from core.runtime import Runtime
from core.zones import BANGKOK
from routing.loading import bump_version
from routing.models import OfficeHours
from tests.cases.hand_over_people import (
    DISTRICT,
    HOUR,
    MINUTE,
    NOW,
    PROVINCE,
    approved,
    asked,
    file_of,
    handover,
    head,
    hired,
    opened,
    operator,
    taken,
    to_office,
)
from tests.cases.part_people import asked_part, part, taken_part

CHECK, ACKNOWLEDGE = "check", "acknowledge"


def kept(
    minutes: int,
    office: str = "HQ",
    *,
    step: str = CHECK,
    severity: str = "urgent",
    unit: str = "minutes",
    hazard: str = "",
    begin: datetime = NOW,
    heads: bool = False,
    at: datetime = NOW,
) -> int:
    """Somebody writes a rule; its id."""
    wish = RuleWish(severity, step, hazard, office, Deadline(unit, minutes), begin, "เพราะใกล้")
    writer = hired(("admin", "HQ"))
    with transaction() as session:
        made = keep_rule(session, wish, only_shortens=heads, staff_id=writer.staff_id, now=at)
    return made.id


def due_of(case_id: int) -> datetime:
    """By when the next step of a case is due."""
    return file_of(case_id).assignment.due_at


def test_a_rule_holds_for_steps_that_begin_to_be_owed_afterwards(runtime: Runtime) -> None:
    before = taken(operator(), severity="urgent")
    rule_id = kept(30)
    assert due_of(before) == NOW + 4 * HOUR
    lead = file_of(taken(operator(), severity="urgent")).assignment
    assert (lead.due_at, lead.due_rule_id, lead.owed_since) == (NOW + 30 * MINUTE, rule_id, NOW)
    with transaction() as session:
        move_case(session, before, "checking", now=NOW, actor="staff:1")
    assert file_of(before).assignment.due_rule_id is None


def test_the_first_step_goes_by_the_rule_of_the_office_that_the_call_led_to(
    runtime: Runtime,
) -> None:
    kept(40, step=ACKNOWLEDGE)
    kept(20, PROVINCE, step=ACKNOWLEDGE, hazard="V1")
    assert due_of(opened("ESA-9202", "urgent")) == NOW + 40 * MINUTE
    assert due_of(opened("HQ", "urgent")) == NOW + 40 * MINUTE
    file = file_of(opened(PROVINCE, "urgent"))
    assert file.assignment.due_at == file.case.due_at == NOW + 20 * MINUTE
    assert file.assignment.escalate_at == NOW + 20 * MINUTE
    assert due_of(opened(DISTRICT, "urgent")) == NOW + 20 * MINUTE


def test_hand_overs_go_by_the_rules_too(runtime: Runtime) -> None:
    kept(25, PROVINCE, step="approve")
    kept(35, DISTRICT, step="accept")
    asker, boss = operator(), head()
    case_id = taken(asker, severity="urgent")
    one = asked(case_id, to_office(), asker)
    assert handover(one).due_at == NOW + 25 * MINUTE
    approved(one, boss)
    assert handover(one).due_at == due_of(case_id) == NOW + 35 * MINUTE


def test_a_further_part_goes_by_the_rules_of_its_own_office(runtime: Runtime) -> None:
    asked_by_rule = kept(20, DISTRICT, step=ACKNOWLEDGE)
    done_by_rule = kept(30, DISTRICT, step="report", hazard="V")
    lead, other = operator(), operator(DISTRICT)
    case_id = taken(lead, severity="urgent")
    part_id = asked_part(case_id, lead, DISTRICT)
    found = part(part_id).assignment
    assert (found.due_at, found.due_rule_id) == (NOW + 20 * MINUTE, asked_by_rule)
    taken_part(part_id, other, NOW + MINUTE)
    found = part(part_id).assignment
    assert (found.due_at, found.due_rule_id) == (NOW + 31 * MINUTE, done_by_rule)
    assert (found.owed_since, found.escalate_at) == (NOW + MINUTE, found.due_at)
    for status, at in (("not_a_case", NOW + MINUTE), ("checking", NOW + HOUR)):
        with transaction() as session:
            move_case(session, case_id, status, now=at, actor="staff:1")
    assert part(part_id).assignment.due_at == NOW + HOUR + 30 * MINUTE


def test_minutes_of_office_hours_count_in_the_hours_of_the_case_s_own_office(
    own_runtime: Runtime,
) -> None:
    kept(480, unit="working_minutes")
    with transaction() as session:
        session.add_all(
            OfficeHours(office_code="ESA-9202", weekday=day, opens="09:00", closes="12:00")
            for day in range(1, 8)
        )
        bump_version(session)
    usual, short = taken(operator(), severity="urgent"), "ESA-9202"
    # NOW is Friday, ten in the morning; eight hours of work end on Monday, here on Sunday.
    assert due_of(usual) == datetime(2026, 11, 23, 10, 0, tzinfo=BANGKOK)
    own = taken(operator(short), short, "urgent")
    assert due_of(own) == datetime(2026, 11, 22, 12, 0, tzinfo=BANGKOK)


def test_a_head_shortens_and_never_lengthens(runtime: Runtime) -> None:
    for minutes in (240, 300):
        with pytest.raises(DeadlineRefused, match="not_shorter"):
            kept(minutes, PROVINCE, heads=True)
    kept(60, PROVINCE, heads=True)
    assert due_of(taken(operator(), severity="urgent")) == NOW + HOUR
    # Whatever the level above gives later: the shorter one holds.
    kept(45)
    assert due_of(taken(operator(), severity="urgent")) == NOW + 45 * MINUTE
    kept(120, PROVINCE)
    assert due_of(taken(operator(), severity="urgent")) == NOW + HOUR


def test_working_time_that_is_longer_on_a_weekend_is_not_shorter(runtime: Runtime) -> None:
    with pytest.raises(DeadlineRefused, match="not_shorter"):
        kept(120, PROVINCE, unit="working_minutes", heads=True)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"severity": "terrible"}, "severity"),
        ({"step": "sleep"}, "step"),
        ({"hazard": "Q"}, "hazard"),
        ({"note": " "}, "note_missing"),
        ({"note": "ก" * 301}, "note_too_long"),
        ({"deadline": Deadline("weeks", 1)}, "unit"),
        ({"deadline": Deadline("minutes", 0)}, "amount"),
        ({"valid_from": NOW + timedelta(days=400)}, "valid_from"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    runtime: Runtime, wrong: dict[str, object], rule: str
) -> None:
    wish = RuleWish("urgent", CHECK, "V", "HQ", Deadline("minutes", 30), NOW, "เพราะ")
    wish = wish._replace(**wrong)
    with transaction() as session, pytest.raises(DeadlineRefused, match=rule):
        keep_rule(session, wish, only_shortens=False, staff_id=1, now=NOW)


def test_the_preview_shows_what_would_change_and_writes_nothing(runtime: Runtime) -> None:
    wish = RuleWish("urgent", CHECK, "", PROVINCE, Deadline("minutes", 30), NOW, "เพราะ")
    with reading() as session:
        found = examples(session, wish, only_shortens=False, now=NOW)
        assert session.scalar(select(DeadlineRule.id)) is None
    assert (found[0].since, found[0].after) == (NOW, NOW + 30 * MINUTE)
    assert all(one.before - one.since == 4 * HOUR for one in found)


def test_what_was_taken_back_holds_no_longer_and_stays_in_the_log(runtime: Runtime) -> None:
    writer = hired(("admin", "HQ"))
    rule_id = kept(30, PROVINCE)
    with transaction() as session:
        told = {"staff_id": writer.staff_id, "now": NOW + MINUTE}
        with pytest.raises(DeadlineRefused, match="nothing"):
            take_back(session, rule_id, PROVINCE, only_own=True, **told)
        with pytest.raises(DeadlineRefused, match="nothing"):
            take_back(session, rule_id, DISTRICT, only_own=False, **told)
        take_back(session, rule_id, PROVINCE, only_own=False, **told)
    with reading() as session:
        assert in_force(session, [PROVINCE], NOW + MINUTE) == []
        assert [one.amount for one in written(session, PROVINCE)] == [None, 30]
        held = {
            (one.severity, one.step): one
            for one in holding(session, PROVINCE, "", NOW + 2 * MINUTE)
        }
    assert held["urgent", CHECK].office_code is None
    assert len(held) == 30


def test_what_was_only_announced_is_taken_back_alone(runtime: Runtime) -> None:
    """What holds now goes on, also what is written afterwards; nothing more can be taken back."""
    writer, tomorrow = hired(("admin", "HQ")), NOW + timedelta(days=1)
    holds = kept(30, PROVINCE)
    announced = kept(90, PROVINCE, begin=tomorrow)
    alone = kept(20, PROVINCE, hazard="A", begin=tomorrow)
    with transaction() as session:
        assert [one.id for one in in_force(session, [PROVINCE], NOW)] == [holds, announced, alone]
        for one in (announced, alone):
            told = {"only_own": False, "staff_id": writer.staff_id, "now": NOW + MINUTE}
            take_back(session, one, PROVINCE, **told)
        assert [one.id for one in in_force(session, [PROVINCE], NOW + MINUTE)] == [holds]
    later = kept(40, PROVINCE, at=NOW + HOUR)
    with reading() as session:
        for moment in (NOW + HOUR, tomorrow + HOUR):
            assert [one.id for one in in_force(session, [PROVINCE], moment)] == [later]
            held = {(one.severity, one.step): one for one in holding(session, PROVINCE, "", moment)}
            assert held["urgent", CHECK].decided.deadline == Deadline("minutes", 40)


def test_a_rule_is_never_changed(runtime: Runtime) -> None:
    kept(30)
    with reading() as session:
        session.scalars(select(DeadlineRule)).one().amount = 5
        with pytest.raises(RulesAreAppendOnly):
            session.flush()


def test_a_rule_of_the_future_waits_for_its_day(runtime: Runtime) -> None:
    kept(30, begin=NOW + HOUR)
    case_id = taken(operator(), severity="urgent")
    assert due_of(case_id) == NOW + 4 * HOUR
    with transaction() as session:
        move_case(session, case_id, "checking", now=NOW, actor="staff:1")
        move_case(session, case_id, "received", now=NOW, actor="staff:1")
        move_case(session, case_id, "acknowledged", now=NOW + 2 * HOUR, actor="staff:1")
    assert due_of(case_id) == NOW + 2 * HOUR + 30 * MINUTE


def test_an_answer_that_changes_the_type_before_anybody_works_changes_the_time(
    runtime: Runtime,
) -> None:
    """Nothing but the office and the matter decide; who has begun keeps the time."""
    kept(20, step=ACKNOWLEDGE, hazard="V1")
    case_id = opened(PROVINCE, "urgent")
    with reading() as session:
        lead = session.scalars(select(Assignment).where(Assignment.case_id == case_id)).one()
    assert (lead.due_at, lead.look_at) == (NOW + 20 * MINUTE, NOW + 15 * MINUTE)
