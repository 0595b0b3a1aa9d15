"""Who may open which page: every one declares its action or says aloud that it is open to all.

Denied and unknown look the same from outside: 404 for who is signed in, the sign-in page for
everybody else.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, make_response, redirect, request, url_for

from agents.permissions import RELATIONS, Grant, grant
from agents.sessions import SignedIn, find_signed_in, renew
from core import clock
from core.database import reading, transaction
from core.errors import HotlineError
from core.logs import logger
from webapp.console import bp, cookies, forgery

__all__ = [
    "SIGNED_IN",
    "SignedIn",
    "action",
    "check_declared",
    "current_person",
    "declared",
    "guard",
    "open_to_all",
]

log = logger(__name__)
OPEN_TO_ALL = "open"
# What everybody who is signed in may do: their own home, sessions, language.
SIGNED_IN = "desk.use"
DECLARED = "desk_action"
RENEWS = "desk_renews"
STATIC = f"{bp.name}.static"
LARGEST_FORM = 256 * 1024

View = TypeVar("View", bound=Callable[..., Any])


class Undeclared(HotlineError):
    """A page says neither which action it is nor that it is open to all."""


def action(name: str, *, renews: bool = True) -> Callable[[View], View]:
    """Declare the action of a view, one of permissions.yaml or SIGNED_IN.

    A page that asks by itself every few seconds says `renews=False`: nobody sits there.
    """

    def declare(view: View) -> View:
        setattr(view, DECLARED, name)
        setattr(view, RENEWS, renews)
        return view

    return declare


def open_to_all(view: View) -> View:
    """Declare that a view needs no sign-in."""
    setattr(view, DECLARED, OPEN_TO_ALL)
    return view


def declared(app: Flask, endpoint: str) -> str | None:
    """What an endpoint's view has declared; the files of the pages are open to all."""
    if endpoint == STATIC:
        return OPEN_TO_ALL
    return getattr(app.view_functions[endpoint], DECLARED, None)


def check_declared(app: Flask) -> None:
    """Undeclared stops the start when a page of the console has not said who may open it."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{bp.name}.") and declared(app, rule.endpoint) is None:
            raise Undeclared(rule.rule)


def current_person() -> SignedIn:
    """Who is signed in, as the database says at this request; 404 where nobody is."""
    person: SignedIn | None = g.get("person")
    if person is None:
        abort(404)
    return person


def may_ever(person: SignedIn, name: str) -> bool:
    """Whether any of the person's roles grants an action for any case at all."""
    if name == SIGNED_IN:
        return True
    return any(
        grant(role, name, relation) > Grant.DENY
        for role, _ in person.roles
        for relation in RELATIONS
    )


def guard() -> Response | None:
    """Before each request: who is it, is it their own form, may they at all."""
    request.max_content_length = LARGEST_FORM
    endpoint = request.endpoint or ""
    if endpoint == STATIC:
        return None
    needed = declared(current_app, endpoint)
    person = g.person = _who_asks(getattr(current_app.view_functions[endpoint], RENEWS, False))
    if needed != OPEN_TO_ALL:
        if person is None:
            return _ask_to_sign_in()
        if needed is None or not may_ever(person, needed):
            log.warning("a page was denied", staff_id=person.staff_id, page=endpoint)
            abort(404)
    forgery.check()
    return None


def local_page(address: str | None) -> str | None:
    """An address within the console, so that nobody is sent on to a stranger; else None."""
    if not address or "\\" in address or not address.isprintable():
        return None
    parts = urlsplit(address)
    inside = parts.path == bp.url_prefix or parts.path.startswith(f"{bp.url_prefix}/")
    return address if inside and not parts.scheme and not parts.netloc else None


def _who_asks(renews: bool) -> SignedIn | None:
    token = cookies.read(cookies.SESSION)
    if not token:
        return None
    now = clock.now()
    with reading() as session:
        person = find_signed_in(session, token, now=now)
    if renews and person is not None and person.is_renewal_due:
        with transaction() as session:
            renew(session, person.session_id, now=now)
    return person


def _ask_to_sign_in() -> Response:
    if request.method not in ("GET", "HEAD"):
        abort(401)
    if "HX-Request" in request.headers:
        # A part of a page cannot become the sign-in page: let the browser load the whole again.
        answer = make_response("", 401)
        answer.headers["HX-Refresh"] = "true"
        return answer
    wanted = request.full_path.rstrip("?")
    next_page = None if request.path == f"{bp.url_prefix}/" else wanted
    return make_response(redirect(url_for("desk.sign_in", next=next_page), 303))
