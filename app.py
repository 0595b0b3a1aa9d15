"""Wires the parts together: settings, database, queue, doors, commands. Nothing imports this."""

import importlib
import os

import click
from celery import Celery
from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from agents import commands as agent_commands
from agents import notice_commands
from agents.notice_texts import current_texts
from calls import flow_book
from cases import commands as case_commands
from core import commands as core_commands
from core.logs import configure_logs
from core.queue import configure_queue
from core.runtime import configure
from core.settings import Settings, load_settings
from ivr import commands as ivr_commands
from ivr import media_views, prompt_views
from ivr import views as ivr_views
from ivr.flow_shelf import FlowShelf
from ivr.prompt_files import tell_at_start
from ivr.versions import current_flow
from recordings import commands as recording_commands
from routing import commands as routing_commands
from webapp import commands as webapp_commands
from webapp import doors

DESK = "/desk"
TASKS = (
    "core.heartbeats",
    "agents.tasks",
    "cases.tasks",
    "calls.tasks",
    "calls.break_tasks",
    "calls.notice_tasks",
    "calls.warning_tasks",
    "calls.node_tasks",
    "recordings.tasks",
    "ivr.tasks",
)
COMMANDS: tuple[click.Command, ...] = (
    core_commands.database_commands,
    core_commands.serve,
    core_commands.practice_commands,
    routing_commands.directory_group,
    *case_commands.COMMANDS,
    agent_commands.staff_group,
    agent_commands.token_group,
    notice_commands.notices_group,
    recording_commands.recordings_group,
    *ivr_commands.COMMANDS,
    *webapp_commands.COMMANDS,
)


class DeskSessions(SecureCookieSessionInterface):
    """Cookies are for people at the desk; the telephone and programs carry none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """A session under /desk, none elsewhere."""
        return super().open_session(app, request) if request.path.startswith(DESK) else None


def create_app(settings: Settings | None = None) -> Flask:
    """The web application; PROCESS_TYPE (all, voice, web) says which doors this process opens."""
    settings = settings or load_settings()
    prepare(settings)
    return open_doors(settings.secret_key, os.environ.get("PROCESS_TYPE", "all"))


def prepare(settings: Settings) -> None:
    """Logs, database, queue, flow and texts of this process."""
    configure_logs()
    configure(settings)
    create_queue(settings)
    # What does not load must stop the start, not the first call or the first notice.
    tell_at_start(current_flow())
    current_texts()
    # The console shows and restores flows, which only the telephone's door can read.
    flow_book.open_book(FlowShelf())


def open_doors(secret_key: str, process_type: str) -> Flask:
    """The doors of a process that is prepared, and its commands."""
    app = Flask("hotline", static_folder=None)
    app.secret_key = secret_key
    app.session_interface = DeskSessions()
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False  # a redirect would turn a webhook's POST into a GET
    if process_type in ("all", "voice"):
        app.register_blueprint(ivr_views.bp)
        app.register_blueprint(prompt_views.bp)
        app.register_blueprint(media_views.bp)
    doors.register(app, process_type)
    for command in COMMANDS:
        app.cli.add_command(command)
    return app


def create_queue(settings: Settings) -> Celery:
    """The job queue with all tasks known and every sweep on the beat."""
    queue = configure_queue(settings)
    schedule = {}
    for name in TASKS:
        for task, seconds in getattr(importlib.import_module(name), "SWEEPS", {}).items():
            schedule[task] = {
                "task": task,
                "schedule": seconds,
                "options": {"expires": max(2 * seconds, 5)},
            }
    queue.conf.beat_schedule = schedule
    return queue


def create_worker() -> Celery:
    """The Celery application of a worker or beat process."""
    settings = load_settings()
    configure_logs()
    configure(settings)
    return create_queue(settings)
