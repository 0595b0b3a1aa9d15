"""The list of cases as a stream, for a page that is open."""

from functools import partial
from http import HTTPStatus

from flask import Response, abort, render_template, request

from webapp.console import bp, live
from webapp.console.case_filters import ListParameters
from webapp.console.cases import live_list
from webapp.console.guard import action
from webapp.parameters import ParametersRefused

LIST = "case.list"


@bp.get("/cases/live")
@action(LIST, renews=False)
def case_stream() -> Response:
    """The changing part of the list, again whenever it has changed."""
    try:
        asked = ListParameters.of(request.args)
    except ParametersRefused:
        abort(HTTPStatus.NOT_FOUND)
    return live.stream(LIST, partial(_part, asked))


def _part(asked: ListParameters) -> live.Part:
    found = live_list(asked)
    html = render_template("console/cases/live.html", live=found, is_streamed=True)
    return live.Part(found.digest, html)
