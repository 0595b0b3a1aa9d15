"""The directory for everybody who is signed in: offices by name, and the page of each."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from core import clock
from core.database import reading
from routing.directory import current_directory
from routing.listing import below, office, offices
from routing.models import Office
from routing.vocabulary import HQ
from webapp.console import bp
from webapp.console.directory_door import VIEW, manages_country, open_office
from webapp.console.directory_filters import (
    STATES,
    TYPES,
    DirectoryParameters,
    OfficeParameters,
)
from webapp.console.directory_page import directory_page, linked
from webapp.console.directory_words import NOTHING, word
from webapp.console.guard import action
from webapp.console.language import current_language
from webapp.console.pages import named, page
from webapp.parameters import ParametersRefused

PAGE = 40


@bp.get("/directory")
@action(VIEW)
def directory() -> Response:
    """Offices by name, code and filters, which stand in the address; without any the top of the
    tree."""
    try:
        asked = DirectoryParameters.of(request.args)
    except ParametersRefused:
        return page("directory/bad_filters.html", status=HTTPStatus.BAD_REQUEST)
    given = asked.model_dump(exclude={"after"}, exclude_none=True)
    with reading() as session:
        found = _found(session, asked, is_filtered=bool(given))
        provinces = current_directory(session).provinces.values()
    more = found[PAGE - 1].code if len(found) > PAGE else None
    return page(
        "directory/list.html",
        asked=asked,
        rows=[linked(one) for one in found[:PAGE]],
        is_filtered=bool(given),
        word=word,
        types=TYPES,
        states=STATES,
        provinces=sorted((name_key(named(one)), one.code, named(one)) for one in provinces),
        first=url_for("desk.directory", **given) if asked.after else "",
        more=url_for("desk.directory", **given, after=more) if more else "",
        may_manage=manages_country(),
    )


def _found(session: Session, asked: DirectoryParameters, *, is_filtered: bool) -> Sequence[Office]:
    if is_filtered:
        return offices(session, asked.wanted(), after=asked.after, limit=PAGE + 1)
    top = office(session, HQ) if asked.after is None else None
    return [*([top] if top else []), *below(session, HQ, after=asked.after, limit=PAGE + 1)]


@bp.get("/directory/<office_code>")
@action(VIEW)
def directory_office(office_code: str) -> Response:
    """One office: its names, what it serves, when it is open, what is below, what was changed."""
    try:
        asked = OfficeParameters.of(request.args)
    except ParametersRefused:
        asked = OfficeParameters()
    return show_office(office_code, asked)


def show_office(
    code: str,
    asked: OfficeParameters | None = None,
    *,
    status: int = HTTPStatus.OK,
    refusal: str = "",
    reason: str = "",
) -> Response:
    """The page of an office, with what it says back to the switch."""
    asked = asked or OfficeParameters()
    with reading() as session:
        opened = open_office(session, code)
        shown = directory_page(session, opened, asked, now=clock.now())
    return page(
        "directory/office.html",
        status=status,
        shown=shown,
        opened=opened,
        asked=asked,
        refusal=refusal,
        reason=reason,
        word=word,
        nothing=NOTHING,
    )


def name_key(name: str) -> str:
    """What names are sorted by: in Thai a leading vowel goes behind its consonant, as in a
    dictionary (domain.md §5)."""
    if current_language() == "th" and name[:1] in "เแโใไ":
        return name[1:2] + name[:1] + name[2:]
    return name
