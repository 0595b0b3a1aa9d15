"""How a person wants to be told: channels beside the console, and the hours of quiet."""

import re
from dataclasses import dataclass
from datetime import time
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from agents.errors import BadNoticeChoice
from agents.notice_policy import EMAIL, PERSON_CHANNELS, PHONE, SMS, current_policy
from agents.notice_receivers import Receiver, key_of, receivers
from agents.notice_rules import EMERGENCY, NO_QUIET, Quiet, parse_quiet
from agents.notice_services import current_carriers
from agents.notices import choose, rank
from core import clock
from core.database import reading, transaction
from webapp.console import bp
from webapp.console.duty import ending
from webapp.console.guard import SIGNED_IN, action, current_person
from webapp.console.language import gettext, marked
from webapp.console.notice_order import moved, places
from webapp.console.notice_words import channel_name
from webapp.console.pages import page

HOURS = "hours"
MINUTE_S = 60
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
BAD_CHANNEL = marked("Choose from the channels that are shown here.")
BAD_MOVE = marked("Choose a channel that is shown here, and whether it goes up or down.")
BAD_QUIET = marked("Choose whether there are quiet hours.")
BAD_TIMES = marked("Choose from when and until when it is quiet.")
NO_LENGTH = marked("Quiet hours must end at another time than they begin.")
BY_MAIL = marked("To %(address)s.")
BY_SMS = marked("To your telephone (ends in %(end)s), for urgent matters.")
BY_PHONE = marked(
    "Your telephone (ends in %(end)s) rings in an emergency that you have not read after "
    "%(minutes)s minutes. Press 1 when you have heard it, 2 to be called again."
)
NO_NUMBER = marked(
    "There is no mobile number of yours that an SMS can reach. The administrator adds it."
)


@dataclass(frozen=True)
class Wishes:
    """What a person has chosen so far."""

    channels: tuple[str, ...]
    quiet: str
    start: str
    end: str

    @property
    def hours(self) -> str:
        """The hours as they are kept."""
        return NO_QUIET if self.quiet == NO_QUIET else f"{self.start}-{self.end}"


@dataclass(frozen=True)
class Refusal:
    """Why the wishes were not kept, and which part of the form that is about."""

    text: str = ""
    field: str = ""


@dataclass(frozen=True)
class Channel:
    """A channel that may be chosen; `is_open` is whether the person can be reached by it."""

    code: str
    name: str
    help: str
    is_open: bool


@bp.get("/notices/preferences")
@action(SIGNED_IN)
def notice_preferences() -> Response:
    """What holds now."""
    return _shown(None, Refusal())


@bp.post("/notices/preferences")
@action(SIGNED_IN)
def choose_notices() -> Answer:
    """Keep the wishes; what this page did not offer stays as it was."""
    typed = _typed()
    refusal = _refusal(typed)
    if not refusal.text:
        try:
            _keep(typed)
        except BadNoticeChoice:
            refusal = Refusal(gettext(BAD_TIMES), "times")
    if refusal.text:
        return _shown(typed, refusal)
    return redirect(url_for("desk.notice_preferences", kept="yes"), HTTPStatus.SEE_OTHER)


@bp.post("/notices/preferences/order")
@action(SIGNED_IN)
def order_notices() -> Answer:
    """Let one channel go up or down by one place."""
    with transaction() as session:
        me = _me(session)
        order = moved(me, request.form.get("move", ""))
        if order is not None:
            rank(session, current_person().staff_id, order, now=clock.now())
    if order is None:
        return _shown(None, Refusal(gettext(BAD_MOVE), "order"))
    address = url_for("desk.notice_preferences", kept="yes", _anchor="order")
    return redirect(address, HTTPStatus.SEE_OTHER)


def _keep(typed: Wishes) -> None:
    with transaction() as session:
        me = _me(session)
        offered = {one.code for one in _channels(me) if one.is_open}
        chosen = (set(typed.channels) & offered) | (set(me.wanted) - offered)
        choose(
            session,
            current_person().staff_id,
            channels=chosen,
            quiet_hours=typed.hours,
            now=clock.now(),
        )


def _shown(typed: Wishes | None, refusal: Refusal) -> Response:
    with reading() as session:
        me = _me(session)
    wishes = typed or _wishes(me)
    return page(
        "notices/preferences.html",
        status=HTTPStatus.BAD_REQUEST if refusal.text else HTTPStatus.OK,
        channels=_channels(me),
        ring=_ring(me),
        places=places(me),
        wishes=wishes,
        refusal=refusal,
        times=_times(wishes),
        is_kept="kept" in request.args,
    )


def _me(session: Session) -> Receiver:
    key = key_of(current_person().staff_id, None)
    return receivers(session, [key])[key]


def _channels(me: Receiver) -> list[Channel]:
    """Those that this service sends by and a person may do without."""
    configured = current_carriers()
    return [_channel(code, me) for code in PERSON_CHANNELS if code in configured]


def _ring(me: Receiver) -> str:
    """When the person's telephone rings; empty for who has none."""
    if PHONE not in me.addresses:
        return ""
    minutes = current_policy().classes[EMERGENCY].unseen_s // MINUTE_S
    return gettext(BY_PHONE) % {"end": ending(me.addresses[PHONE]), "minutes": minutes}


def _channel(code: str, me: Receiver) -> Channel:
    helps = {
        EMAIL: gettext(BY_MAIL) % {"address": me.addresses.get(EMAIL, "")},
        SMS: gettext(BY_SMS) % {"end": ending(me.addresses.get(SMS))},
    }
    is_open = code in me.addresses
    help_text = helps[code] if is_open else gettext(NO_NUMBER)
    return Channel(code, channel_name(code), help_text, is_open)


def _wishes(me: Receiver) -> Wishes:
    quiet = HOURS if me.quiet else NO_QUIET
    start, end = me.quiet or _usual_hours()
    return Wishes(me.wanted, quiet, f"{start:%H:%M}", f"{end:%H:%M}")


def _usual_hours() -> Quiet:
    return parse_quiet(current_policy().quiet_hours) or (time(20), time(7))


def _times(wishes: Wishes) -> list[str]:
    """The full and half hours, and what was chosen elsewhere to the minute."""
    halves = {f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)}
    own = {one for one in (wishes.start, wishes.end) if CLOCK.fullmatch(one)}
    return sorted(halves | own)


def _typed() -> Wishes:
    form = request.form
    # One letter too many stays: "10:00:30" is not ten o'clock.
    return Wishes(
        channels=tuple(one[:16] for one in form.getlist("channel")[:8]),
        quiet=form.get("quiet", "")[:16],
        start=form.get("start", "")[:6],
        end=form.get("end", "")[:6],
    )


def _refusal(typed: Wishes) -> Refusal:
    is_clock = CLOCK.fullmatch(typed.start) and CLOCK.fullmatch(typed.end)
    checks = (
        (not set(typed.channels) <= set(PERSON_CHANNELS), BAD_CHANNEL, "channel"),
        (typed.quiet not in (HOURS, NO_QUIET), BAD_QUIET, "quiet"),
        (typed.quiet == HOURS and not is_clock, BAD_TIMES, "times"),
        (typed.quiet == HOURS and typed.start == typed.end, NO_LENGTH, "times"),
    )
    for is_wrong, text, field in checks:
        if is_wrong:
            return Refusal(gettext(text), field)
    return Refusal()
