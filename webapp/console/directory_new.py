"""A new office, school or partner of the directory."""

from http import HTTPStatus

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from core.database import reading, transaction
from routing import editing
from routing.csv_tables import LoadRefused
from routing.directory import current_directory
from webapp.console import bp
from webapp.console.directory_door import MANAGE, author, barred_parent
from webapp.console.directory_fields import (
    OFFICE_FIELDS,
    SCHOOL,
    SCHOOL_FIELDS,
    Faults,
    faults_of,
    fields_of,
    typed_in,
)
from webapp.console.guard import action
from webapp.console.office_page import CODE
from webapp.console.pages import page

# A new one exists, and whoever types it in says where it is known from.
LEFT_OUT = ("active", "confirmed")


@bp.get("/directory/new")
@action(MANAGE)
def new_office() -> Response:
    """The empty form; below which office it will hang may stand in the address."""
    below = request.args.get("below", "")
    typed = {"parent_code": below if CODE.fullmatch(below) else "", "type": "partner"}
    return _form(typed, Faults(), is_school=request.args.get("kind") == SCHOOL)


@bp.post("/directory/new")
@action(MANAGE)
def add_office() -> Answer:
    """Put it into the directory."""
    is_school = request.form.get("kind") == SCHOOL
    typed = typed_in(_names(is_school))
    try:
        with transaction() as session:
            barred = barred_parent(session, typed.get("parent_code", "").strip())
            kind = {"type": SCHOOL} if is_school else {}
            editing.add_office(session, typed | kind, by=author(), barred=barred)
    except LoadRefused as refused:
        faults = faults_of(refused.refusals, _names(is_school))
        return _form(typed, faults, is_school=is_school)
    address = url_for("desk.directory_office", office_code=typed["code"].strip(), kept="yes")
    return redirect(address, HTTPStatus.SEE_OTHER)


def _names(is_school: bool) -> tuple[str, ...]:
    fields = SCHOOL_FIELDS if is_school else OFFICE_FIELDS
    return ("code", *(name for name in fields if name not in LEFT_OUT))


def _form(typed: dict[str, str], faults: Faults, *, is_school: bool) -> Response:
    with reading() as session:
        fields = fields_of(current_directory(session), _names(is_school), typed, faults)
    return page(
        "directory/new.html",
        status=HTTPStatus.BAD_REQUEST if faults else HTTPStatus.OK,
        fields=fields,
        faults=faults,
        is_school=is_school,
    )
