"""Who may open which page: every one declares its action or says aloud that it is open to all.

Denied and unknown look the same from outside: 404 for who is signed in, the sign-in page for
everybody else.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, make_response, redirect, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from agents.permissions import RELATIONS, Grant, grant
from agents.sessions import PASSWORD, UNDERTAKING, SignedIn, find_signed_in, renew
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
LARGEST = "desk_largest"
BEFORE_GATE = "desk_before_gate"
STATIC = f"{bp.name}.static"
GATES = {PASSWORD: f"{bp.name}.password", UNDERTAKING: f"{bp.name}.undertaking"}
# Where nothing can be done no form has to be one's own: 404, as for a page that is denied.
UNKNOWN = f"{bp.name}.unknown_page"
LARGEST_FORM = 256 * 1024
# An address may hold any number; a row's id is never larger.
LARGEST_ID = 2**31 - 1

View = TypeVar("View", bound=Callable[..., Any])


class Undeclared(HotlineError):
    """A page says neither which action it is nor that it is open to all."""


def action(
    name: str, *, renews: bool = True, largest: int = LARGEST_FORM, before_gate: bool = False
) -> Callable[[View], View]:
    """Declare the action of a view, one of permissions.yaml or SIGNED_IN.

    A page that asks by itself every few seconds says `renews=False`: nobody sits there. One that
    takes a file says how many bytes a form may have at the `largest`. With `before_gate` it opens
    before the person has changed a temporary password and signed the undertaking of secrecy.
    """

    def declare(view: View) -> View:
        setattr(view, DECLARED, name)
        setattr(view, RENEWS, renews)
        setattr(view, LARGEST, largest)
        setattr(view, BEFORE_GATE, before_gate)
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


def still_here(name: str) -> SignedIn | None:
    """Who asks, looked at anew during a long answer; None when they may do `name` no longer."""
    person = g.person = _who_asks(renews=False)
    return person if person is not None and not person.gate and may_ever(person, name) else None


def guard() -> Response | None:
    """Before each request: who is it, is it their own form, may they at all."""
    endpoint = request.endpoint or ""
    view = current_app.view_functions.get(endpoint)
    request.max_content_length = getattr(view, LARGEST, LARGEST_FORM)
    if endpoint == STATIC:
        return None
    needed = declared(current_app, endpoint)
    person = g.person = _who_asks(getattr(view, RENEWS, False))
    if needed != OPEN_TO_ALL:
        if person is None:
            return _ask_to_sign_in()
        if person.gate and not getattr(view, BEFORE_GATE, False):
            return _lead_to_gate(person.gate)
        if needed is None or not may_ever(person, needed):
            log.warning("a page was denied", staff_id=person.staff_id, page=endpoint)
            abort(404)
    if endpoint != UNKNOWN:
        forgery.check()
    if any(isinstance(one, int) and one > LARGEST_ID for one in (request.view_args or {}).values()):
        abort(404)
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
        _renew(person, now)
    return person


def _renew(person: SignedIn, now: datetime) -> None:
    """Note that somebody sits there. No page fails by it: the next one notes it as well."""
    try:
        with transaction() as session:
            renew(session, person.session_id, now=now)
    except SQLAlchemyError as error:
        log.warning("a session was not renewed", kind=type(error).__name__)


def _lead_to_gate(gate: str) -> Response:
    """Whatever was asked for, and whether it exists or not: first the password, the undertaking."""
    if request.method not in ("GET", "HEAD", "POST"):
        abort(404)
    if "HX-Request" in request.headers:
        return _load_again()
    return make_response(redirect(url_for(GATES[gate]), 303))


def _load_again() -> Response:
    """A part of a page cannot become another page: let the browser load the whole again."""
    answer = make_response("", 401)
    answer.headers["HX-Refresh"] = "true"
    return answer


def _ask_to_sign_in() -> Response:
    if request.method not in ("GET", "HEAD"):
        abort(401)
    if "HX-Request" in request.headers:
        return _load_again()
    wanted = request.full_path.rstrip("?")
    next_page = None if request.path == f"{bp.url_prefix}/" else wanted
    return make_response(redirect(url_for("desk.sign_in", next=next_page), 303))
