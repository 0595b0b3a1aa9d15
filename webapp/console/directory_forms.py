"""Changing an office of the directory: its facts, its hours, what it serves, its switch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from core import clock
from core.database import reading, transaction
from core.zones import bangkok
from routing import editing
from routing.change_log import LONGEST_REASON
from routing.csv_tables import LoadRefused, Refusal
from routing.directory import current_directory
from routing.listing import hours_of, links_of
from routing.loading import hold_directory
from routing.vocabulary import HQ
from webapp.console import bp
from webapp.console.directory import show_office
from webapp.console.directory_door import (
    MANAGE,
    Opened,
    Part,
    author,
    barred_parent,
    is_good_reason,
    open_to_change,
    typed_reason,
)
from webapp.console.directory_fields import (
    CONTACT_FIELDS,
    LINK_FIELDS,
    LONGEST_DAY,
    OFFICE_FIELDS,
    SCHOOL,
    SCHOOL_FIELDS,
    STANDING_FIELDS,
    Faults,
    day_fields,
    days_of,
    faults_of,
    fields_of,
    link_fields,
    long_days,
    spans_of,
    typed_days,
    typed_in,
)
from webapp.console.directory_page import shown_links
from webapp.console.guard import action
from webapp.console.language import gettext, marked
from webapp.console.office_page import MANAGE as CONTACT
from webapp.console.pages import named, page

OVERTAKEN = marked("Somebody has changed this office since you opened the page. Look at it again.")
REASON = marked("Say in a few words why. It stands in the log with your name.")
CHOOSE = marked("Choose whether the office takes part.")


@dataclass(frozen=True)
class Sent:
    """What a form that was refused held, and why; `part` is the form."""

    part: str = ""
    typed: Mapping[Any, str] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    status: int = HTTPStatus.OK
    text: str = ""


@bp.get("/directory/<office_code>/edit")
@action(CONTACT)
def edit_office(office_code: str) -> Response:
    """The forms of an office, as far as the person may change it."""
    return _forms(office_code, Sent())


@bp.post("/directory/<office_code>/facts")
@action(CONTACT)
def set_facts(office_code: str) -> Answer:
    """Keep the facts; who only manages the office keeps its telephone."""
    typed: dict[str, str] = {}
    try:
        with transaction() as session:
            opened = open_to_change(session, office_code, Part.CONTACT)
            typed = typed_in(_fact_fields(opened))
            # Before the mark is compared: who comes second must see what the first has changed.
            hold_directory(session)
            cells = editing.office_cells(session, office_code)
            is_fresh = request.form.get("mark", "") == editing.mark_of(cells)
            if is_fresh:
                parent = typed.get("parent_code", "").strip()
                barred = barred_parent(session, parent, cells["parent_code"])
                is_new = editing.edit_office(
                    session, office_code, typed, by=author(), barred=barred
                )
    except LoadRefused as refused:
        return _forms(office_code, _refused("facts", typed, refused))
    if not is_fresh:
        text = gettext(OVERTAKEN)
        return _forms(office_code, Sent(status=HTTPStatus.CONFLICT, text=text))
    return _to_office(office_code, is_new)


@bp.post("/directory/<office_code>/hours")
@action(CONTACT)
def set_hours(office_code: str) -> Answer:
    """Keep the office's own hours; with none at all the usual ones hold."""
    typed = typed_days()
    if refusals := tuple(long_days(typed)):
        short = {day: text[:LONGEST_DAY] for day, text in typed.items()}
        return _forms(office_code, Sent("hours", short, refusals, HTTPStatus.BAD_REQUEST))
    try:
        with transaction() as session:
            open_to_change(session, office_code, Part.CONTACT)
            is_new = editing.edit_hours(session, office_code, spans_of(typed), by=author())
    except LoadRefused as refused:
        return _forms(office_code, _refused("hours", typed, refused))
    return _to_office(office_code, is_new)


