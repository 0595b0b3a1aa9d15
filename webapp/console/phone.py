"""The practice telephone: phone the hotline as a caller, by hand or with a prepared script."""

import re
from http import HTTPStatus
from typing import Any, Final

from click import ClickException
from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from core import runtime
from core.database import reading
from core.settings import Settings
from webapp import practice_line
from webapp.console import bp
from webapp.console.guard import SIGNED_IN, action, current_person
from webapp.console.language import current_language, gettext, marked
from webapp.console.pages import page
from webapp.console.phone_call import Shown, case_of, mark_of, shown
from webapp.practice_callers import Caller, callers
from webapp.practice_line import (
    LineCrowded,
    LineDown,
    LineRefused,
    make_room,
    new_number,
    waiting_for_a_call,
)
from webapp.practice_phone import call_before

KEYPAD: Final = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")
SID: Final = re.compile("CA[0-9a-f]{32}")
# A recording of the practice telephone: two minutes of it are two megabytes.
LARGEST_SOUND: Final = 5 * 1024 * 1024
STOP_ASKING: Final = 286  # htmx: the last answer that a part of a page needs
MICROPHONE: Final = "camera=(), geolocation=(), microphone=(self)"
WISHES: Final = ("press", "say", "silence", "hang_up")
DOWN = marked("The practice telephone does not answer. Start the practice service again.")
CROWDED = marked("Many people practise at this moment. Please try again in a minute.")
REFUSED = marked("That cannot be done now: the call is over, or it listens to something else.")


@bp.get("/phone")
@action(SIGNED_IN)
def phone() -> Response:
    """Who may be played, and the calls' beginning."""
    _settings()
    return _chooser()


@bp.post("/phone/calls")
@action(SIGNED_IN)
def begin_call() -> Response | Answer:
    """Phone the hotline by hand, or let a prepared caller phone."""
    settings, caller = _settings(), _caller(request.form.get("caller", ""))
    try:
        make_room(settings)
        reference = _call_before(settings, caller) if caller else None
        order: dict[str, Any] = {"from": new_number()}
        if caller and request.form.get("how") == "script":
            order |= {"keys": caller.script(reference)}
            order |= {"lang": "en"} if request.form.get("lang") == "en" else {}
        else:
            order |= {"live": True}
        sid = practice_line.ask(settings, "", order)["sid"]
    except LineCrowded:
        return _chooser(gettext(CROWDED), HTTPStatus.SERVICE_UNAVAILABLE)
    except (LineDown, LineRefused, ClickException):
        # The call of before speaks as the command does, which makes it too.
        return _chooser(gettext(DOWN), HTTPStatus.SERVICE_UNAVAILABLE)
    told: dict[str, Any] = {"caller": caller and caller.name, "reference": reference}
    return redirect(url_for("desk.phone_call", sid=sid, **told), HTTPStatus.SEE_OTHER)


@bp.get("/phone/calls/<sid>")
@action(SIGNED_IN)
def phone_call(sid: str) -> Response:
    """The telephone, the conversation so far, and what went over the wire."""
    return _call_page(sid)


@bp.get("/phone/calls/<sid>/so-far")
@action(SIGNED_IN, renews=False)
def phone_so_far(sid: str) -> Response:
    """The part of the page that changes while the call goes on; nothing, where it has not.

    Whoever reads keeps their place, and a room of trainees costs the desk little.
    """
    told, sent = _told(sid)
    if not told["over"] and request.args.get("seen") == mark_of(told, sent):
        return Response(status=HTTPStatus.NO_CONTENT)
    call = _in_words(sid, told, sent)
    status = STOP_ASKING if call.is_over else HTTPStatus.OK
    return page("phone/so_far.html", status=status, call=call)


@bp.post("/phone/calls/<sid>/act")
@action(SIGNED_IN)
def act_in_call(sid: str) -> Response | Answer:
    """Press a key, say words, say nothing, hang up."""
    wish = {name: request.form[name] for name in WISHES if name in request.form}
    try:
        practice_line.ask(_settings(), _path(sid, "/act"), wish)
    except LineDown:
        return _failed(sid, DOWN, HTTPStatus.SERVICE_UNAVAILABLE)
    except LineRefused:
        return _failed(sid, REFUSED, HTTPStatus.CONFLICT)
    if "HX-Request" in request.headers:
        return Response(status=HTTPStatus.NO_CONTENT)
    told: dict[str, Any] = {one: request.args.get(one) for one in ("caller", "reference")}
    return redirect(url_for("desk.phone_call", sid=sid, **told), HTTPStatus.SEE_OTHER)


@bp.put("/phone/calls/<sid>/sound")
@action(SIGNED_IN, largest=LARGEST_SOUND)
def say_in_call(sid: str) -> Response:
    """Keep what was said into the microphone as what the hotline records."""
    try:
        practice_line.ask(_settings(), _path(sid, "/sound"), sound=request.get_data())
    except LineDown:
        abort(HTTPStatus.SERVICE_UNAVAILABLE)
    except LineRefused:
        abort(HTTPStatus.CONFLICT)
    return Response(status=HTTPStatus.NO_CONTENT)


def _call_before(settings: Settings, caller: Caller) -> str | None:
    if caller.before is None:
        return None
    with waiting_for_a_call(settings):
        return call_before(caller)


def _settings() -> Settings:
    """The settings of practice; 404 for whoever does not practise here."""
    if not practice_line.is_for(practises=current_person().practises):
        abort(HTTPStatus.NOT_FOUND)
    return runtime.current().settings


def _path(sid: str, more: str = "") -> str:
    if not SID.fullmatch(sid):
        abort(HTTPStatus.NOT_FOUND)
    return f"/{sid}{more}"


def _caller(name: str) -> Caller | None:
    if name and name not in callers():
        abort(HTTPStatus.BAD_REQUEST)
    return callers().get(name)


def _chooser(problem: str = "", status: int = HTTPStatus.OK) -> Response:
    language = current_language()
    prepared = [(one.name, one.story(language)) for one in callers().values()]
    return page("phone/choose.html", status=status, prepared=prepared, problem=problem)


def _call_page(sid: str, problem: str = "", status: int = HTTPStatus.OK) -> Response:
    caller = callers().get(request.args.get("caller", ""))
    answer = page(
        "phone/call.html",
        status=status,
        call=_shown(sid),
        sid=sid,
        keypad=KEYPAD,
        problem=problem,
        story=caller.story(current_language()) if caller else None,
        pin=callers()[caller.before].pin if caller and caller.before else None,
        reference=request.args.get("reference"),
    )
    answer.headers["Permissions-Policy"] = MICROPHONE
    return answer


def _failed(sid: str, text: str, status: int) -> Response:
    if "HX-Request" in request.headers:
        abort(status)
    return _call_page(sid, gettext(text), status)


def _shown(sid: str) -> Shown:
    return _in_words(sid, *_told(sid))


def _told(sid: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A call and its webhooks, as the practice provider tells them."""
    settings = _settings()
    try:
        # The webhooks last: what they have answered is in the database by then.
        return practice_line.ask(settings, _path(sid)), practice_line.webhooks(settings, sid)
    except LineRefused:
        abort(HTTPStatus.NOT_FOUND)
    except LineDown:
        abort(HTTPStatus.SERVICE_UNAVAILABLE)


def _in_words(sid: str, told: dict[str, Any], sent: list[dict[str, Any]]) -> Shown:
    with reading() as session:
        return shown(told, sent, case_of(session, sid))
