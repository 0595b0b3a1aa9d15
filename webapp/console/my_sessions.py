"""Where the person is signed in, and how to end that."""

from datetime import timedelta

from flask import Response, abort, make_response, redirect, url_for

from agents.sessions import end_other_sessions, end_session, limits, live_sessions
from core import clock
from core.database import reading, transaction
from webapp.console import bp
from webapp.console.guard import SIGNED_IN, action, current_person
from webapp.console.pages import page


@bp.get("/sessions")
@action(SIGNED_IN)
def my_sessions() -> Response:
    """The person's own sessions that hold."""
    person = current_person()
    with reading() as session:
        found = live_sessions(session, person.staff_id, now=clock.now())
    return page(
        "my_sessions.html",
        sessions=found,
        idle_minutes=limits().idle // timedelta(minutes=1),
        longest_hours=limits().longest // timedelta(hours=1),
    )


@bp.post("/sessions/<int:session_id>/end")
@action(SIGNED_IN)
def end_one(session_id: int) -> Response:
    """End one of the person's own sessions; 404 for anybody else's."""
    person = current_person()
    with transaction() as session:
        ended = end_session(session, session_id, staff_id=person.staff_id, now=clock.now())
    if not ended:
        abort(404)
    return make_response(redirect(url_for("desk.my_sessions"), 303))


@bp.post("/sessions/end-others")
@action(SIGNED_IN)
def end_others() -> Response:
    """End all of the person's sessions but this one."""
    person = current_person()
    with transaction() as session:
        end_other_sessions(
            session, staff_id=person.staff_id, kept_id=person.session_id, now=clock.now()
        )
    return make_response(redirect(url_for("desk.my_sessions"), 303))
