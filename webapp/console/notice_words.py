"""Channels of notices in the reader's language, and what became of a notice on each of them."""

from datetime import datetime

from agents.notice_policy import EMAIL, LINE, PHONE, SMS
from webapp.console.dates import thai_moment
from webapp.console.language import gettext, marked

CHANNELS = {
    EMAIL: marked("E-mail"),
    LINE: marked("LINE"),
    SMS: marked("SMS"),
    PHONE: marked("Telephone call"),
}
SENT = marked("%(channel)s: sent %(moment)s")
WAITING = marked("%(channel)s: not sent yet")
NOT_SENT = marked("%(channel)s: did not go out")
HEARD = marked("%(channel)s: heard %(moment)s")
RINGS = marked("%(channel)s: the telephone rings")
NOT_HEARD = marked("%(channel)s: not heard yet")
UNHEARD = marked("%(channel)s: rang in vain")
# A telephone is not sent to: it rings, and somebody hears or does not.
TOLD = {
    PHONE: {"sent": HEARD, "claimed": RINGS, "owed": NOT_HEARD},
}
USUAL = {"sent": SENT, "claimed": WAITING, "owed": WAITING}
# That somebody of an office must not know of a matter is told to nobody: it has no words here.
REASONS = {
    "no_address": marked("%(channel)s: there is no address"),
    "not_configured": marked("%(channel)s: not set up for this service"),
    "not_wanted": marked("%(channel)s: not chosen by this person"),
    "inactive": marked("%(channel)s: this person does not work here any more"),
    "no_answer": marked("%(channel)s: nobody picked up"),
    "left": marked("%(channel)s: somebody picked up and did not say that it was heard"),
    "again": marked("%(channel)s: somebody picked up and did not say that it was heard"),
}


def channel_name(channel: str) -> str:
    """What people call a channel."""
    return gettext(CHANNELS.get(channel, channel))


def told_text(channel: str, state: str, sent_at: datetime | None) -> str:
    """Whether a notice went out on a channel, and when."""
    failed = UNHEARD if channel == PHONE else NOT_SENT
    text = TOLD.get(channel, USUAL).get(state, failed)
    moment = thai_moment(sent_at) if sent_at is not None else ""
    return gettext(text) % {"channel": channel_name(channel), "moment": moment}


def lost_text(channel: str, reason: str | None) -> str:
    """Why a notice reached nobody on a channel."""
    return gettext(REASONS.get(reason or "", NOT_SENT)) % {"channel": channel_name(channel)}
