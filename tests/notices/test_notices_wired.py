"""Notices as the rest of the service uses them: callers, commands, figures, beat."""

from datetime import timedelta

import pytest
from flask import Flask

from agents import tasks
from agents.notice_commands import notices_group
from agents.notice_planning import Planner, plan_owed
from agents.notice_policy import current_policy
from agents.notice_queries import inbox
from app import TASKS
from cases.access import Viewer
from cases.models import Case, CaseExclusion
from cases.services import escalate_overdue
from cases.taking import acknowledge
from core import clock
from core.database import reading, transaction
from core.queue import celery_app
from core.runtime import Runtime
from tests.cases.test_escalation import HOUR, NOW, person, urgent_case
from tests.notices.world import GROUP, OFFICE, World
from tests.webapp.test_metrics import figures
from webapp import doors
from webapp.checks import oldest_due_age

pytestmark = pytest.mark.backends("postgresql", "sqlite")


def _late(hours: float) -> None:
    with transaction() as session:
        escalate_overdue(session, NOW + hours * HOUR, 100)


def test_an_overdue_case_is_told_by_mail_and_no_more_once_it_is_acknowledged(
    world: World,
) -> None:
    head = person("head@example.org", "head_operator", OFFICE)
    case_id = urgent_case()
    _late(1)
    world.now = NOW + HOUR
    world.plan()
    viewer = Viewer(staff_id=head, roles=(("head_operator", OFFICE),))
    with transaction() as session:
        acknowledge(session, case_id, viewer=viewer, now=world.now)
    world.run(600, step=60)
    assert world.mail.offers == []
    with reading() as session:
        assert inbox(session, head, language="th", now=world.now) == []


def test_the_severity_of_a_case_makes_its_notice_pressing(world: World) -> None:
    person("head@example.org", "head_operator", OFFICE)
    case_id = urgent_case()
    with transaction() as session:
        session.get_one(Case, case_id).severity = "emergency"
    _late(1)
    world.now = NOW + timedelta(hours=12)
    world.run()
    assert len(world.mail.offers) == 1


def test_an_office_whose_only_head_is_barred_is_told_in_the_console_alone(world: World) -> None:
    """And there only the others see it (design.md §3a.7)."""
    head = person("head@example.org", "head_operator", OFFICE)
    colleague = person("other@example.org", "operator", OFFICE)
    world.address(email="office@example.org", line_group=GROUP)
    case_id = urgent_case()
    with transaction() as session:
        session.add(CaseExclusion(case_id=case_id, staff_id=head))
    _late(1)
    world.now = NOW + HOUR
    world.run(3600, step=60)
    assert {code for _channel, _state, code in world.states()} == {"somebody_barred"}
    with reading() as session:
        assert inbox(session, head, language="th", now=world.now) == []
        assert len(inbox(session, colleague, language="th", now=world.now)) == 1


def test_every_sweep_is_a_task_on_the_beat() -> None:
    assert "agents.tasks" in TASKS
    assert set(tasks.SWEEPS) <= set(celery_app.tasks)


def test_a_turn_without_anything_to_do_does_nothing(runtime: Runtime) -> None:
    for name in tasks.SWEEPS:
        celery_app.tasks[name]()


def test_figures_tell_what_is_owed_and_what_reached_nobody(world: World) -> None:
    app = Flask("hotline-test", static_folder=None)
    doors.register(app, "all")
    world.now = clock.now() - timedelta(hours=1)
    world.owe(staff_id=world.person())
    found = figures(app)
    assert (found["hotline_notices", "owed"], found["hotline_notices", "undelivered"]) == (1, 0)
    with reading() as session:
        assert oldest_due_age(session, clock.now()) in range(3590, 3700)
    world.owe(office_code="GONE")
    world.plan()
    found = figures(app)
    assert (found["hotline_notices", "owed"], found["hotline_notices", "undelivered"]) == (0, 1)
    assert found["hotline_line_messages", ""] == 0


def test_the_commands_keep_an_office_s_address_and_show_what_was_lost(world: World) -> None:
    app = Flask("hotline-test")
    app.cli.add_command(notices_group)
    runner = app.test_cli_runner()
    told = ["notices", "office", OFFICE, "--email", "office@example.org", "--line-group", GROUP]
    assert runner.invoke(args=told).exit_code == 0
    for odd in (["--email", "a@b,c@d"], ["--line-group", "C1"], ["--line-members", "0"]):
        done = runner.invoke(args=["notices", "office", OFFICE, *odd])
        assert (done.exit_code, done.exception.__class__) == (1, SystemExit)
    world.owe(office_code=OFFICE, severity="emergency")
    planner = Planner(current_policy(), frozenset(), world.now)
    with transaction() as session:
        plan_owed(session, planner)
    assert runner.invoke(args=["notices", "list"]).output == ""
