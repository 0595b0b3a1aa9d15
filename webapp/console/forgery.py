"""Forms of others are refused: each form bears a signed token of the very session it was made in.

Before sign-in a random cookie of the visit stands for the session.
"""

import secrets
from http import HTTPStatus

from flask import Response, abort, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from core.crypto import same
from core.logs import logger
from webapp.console import cookies

log = logger(__name__)
FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SALT = "console form"
READING = ("GET", "HEAD", "OPTIONS")


def token() -> str:
    """The token for a form on the page that is being made."""
    subject = _subject()
    if not subject:
        g.new_visit = g.get("new_visit") or secrets.token_urlsafe(32)
        subject = f"visit:{g.new_visit}"
    return str(_serializer().dumps(subject))


def check() -> None:
    """400 for a form without the token of this session."""
    if request.method in READING:
        return
    given = request.headers.get(HEADER) or request.form.get(FIELD, "")
    try:
        signed = str(_serializer().loads(given))
    except BadSignature:
        signed = ""
    subject = _subject()
    if not subject or not same(signed, subject):
        log.warning("a form without the token of its session was refused", page=request.endpoint)
        abort(HTTPStatus.BAD_REQUEST)


def remember_visit(response: Response) -> Response:
    """Hand out the visit's cookie with the first page that bears a form."""
    visit = g.get("new_visit")
    if visit:
        cookies.write(response, cookies.VISIT, visit)
    return response


def _subject() -> str:
    person = g.get("person")
    if person is not None:
        return f"session:{person.session_id}"
    visit = cookies.read(cookies.VISIT)
    return f"visit:{visit}" if visit else ""


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=SALT)
