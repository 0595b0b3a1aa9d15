"""Who may use which API address: every one declares its scope or says aloud that it is public."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request

from agents.services import find_token
from core.database import reading
from core.errors import HotlineError
from webapp.problems import PREFIX, problem

PUBLIC = "public"
DECLARED = "api_scope"
IDENTITY = "identity:read"
CHALLENGE = 'Bearer realm="hotline"'

View = TypeVar("View", bound=Callable[..., Any])


class Undeclared(HotlineError):
    """An API address says neither which scope it needs nor that it is public."""


def scope(name: str) -> Callable[[View], View]:
    """Declare the scope that a view needs, or PUBLIC."""

    def declare(view: View) -> View:
        setattr(view, DECLARED, name)
        return view

    return declare


def declared(app: Flask, endpoint: str) -> str | None:
    """What an endpoint's view has declared."""
    return getattr(app.view_functions[endpoint], DECLARED, None)


def check_declared(app: Flask) -> None:
    """Undeclared stops the start when an API address is neither guarded nor said to be public."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIX) and declared(app, rule.endpoint) is None:
            raise Undeclared(rule.rule)


def guard() -> Response | None:
    """Before each API request: 401 without a token in force, 403 without its scope."""
    needed = declared(current_app, request.endpoint or "")
    if needed == PUBLIC:
        return None
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        return problem(401, headers={"WWW-Authenticate": CHALLENGE})
    with reading() as session:
        token = find_token(session, authorization.token)
    if token is None:
        challenge = f'{CHALLENGE}, error="invalid_token"'
        return problem(401, headers={"WWW-Authenticate": challenge})
    if needed is None or needed not in token.scopes:
        challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{needed}"'
        return problem(403, headers={"WWW-Authenticate": challenge})
    g.api_token = token
    return None


def may_identify() -> bool:
    """Whether this request's token may see numbers."""
    return IDENTITY in g.api_token.scopes


def actor() -> str:
    """This request's token as a timeline names it."""
    return f"token:{g.api_token.id}"
