"""Opens the web doors of a process: which ones depends on what the process is for."""

from flask import Flask

from webapp import access, api, headers, health, metrics, problems

VOICE = "voice"


def register(app: Flask, process_type: str) -> None:
    """Add health to every process, and the API and the figures where people and programs call.

    `process_type` is "all", "voice" or "web". Undeclared is raised when an API address says
    neither which scope it needs nor that it is public.
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