@bp.post("/directory/<office_code>/links")
@action(MANAGE)
def set_links(office_code: str) -> Answer:
    """Let the office serve something from a day on, or no longer."""
    link = request.form.get("link", "")
    typed = {"valid_to": request.form.get("valid_to", "")} if link else typed_in(LINK_FIELDS)
    try:
        with transaction() as session:
            if not open_to_change(session, office_code, Part.FACTS).may_link:
                abort(404)
            if link:
                link_id = int(link) if link.isascii() and link.isdigit() and len(link) < 10 else 0
                editing.end_link(session, office_code, link_id, typed["valid_to"], by=author())
            else:
                cells = typed | {"office_code": office_code}
                ends_others = "ends_others" in request.form
                editing.add_link(session, cells, ends_others=ends_others, by=author())
    except LoadRefused as refused:
        return _forms(office_code, _refused(f"end-{link}" if link else "links", typed, refused))
    return _to_office(office_code, is_new=True)


@bp.post("/directory/<office_code>/switch")
@action(MANAGE)
def set_switch(office_code: str) -> Answer:
    """Let the office take part, or not yet, for a reason."""
    wanted, reason = request.form.get("on", ""), typed_reason()
    is_known = wanted in ("yes", "no")
    is_good = is_known and is_good_reason(reason)
    with transaction() as session:
        open_to_change(session, office_code, Part.STANDING)
        if is_good:
            editing.edit_office(session, office_code, {"on": wanted}, by=author(reason))
    if not is_good:
        text = gettext(REASON if is_known else CHOOSE)
        status = HTTPStatus.BAD_REQUEST
        return show_office(office_code, status=status, refusal=text, reason=reason[:LONGEST_REASON])
    return _to_office(office_code, is_new=True)


def _fact_fields(opened: Opened) -> tuple[str, ...]:
    if not opened.may_manage:
        return CONTACT_FIELDS
    fields = SCHOOL_FIELDS if opened.office.type == SCHOOL else OFFICE_FIELDS
    # Where an office stands is for who looks after the one above; above the centre is nobody.
    left_out = () if opened.may_switch else STANDING_FIELDS
    return tuple(name for name in fields if name not in left_out)


def _forms(code: str, sent: Sent) -> Response:
    with reading() as session:
        opened = open_to_change(session, code, Part.CONTACT)
        directory, now = current_directory(session), clock.now()
        names = _fact_fields(opened)
        cells = editing.office_cells(session, code)
        faults = {
            part: faults_of(sent.refusals, fields) if sent.part == part else Faults()
            for part, fields in (("facts", names), ("links", LINK_FIELDS))
        }
        typed = cells | dict(sent.typed) if sent.part == "facts" else cells
        hours = sent.typed if sent.part == "hours" else days_of(hours_of(session, code))
        link = sent.typed if sent.part == "links" else {"valid_from": f"{bangkok(now):%Y-%m-%d}"}
        links = shown_links(directory, links_of(session, code), now)
    return page(
        "directory/edit.html",
        status=sent.status,
        opened=opened,
        name=named(opened.office),
        mark=editing.mark_of(cells),
        facts=fields_of(directory, names, typed, faults["facts"]),
        days=day_fields(hours, sent.refusals if sent.part == "hours" else ()),
        link=link_fields(directory, link, faults["links"]),
        links=[*links["now"], *links["later"]],
        sent=sent,
        others=[*filter(None, [sent.text]), *faults["facts"].rest, *faults["links"].rest],
        ending=_ending(sent),
        longest_day=LONGEST_DAY,
        has_hours=opened.office.type != SCHOOL and code != HQ,
        has_links=opened.may_link,
    )


def _ending(sent: Sent) -> tuple[str, str]:
    """The jurisdiction whose end was refused, and why."""
    if not sent.part.startswith("end-"):
        return "", ""
    faults = faults_of(sent.refusals, ("valid_to",))
    return sent.part.removeprefix("end-"), " ".join([*faults.by_field.values(), *faults.rest])


def _refused(part: str, typed: Mapping[Any, str], refused: LoadRefused) -> Sent:
    return Sent(part, typed, refused.refusals, HTTPStatus.BAD_REQUEST)


def _to_office(code: str, is_new: bool) -> Answer:
    kept = "yes" if is_new else "same"
    address = url_for("desk.directory_office", office_code=code, kept=kept)
    return redirect(address, HTTPStatus.SEE_OTHER)
