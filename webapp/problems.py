"""Errors of the API as problem documents (RFC 9457); other doors keep their own answers."""

from http import HTTPStatus

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError

from webapp.parameters import ParametersRefused
from webapp.schemas import BadParameter, Problem

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"


def problem(
    status: int,
    detail: str | None = None,
    *,
    errors: list[BadParameter] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem document; `detail` and `errors` never repeat what was sent."""
    title = HTTPStatus(status).phrase
    body = Problem(title=title, status=status, detail=detail, errors=errors or [])
    shown = body.model_dump_json(exclude_defaults=True, exclude={"type"})
    text = '{"type":"about:blank",' + shown.removeprefix("{")
    return Response(text, status, headers=headers, mimetype=MEDIA_TYPE)


def register(app: Flask) -> None:
    """Answer every error below /api/ with a problem document, unknown addresses too."""
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(ParametersRefused, _bad_parameters)


def _http_problem(error: HTTPException) -> Response | HTTPException:
    if not request.path.startswith(PREFIX):
        return error
    # The reason of a crash is for the log; werkzeug's other texts say nothing of ours.
    detail = None if isinstance(error, InternalServerError) else error.description
    headers = {
        name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")
    }
    return problem(error.code or 500, detail, headers=headers)


def _bad_parameters(error: ParametersRefused) -> Response:
    return problem(400, str(error), errors=error.errors)
