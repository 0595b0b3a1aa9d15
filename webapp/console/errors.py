"""Errors as pages in the reader's language; they never repeat what was sent."""

from http import HTTPStatus

from flask import Response, abort
from werkzeug.exceptions import HTTPException

from core.logs import logger
from webapp.console import bp
from webapp.console.guard import SIGNED_IN, action
from webapp.console.language import gettext, marked
from webapp.console.menu_count import MenuCounts
from webapp.console.pages import page

log = logger(__name__)
# An error often comes when the database has most to do: then nothing is counted for the menu.
NOT_COUNTED = MenuCounts(None, {})
# No page takes the last three; whoever tries learns what an unknown address says.
OTHER_METHODS = ("POST", "PUT", "PATCH", "DELETE")
TEXTS = {
    HTTPStatus.BAD_REQUEST: (
        marked("This form cannot be used"),
        marked("It could not be read, or it was made for another sign-in. Open the page again."),
    ),
    HTTPStatus.UNAUTHORIZED: (
        marked("You are not signed in"),
        marked("You were away for a while or signed out elsewhere. Nothing was saved just now."),
    ),
    HTTPStatus.FORBIDDEN: (
        marked("This is not allowed"),
        marked("Your role at your office does not include this step."),
    ),
    HTTPStatus.NOT_FOUND: (
        marked("There is no such page"),
        marked("The address is wrong, or the page is not meant for your office."),
    ),
    HTTPStatus.CONFLICT: (
        marked("Somebody was faster"),
        marked("This has changed since you opened it. Open the page again and look first."),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        marked("That is too much at once"),
        marked("Please shorten the text and send it again."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        marked("Something went wrong on our side"),
        marked("Nothing was changed. Please try again; if it stays, call the hotline's desk."),
    ),
}


@bp.route("/", methods=OTHER_METHODS, defaults={"unknown": ""})
@bp.route("/<path:unknown>", methods=["GET", *OTHER_METHODS])
@action(SIGNED_IN)
def unknown_page(unknown: str) -> Response:
    """Any other address or method: who is not signed in cannot tell it from a page that exists."""
    abort(404)


@bp.errorhandler(HTTPException)
def error_page(error: HTTPException) -> Response | HTTPException:
    """The page of an error; an answer that was made already stays as it is."""
    if error.response is not None:
        return error
    status = HTTPStatus(error.code or 500)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        cause = getattr(error, "original_exception", None) or error
        log.error("a page of the console failed", kind=type(cause).__name__)
    kind = status if status in TEXTS else _nearest(status)
    title, text = TEXTS[kind]
    words = {"heading": gettext(title), "text": gettext(text)}
    answer = page("error.html", status=status, menu_counts=NOT_COUNTED, **words)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _nearest(status: HTTPStatus) -> HTTPStatus:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return HTTPStatus.INTERNAL_SERVER_ERROR
    return HTTPStatus.BAD_REQUEST
