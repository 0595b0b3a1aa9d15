"""Signing in and out."""

from datetime import timedelta
from http import HTTPStatus

from flask import Response, g, make_response, redirect, request, url_for

from agents.accounts import (
    Account,
    Crowded,
    count_try,
    find_account,
    forget_tries,
    password_fits,
)
from agents.sessions import choose_language, end_session, limits, open_session
from core import clock
from core.database import transaction
from core.logs import logger
from webapp.console import bp, cookies
from webapp.console.guard import SIGNED_IN, action, current_person, local_page, open_to_all
from webapp.console.language import LANGUAGES, gettext
from webapp.console.pages import page
from webapp.console.visitors import device, network_address

log = logger(__name__)
MINUTE = timedelta(minutes=1)


@bp.get("/sign-in")
@open_to_all
def sign_in() -> Response:
    """The sign-in page, or on to the desk for who is signed in."""
    if g.person is not None:
        return make_response(redirect(_next_page(), 303))
    return page("sign_in.html", message="", email="", next_page=request.args.get("next", ""))


@bp.post("/sign-in")
@open_to_all
def sign_in_submit() -> Response:
    """Count the try, look at the password, open a session; the same words for every refusal."""
    email, now = request.form.get("email", ""), clock.now()
    with transaction() as session:
        may_try = count_try(session, email, network_address(), now=now)
        account = find_account(session, email, now=now)
    if not may_try:
        return _again(HTTPStatus.TOO_MANY_REQUESTS)
    try:
        fits = password_fits(account, request.form.get("password", ""))
    except Crowded:
        return _again(HTTPStatus.SERVICE_UNAVAILABLE)
    if account is None or not fits:
        return _again(HTTPStatus.UNAUTHORIZED)
    return _let_in(account, email)


@bp.post("/sign-out")
@action(SIGNED_IN, before_gate=True)
def sign_out() -> Response:
    """End this session, here and in the database."""
    person = current_person()
    with transaction() as session:
        end_session(session, person.session_id, staff_id=person.staff_id, now=clock.now())
    answer = make_response(redirect(url_for("desk.sign_in"), 303))
    cookies.remove(answer, cookies.SESSION)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _let_in(account: Account, email: str) -> Response:
    """A new token whatever the browser held before; a session that it held ends."""
    now, chosen = clock.now(), cookies.read(cookies.LANGUAGE)
    with transaction() as session:
        token = open_session(
            session, account.staff_id, password_hash=account.password_hash, device=device(), now=now
        )
        forget_tries(session, email)
        if chosen in LANGUAGES:
            choose_language(session, account.staff_id, chosen)
        if g.person is not None:
            end_session(session, g.person.session_id, staff_id=g.person.staff_id, now=now)
    log.info("signed in", staff_id=account.staff_id)
    answer = make_response(redirect(_next_page(), 303))
    cookies.write(answer, cookies.SESSION, token)
    for name in (cookies.VISIT, cookies.LANGUAGE):
        cookies.remove(answer, name)
    return answer


def _again(status: HTTPStatus) -> Response:
    # Not what was typed: by mistake it may be a password.
    log.warning("a sign-in was refused", status=status.value)
    words = {
        HTTPStatus.UNAUTHORIZED: gettext("E-mail or password is not right. Please try again."),
        HTTPStatus.TOO_MANY_REQUESTS: gettext(
            "There were too many tries. Please wait %(minutes)s minutes, then try again."
        )
        % {"minutes": limits().window // MINUTE},
        HTTPStatus.SERVICE_UNAVAILABLE: gettext(
            "Many people are signing in just now. Please try again in a moment."
        ),
    }
    return page(
        "sign_in.html",
        status=status,
        message=words[status],
        email=request.form.get("email", ""),
        next_page=request.form.get("next", ""),
    )


def _next_page() -> str:
    return local_page(request.values.get("next")) or url_for("desk.home")
