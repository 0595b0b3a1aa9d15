"""Health pages: alive, and ready with each check; they hold no personal data."""

from flask import Blueprint, Response, current_app, jsonify

from core import clock, runtime
from webapp.checks import FAILED, WARNING, broker_check, database_check, row_checks, verdict

DATABASE_ONLY = "READY_IS_DATABASE_ONLY"

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> Response:
    """This process answers."""
    return jsonify(status="alive")


@bp.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 when nothing has failed, warnings or not; 503 otherwise.

    A voice process looks at the database alone: a dead broker must not take the telephone out of
    rotation (design.md §5).
    """
    checks = [database_check()]
    if not current_app.config[DATABASE_ONLY]:
        checks.append(broker_check(runtime.current().settings.redis_url))
        checks.extend(row_checks(clock.now()) if checks[0].state != FAILED else ())
    state = verdict(checks)
    body = {
        "status": "not ready" if state == FAILED else "ready",
        "warnings": [check.name for check in checks if check.state == WARNING],
        "checks": {
            check.name: {"state": check.state, "age_s": check.age_s, "reason": check.reason}
            for check in checks
        },
    }
    return jsonify(body), 503 if state == FAILED else 200
