"""The REST API under /api/v1 (design.md §5): read-only, for programs with a token."""

import re
from collections.abc import Sequence

from flask import Blueprint, Response, abort, current_app, jsonify, request
from pydantic import BaseModel
from sqlalchemy import select

from calls.models import Call
from calls.queries import CallbackFilter, list_callbacks
from cases.queries import CaseFilter, case_file, list_cases
from cases.reference import valid_reference
from cases.services import note_reveal
from core import clock
from core.database import reading, transaction
from routing.models import Office
from webapp import schemas
from webapp.access import PUBLIC, actor, guard, may_identify, scope
from webapp.documents import call_document, callback_document, case_documents
from webapp.openapi import Revealing, describe, openapi_document
from webapp.parameters import (
    CallbackParameters,
    CaseParameters,
    NoParameters,
    to_cursor,
)
from webapp.problems import problem

PAGE = 50
LONGEST_REASON = 500
# A header, not a parameter: reasons may name a child, and addresses end in logs.
REVEAL = "Reveal-Reason"
CALLERS_NUMBER = Revealing(
    REVEAL,
    "Why the caller's number is looked at; needs identity:read and is kept on the timeline.",
    schemas.RevealedCase,
)
CALL_SID = re.compile(r"CA[0-9a-f]{32}")
OFFICE_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")

bp = Blueprint("api", __name__, url_prefix="/api/v1")
bp.before_request(guard)


@bp.get("/calls/<call_sid>")
@scope("calls:read")
@describe("One telephone call and what was chosen in it.", schemas.Call, NoParameters)
def get_call(call_sid: str) -> Response:
    """One call by its sid."""
    NoParameters.of(request.args)
    with reading() as session:
        call = session.get(Call, call_sid) if CALL_SID.fullmatch(call_sid) else None
        if call is None:
            abort(404)
        return _document(call_document(session, call))


@bp.get("/cases/<reference>")
@scope("cases:read")
@describe("One case by its reference.", schemas.Case, NoParameters, revealing=CALLERS_NUMBER)
def get_case(reference: str) -> Response:
    """One case; with identity:read and a reason also the caller's number, which leaves a trace."""
    NoParameters.of(request.args)
    if not valid_reference(reference):
        abort(404)
    reason = _reason()
    if reason and may_identify():
        return _revealed(reference, reason)
    with reading() as session:
        file = case_file(session, reference)
        if file is None:
            abort(404)
        return _document(case_documents(session, [file])[0])


def _reason() -> str:
    """The reason as it was written: headers arrive as Latin-1, and people write Thai."""
    raw = request.headers.get(REVEAL, "").encode("latin-1", "replace")
    return raw.decode(errors="replace").strip()


def _revealed(reference: str, reason: str) -> Response:
    if len(reason) > LONGEST_REASON:
        return problem(400, f"{REVEAL} is longer than {LONGEST_REASON} characters.")
    with transaction() as session:
        file = case_file(session, reference)
        if file is None:
            abort(404)
        note_reveal(session, file.case.id, reason=reason, actor=actor(), now=clock.now())
        case = case_documents(session, [file])[0]
        shown = schemas.RevealedCase(**dict(case), caller_number=file.case.caller_number)
    return _document(shown)


@bp.get("/cases")
@scope("cases:read")
@describe("Cases, the newest first.", schemas.CaseList, CaseParameters)
def get_cases() -> Response:
    """A page of cases."""
    asked = CaseParameters.of(request.args)
    wanted = CaseFilter(
        *(asked.call_sid, asked.office, asked.status, asked.since, asked.cursor),
        practice=asked.practice,
    )
    with reading() as session:
        files = list_cases(session, wanted, PAGE + 1)
        items = case_documents(session, files[:PAGE])
    cursor = _next_cursor([file.case.id for file in files])
    return _document(schemas.CaseList(items=items, next_cursor=cursor))


@bp.get("/callbacks")
@scope("callbacks:read")
@describe("Callbacks, the newest first.", schemas.CallbackList, CallbackParameters)
def get_callbacks() -> Response:
    """A page of callbacks."""
    asked = CallbackParameters.of(request.args)
    wanted = CallbackFilter(asked.reference, asked.state, asked.cursor, asked.practice)
    with reading() as session:
        files = list_callbacks(session, wanted, PAGE + 1)
    items = [callback_document(file) for file in files[:PAGE]]
    cursor = _next_cursor([file.callback.id for file in files])
    return _document(schemas.CallbackList(items=items, next_cursor=cursor))


@bp.get("/offices/<code>")
@scope("offices:read")
@describe("One office of the directory.", schemas.Office, NoParameters)
def get_office(code: str) -> Response:
    """One office by its code."""
    NoParameters.of(request.args)
    with reading() as session:
        known = OFFICE_CODE.fullmatch(code)
        office = session.scalar(select(Office).where(Office.code == code)) if known else None
        if office is None:
            abort(404)
        return _document(schemas.Office.model_validate(office))


@bp.get("/openapi.json")
@scope(PUBLIC)
def get_openapi() -> Response:
    """The description of this API, made from what the addresses declare."""
    return jsonify(openapi_document(current_app))


def _document(document: BaseModel) -> Response:
    return Response(document.model_dump_json(), mimetype="application/json")


def _next_cursor(ids: Sequence[int]) -> str | None:
    return to_cursor(ids[PAGE - 1]) if len(ids) > PAGE else None
