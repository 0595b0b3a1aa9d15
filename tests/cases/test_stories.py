"""Many reports about one thing: joined and taken out again, announced to callers, kept apart."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from cases.access import Viewer, standing
from cases.announcement_rules import Announcement
from cases.announcing import announcement_at
from cases.errors import StoryRefused
from cases.models import CasePlace
from cases.stories import announce, end_story, join, join_all, leave, open_story, take_back
from cases.story_files import (
    counts_of,
    current_bursts,
    list_stories,
    may,
    story_file,
    story_of,
    suggested,
)
from cases.story_models import Story
from cases.story_rules import StoryWish
from core.database import reading, transaction
from core.errors import NotFoundError
from core.runtime import Runtime
from tests.cases.hand_over_people import (
    AREA,
    HOUR,
    NOW,
    PROVINCE,
    events,
    file_of,
    head,
    hired,
    opened,
    operator,
    shut_out,
    status_of,
)

SAID = Announcement("ทราบเรื่องน้ำท่วมแล้ว", "We know about the flood.")
OTHER = Announcement("ทราบเรื่องไฟไหม้แล้ว", "We know about the fire.")
FLOOD = StoryWish("น้ำท่วมตรัง", "Flood in Trang", "V", "V3", ("9209",))


def supervisor() -> Viewer:
    return hired(("supervisor", "HQ"))


def told(boss: Viewer, wish: StoryWish = FLOOD) -> int:
    with transaction() as session:
        return open_story(session, wish, staff_id=boss.staff_id, now=NOW).id


def joined(story_id: int, case_id: int, boss: Viewer) -> None:
    with transaction() as session:
        join(session, story_id, case_id, staff_id=boss.staff_id, now=NOW)


def left(story_id: int, case_id: int, boss: Viewer) -> None:
    with transaction() as session:
        leave(session, story_id, case_id, staff_id=boss.staff_id, now=NOW)


def announced(
    story_id: int, boss: Viewer, said: Announcement = SAID, *, hours: int = 1, at: datetime = NOW
) -> None:
    with transaction() as session:
        announce(session, story_id, said, hours=hours, staff_id=boss.staff_id, now=at)


def heard(at: datetime = NOW) -> Announcement | None:
    with transaction() as session:
        return announcement_at(session, at)


def at_place(case_id: int, district: str = "9209") -> int:
    with transaction() as session:
        session.query(CasePlace).filter_by(case_id=case_id).update(
            {"district_code": district, "province_code": district[:2]}
        )
    return case_id


def test_joining_changes_nothing_of_a_case_and_can_be_undone(runtime: Runtime) -> None:
    boss, case_id = supervisor(), opened(AREA)
    story_id = told(boss)
    before = file_of(case_id)
    joined(story_id, case_id, boss)
    after = file_of(case_id)
    assert (after.case.status, after.assignment.office_code, after.assignment.due_at) == (
        before.case.status,
        before.assignment.office_code,
        before.assignment.due_at,
    )
    with pytest.raises(StoryRefused, match="in_a_story"):
        joined(told(boss), case_id, boss)
    with pytest.raises(StoryRefused, match="in_this_story"):
        joined(story_id, case_id, boss)
    left(story_id, case_id, boss)
    with reading() as session:
        assert story_of(session, case_id) is None
    with pytest.raises(NotFoundError):
        left(story_id, case_id, boss)
    joined(told(boss), case_id, boss)
    assert [len(events(case_id, kind)) for kind in ("story_joined", "story_left")] == [2, 1]


def test_of_several_cases_those_are_joined_that_can_be(runtime: Runtime) -> None:
    boss = supervisor()
    free, other, here, last = (opened(AREA) for _ in range(4))
    story_id, elsewhere = told(boss), told(boss)
    joined(elsewhere, other, boss)
    joined(story_id, here, boss)
    with transaction() as session:
        chosen = [last, other, here, free, last]
        refused = join_all(session, story_id, chosen, staff_id=boss.staff_id, now=NOW)
    assert refused == {other: "in_a_story", here: "in_this_story"}
    with reading() as session:
        found = [story_of(session, one) for one in (free, last, other)]
    assert [one.id for one in found if one] == [story_id, story_id, elsewhere]
    assert [len(events(one, "story_joined")) for one in (free, last, other, here)] == [1, 1, 1, 1]


def test_nothing_joins_a_story_that_has_ended(runtime: Runtime) -> None:
    boss, case_id = supervisor(), opened(AREA)
    story_id = told(boss)
    with transaction() as session:
        end_story(session, story_id, staff_id=boss.staff_id, now=NOW)
    with pytest.raises(StoryRefused, match="ended"), transaction() as session:
        join_all(session, story_id, [case_id], staff_id=boss.staff_id, now=NOW)


def test_safety_rule_07_nobody_meets_through_a_story_a_case_that_is_kept_from_them(
    runtime: Runtime,
) -> None:
    boss, outsider, both = supervisor(), operator(PROVINCE), hired(("supervisor", "HQ"))
    story_id = told(boss)
    kept, seen = at_place(opened(AREA)), at_place(opened(AREA))
    shut_out(kept, staff=both.staff_id)
    loose = [at_place(opened(AREA)) for _ in range(3)]
    for one in loose:
        shut_out(one, staff=both.staff_id)
    for one in (kept, seen):
        joined(story_id, one, boss)
    with reading() as session:
        story = session.get_one(Story, story_id)
        for viewer, cases, near in (
            (boss, {kept, seen}, 3),
            (both, {seen}, 0),
            (outsider, set(), 0),
        ):
            file = story_file(session, story_id, viewer)
            assert file is not None
            assert {one.case_id for one in file.cases} == cases
            assert counts_of(session, [story_id], viewer).get(story_id, 0) == len(cases)
            assert len(suggested(session, story, viewer, now=NOW)) == near
            assert len(current_bursts(session, viewer, now=NOW)) == bool(near)
        assert not standing(session, outsider, seen).may("case.view")


def test_what_is_suggested_is_near_alike_and_in_no_story(runtime: Runtime) -> None:
    boss = supervisor()
    story_id = told(boss)
    near, far, taken = at_place(opened()), at_place(opened(), "4001"), at_place(opened())
    other_kind = at_place(opened(severity="urgent"))
    joined(story_id, taken, boss)
    with reading() as session:
        story = session.get_one(Story, story_id)
        found = [one.case_id for one in suggested(session, story, boss, now=NOW + HOUR)]
        late = suggested(session, story, boss, now=NOW + 100 * HOUR)
    assert found == [near]
    assert not {far, other_kind} & set(found)
    assert late == []


@pytest.mark.parametrize(
    ("role", "office", "expected"),
    [
        ("supervisor", "HQ", (True, True, True)),
        ("admin", "HQ", (True, False, True)),
        ("agent", "HQ", (True, True, False)),
        ("head_operator", "HQ", (False, False, False)),
        ("supervisor", AREA, (False, False, False)),
        ("operator", AREA, (False, False, False)),
        ("auditor", "HQ", (False, False, False)),
    ],
)
def test_who_may_do_what_with_stories(
    role: str, office: str, expected: tuple[bool, ...], runtime: Runtime
) -> None:
    viewer = hired((role, office))
    assert tuple(may(viewer, f"story.{one}") for one in ("view", "join", "manage")) == expected


def test_an_announcement_is_heard_for_its_time_and_no_longer(runtime: Runtime) -> None:
    boss = supervisor()
    assert heard() is None
    announced(told(boss), boss, hours=2)
    assert [heard(NOW + one) for one in (timedelta(0), HOUR, 2 * HOUR)] == [SAID, SAID, None]
    assert heard(NOW - HOUR) is None


def test_an_announcement_is_taken_back_with_one_step_and_ends_with_its_story(
    runtime: Runtime,
) -> None:
    boss = supervisor()
    story_id = told(boss)
    for end in (take_back, end_story):
        announced(story_id, boss)
        assert heard() == SAID
        with transaction() as session:
            end(session, story_id, staff_id=boss.staff_id, now=NOW + HOUR / 2)
        assert heard(NOW + HOUR / 2) is None
    with pytest.raises(StoryRefused, match="ended"):
        announced(story_id, boss)
    with pytest.raises(StoryRefused, match="ended"):
        joined(story_id, opened(), boss)


def test_one_story_is_announced_at_a_time_and_the_next_follows_when_it_is_over(
    runtime: Runtime,
) -> None:
    boss = supervisor()
    first, second = told(boss), told(boss)
    announced(first, boss)
    with pytest.raises(StoryRefused, match="announcing"):
        announced(second, boss, OTHER)
    announced(second, boss, OTHER, at=NOW + 2 * HOUR)
    assert heard(NOW + 2 * HOUR) == OTHER
    with reading() as session:
        assert [one.announcing for one in list_stories(session, running=True)].count(True) == 1


@pytest.mark.parametrize(
    ("said", "hours", "rule"),
    [(Announcement("โทร หนึ่ง เก้า หนึ่ง", "Call."), 1, "emergency_number"), (SAID, 3, "hours")],
)
def test_what_may_not_be_said_is_refused_and_nothing_is_heard(
    said: Announcement, hours: int, rule: str, runtime: Runtime
) -> None:
    boss = supervisor()
    with pytest.raises(StoryRefused, match=rule):
        announced(told(boss), boss, said, hours=hours)
    assert heard() is None


@pytest.mark.backends("postgresql", "sqlite")
def test_a_look_that_fails_leaves_the_calls_transaction_as_it_was(own_runtime: Runtime) -> None:
    """A service that is newer than its database still answers the telephone."""
    engine: Engine = own_runtime.engine
    with engine.begin() as connection:
        for table in ("story_events", "story_cases", "stories"):
            connection.execute(text(f"DROP TABLE {table}"))
    with transaction() as session:
        assert announcement_at(session, NOW) is None
        session.execute(text("SELECT count(*) FROM cases"))
    assert status_of(opened()) == "received"


def test_heads_see_the_cases_of_their_own_offices_only(runtime: Runtime) -> None:
    boss, of_area = supervisor(), head(AREA)
    story_id = told(boss)
    mine, other = opened(AREA), opened(PROVINCE)
    for one in (mine, other):
        joined(story_id, one, boss)
    with reading() as session:
        file = story_file(session, story_id, of_area)
    assert file is not None
    assert [one.case_id for one in file.cases] == [mine]
