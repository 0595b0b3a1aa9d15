"""Opens the web doors of a process: which ones depends on what the process is for."""

from flask import Flask

from core.runtime import current
from webapp import access, api, headers, health, metrics, problems
from webapp.console import wiring

VOICE = "voice"
WEB = "web"


def register(app: Flask, process_type: str) -> None:
    """Add health to every process, and console, API and figures where people and programs call.

    `process_type` is "all", "voice" or "web"; only the last, which answers no telephone, may have
    threads that wait with open streams. Undeclared is raised when an address of the API or
    the console does not say who may use it.
    """
    headers.register(app)
    app.config[health.DATABASE_ONLY] = process_type == VOICE
    app.register_blueprint(health.bp)
    if process_type == VOICE:
        return
    app.register_blueprint(metrics.bp)
    app.register_blueprint(api.bp)
    problems.register(app)
    access.check_declared(app)
    wiring.register(app, streams=process_type == WEB and not current().settings.is_sqlite)
