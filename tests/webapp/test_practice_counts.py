"""What practice leaves out of figures: six real reports and six practised ones, told apart or not.

In a real service each figure is that of the real reports alone; in a practice service everything is
practice, and everything counts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agents.models import Staff, StaffRole
from calls.limits import shortness_at
from calls.models import Call, Callback, CallbackAttempt
from calls.number_limits import frequent_numbers
from calls.warning_policy import current_warning_policy
from calls.warning_queries import failed_runs, idle_offices, reports, traffics
from cases.access import Viewer, reach
from cases.deadline_models import LateMark
from cases.desk import COUNT_LIMIT, DeskFilter, DeskList, are_open, counts, page
from cases.lateness import late_counts
from cases.models import Assignment, Case
from cases.replay import replay
from cases.stories import join, open_story
from cases.story_files import counts_of, current_bursts, reports_in, story_file, suggested
from cases.story_models import Story
from cases.story_rules import StoryWish
from cases.turned_away import turned_away
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime, configure
from tests.webapp.building import Api, Made, made_case
from webapp.console.callback_list import callback_counts

pytestmark = pytest.mark.backends("postgresql", "sqlite")
EACH = 6
OFFICE, SMALL = "ESA-9202", "DOLE-9209"
NUMBER = "practised"
OPEN = {"open": DeskList((are_open(),))}


@dataclass(frozen=True)
class Ground:
    """Who looks, when, and the story that half of the reports are in."""

    viewer: Viewer
    story_id: int
    now: datetime


@pytest.fixture
def ground(app: Flask) -> Ground:
    """Real and practised reports that differ in their mark alone."""
    now = clock.now()
    made = [made_case(number, at=now - timedelta(minutes=30)) for number in range(1, 2 * EACH + 1)]
    with transaction() as session:
        viewer = _somebody(session, now)
        story_id = _in_a_story(session, [*made[: EACH // 2], *made[-EACH // 2 :]], viewer, now)
        for one in made:
            _late_and_tried(session, one, viewer, now)
        practised = [one.case_id for one in made[EACH:]]
        session.execute(update(Case).where(Case.id.in_(practised)).values(is_practice=True))
        session.execute(update(Call).where(Call.case_id.in_(practised)).values(is_practice=True))
        session.execute(update(Call).values(caller_fingerprint=NUMBER))
        _over_and_without_case(session, [made[0].call_sid, made[-1].call_sid])
    return Ground(viewer, story_id, now)


def _somebody(session: Session, now: datetime) -> Viewer:
    staff = Staff(
        email="head@test.example",
        name="สมใจ",
        phone="+66810000001",
        practises=True,
        created_at=now,
    )
    session.add(staff)
    session.flush()
    roles = (("head_operator", OFFICE), ("supervisor", "HQ"))
    for role, office in roles:
        session.add(StaffRole(staff_id=staff.id, office_code=office, role=role))
    return Viewer(staff.id, roles)


def _in_a_story(session: Session, made: list[Made], viewer: Viewer, now: datetime) -> int:
    wish = StoryWish("เรื่องเดียวกัน", "One thing", "V", "V3", ("9209",))
    story = open_story(session, wish, staff_id=viewer.staff_id, now=now)
    for one in made:
        join(session, story.id, one.case_id, staff_id=viewer.staff_id, now=now)
    return story.id


def _late_and_tried(session: Session, made: Made, viewer: Viewer, now: datetime) -> None:
    lead = session.scalars(select(Assignment).where(Assignment.case_id == made.case_id)).one()
    lead.meant_for, lead.due_at = SMALL, now - timedelta(days=20)
    lead.escalate_at = now - timedelta(days=19)
    session.add(
        LateMark(
            case_id=made.case_id,
            assignment_id=lead.id,
            office_code=OFFICE,
            step="acknowledge",
            owed_since=now,
            due_at=now,
            marked_at=now,
        )
    )
    of_case = Callback.case_id == made.case_id
    session.execute(update(Callback).where(of_case).values(immediate=True))
    callback = select(Callback.id).where(of_case).scalar_subquery()
    failed = update(CallbackAttempt).where(CallbackAttempt.callback_id == callback)
    session.execute(
        failed.values(outcome="operator_no_answer", ended_at=now, staff_id=viewer.staff_id)
    )


def _over_and_without_case(session: Session, sids: list[str]) -> None:
    """One call of each kind still waits; the others are over."""
    others = Call.sid.not_in(sids)
    session.execute(update(Call).where(others).values(ended_at=clock.now()))
    session.execute(update(Call).where(~others).values(waiting=True))


def _metrics(app: Flask) -> dict[str, float]:
    families = text_string_to_metric_families(app.test_client().get("/metrics").text)
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def _figures(app: Flask, api: Api, ground: Ground) -> dict[str, float]:
    """Every figure that a report is in."""
    with reading() as session:
        found = dict(_of_cases(session, ground)) | dict(_of_calls(session, ground))
    told = _metrics(app)
    gauges = ("calls_open", "calls_waiting", "callbacks retry", "assignments_overdue")
    found |= {name: told[f"hotline_{name}"] for name in gauges}
    listed = {name: api.get(f"/{name}").get_json()["items"] for name in ("cases", "callbacks")}
    return found | {f"api {name}": len(items) for name, items in listed.items()}


def _of_cases(session: Session, ground: Ground) -> Iterator[tuple[str, float]]:
    viewer, now = ground.viewer, ground.now
    seen = reach(session, viewer, "case.list")
    yield "desk", counts(session, seen, OPEN, chosen=DeskFilter())["open"]
    yield "late", late_counts(session, [OFFICE], viewer, now=now)[OFFICE]
    yield "turned away", turned_away(session)[SMALL].reports
    yield "story", counts_of(session, [ground.story_id], viewer)[ground.story_id]
    yield "story bars", len(reports_in(session, ground.story_id, viewer))
    file = story_file(session, ground.story_id, viewer)
    yield "story file", len(file.cases) if file else 0
    story = session.get_one(Story, ground.story_id)
    yield "suggested", len(suggested(session, story, viewer, now=now))
    yield "replayed", replay(session, (), last=COUNT_LIMIT, now=now).cases
    yield "burst", sum(len(one.reports) for one in current_bursts(session, viewer, now=now))


def _of_calls(session: Session, ground: Ground) -> Iterator[tuple[str, float]]:
    policy, now = current_warning_policy(), ground.now
    held = callback_counts(session, ground.viewer, now=now)
    yield "callbacks to make", held.ready
    yield "frequent", sum(one.calls for one in frequent_numbers(session, now=now))
    runs = failed_runs(session, replace(policy, failures_in_a_row=99), now)
    yield "telephones", sum(len(run) for _office, _staff, run in runs)
    yield "traffic", sum(one.usual + one.last_week for one in traffics(session, policy, now))
    yield "idle", sum(one.data["count"] for one in idle_offices(session, policy, now))
    yield "reports", len(reports(session, policy, now))


@contextmanager
def _real(runtime: Runtime) -> Iterator[None]:
    """The same database under a service that real people phone."""
    configure(runtime.settings.model_copy(update={"telephony": "twilio"}), runtime.engine)
    try:
        yield
    finally:
        configure(runtime.settings, runtime.engine)


def test_no_figure_of_a_real_service_counts_practice(
    runtime: Runtime, app: Flask, api: Callable[..., Api], ground: Ground
) -> None:
    client = api("cases:read", "callbacks:read")
    everything = _figures(app, client, ground)
    with _real(runtime):
        real = _figures(app, client, ground)
    assert min(everything.values()) > 0
    assert real == {name: value / 2 for name, value in everything.items()}


def test_practice_is_on_the_lists_of_a_real_service_with_its_mark(
    runtime: Runtime, ground: Ground
) -> None:
    with _real(runtime), reading() as session:
        seen = reach(session, ground.viewer, "case.list")
        rows = page(session, seen, OPEN["open"], chosen=DeskFilter(), after=None, limit=COUNT_LIMIT)
    assert [row.is_practice for row in rows].count(True) == EACH
    assert len(rows) == 2 * EACH


def test_a_lesson_does_not_shorten_the_greeting_of_real_callers(
    runtime: Runtime, ground: Ground
) -> None:
    with transaction() as session:
        now = clock.now()
        session.execute(update(Call).values(started_at=now, case_id=None))
    with reading() as session:
        assert shortness_at(session, NUMBER, now=now) is not None
    with transaction() as session:
        only_one = select(Call.sid).where(~Call.is_practice).limit(EACH - 1)
        session.execute(update(Call).where(Call.sid.in_(only_one)).values(is_practice=True))
    with _real(runtime), reading() as session:
        assert shortness_at(session, NUMBER, now=now) is None


@pytest.mark.parametrize(("asked", "told"), [("true", EACH), ("false", EACH), ("", 2 * EACH)])
def test_a_program_may_ask_for_practice_alone_or_for_none(
    asked: str, told: int, api: Callable[..., Api], ground: Ground
) -> None:
    client = api("cases:read", "callbacks:read")
    cases = client.get(f"/cases?practice={asked}").get_json()["items"]
    assert len(cases) == told
    if asked:
        assert {one["practice"] for one in cases} == {asked == "true"}
    assert len(client.get(f"/callbacks?practice={asked}").get_json()["items"]) == told
    assert client.get("/cases?practice=perhaps").status_code == 400


def test_who_names_a_practice_call_gets_its_case(
    runtime: Runtime, api: Callable[..., Api], ground: Ground
) -> None:
    client = api("cases:read", "callbacks:read", "calls:read")
    practised: Any = client.get("/cases?practice=true").get_json()["items"][0]
    [sid] = practised["call_sids"]
    with _real(runtime):
        assert client.get(f"/cases?call_sid={sid}").get_json()["items"][0]["practice"]
        assert client.get(f"/calls/{sid}").get_json()["practice"]
        found = client.get(f"/callbacks?reference={practised['reference']}").get_json()["items"]
    assert len(found) == 1
