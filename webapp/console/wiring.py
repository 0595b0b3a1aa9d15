"""Puts the console together: its pages, what guards them and what is around them."""

from flask import Flask, Response, make_response, redirect, url_for

from webapp.console import (
    always,
    announcements,
    approvals,
    bp,
    callback_changes,
    callback_decisions,
    callbacks,
    case_find,
    case_notes,
    case_recordings,
    case_steps,
    case_stream,
    case_ways_out,
    cases,
    committees,
    correcting,
    deadlines,
    directory,
    directory_files,
    directory_forms,
    directory_new,
    directory_rollout,
    duty,
    errors,
    explain,
    flow,
    guard,
    handovers,
    holidays,
    home,
    languages,
    limits,
    live,
    my_sessions,
    notice_office_door,
    notice_preferences,
    notices,
    office,
    pages,
    part_asking,
    parts,
    passwords,
    people,
    people_files,
    people_leaving,
    person,
    phone,
    results,
    roster,
    roster_file,
    rules,
    rules_edit,
    sign_in,
    stories,
    undertaking,
    warnings,
)

PAGES = (
    home,
    callbacks,
    callback_changes,
    callback_decisions,
    duty,
    office,
    deadlines,
    directory,
    directory_files,
    directory_forms,
    directory_new,
    directory_rollout,
    notices,
    notice_preferences,
    notice_office_door,
    explain,
    rules,
    rules_edit,
    always,
    people,
    person,
    people_leaving,
    people_files,
    committees,
    passwords,
    cases,
    case_find,
    case_notes,
    case_recordings,
    case_stream,
    case_ways_out,
    case_steps,
    handovers,
    approvals,
    results,
    correcting,
    phone,
    parts,
    part_asking,
    stories,
    announcements,
    roster,
    roster_file,
    holidays,
    warnings,
    limits,
    flow,
    sign_in,
    undertaking,
    my_sessions,
    languages,
    errors,
)


def register(app: Flask, *, streams: bool) -> None:
    """Open the console; guard.Undeclared when a page has not said who may open it.

    With `streams` its lists are sent as they change; else its pages ask every few seconds.
    """
    live.register(app, streams=streams)
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
