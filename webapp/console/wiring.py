"""Puts the console together: its pages, what guards them and what is around them."""

from flask import Flask, Response, make_response, redirect, url_for

from webapp.console import (
    bp,
    case_notes,
    case_recordings,
    cases,
    errors,
    guard,
    home,
    languages,
    my_sessions,
    pages,
    sign_in,
)

PAGES = (home, cases, case_notes, case_recordings, sign_in, my_sessions, languages, errors)


def register(app: Flask) -> None:
    """Open the console; guard.Undeclared when a page has not said who may open it."""
    app.register_blueprint(bp)
    app.add_url_rule("/", "front_door", front_door)
    guard.check_declared(app)


def front_door() -> Response:
    """Who types the bare address means the desk."""
    return make_response(redirect(url_for("desk.home")))


bp.record_once(pages.prepare)
bp.before_request(guard.guard)
bp.after_request(pages.finish)
bp.context_processor(pages.surroundings)
