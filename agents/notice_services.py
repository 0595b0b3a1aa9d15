"""The services that carry notices, as they are set in this process."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from agents.notice_policy import EMAIL, LINE, PHONE, SMS
from agents.notice_texts import Message
from core import runtime
from core.line import Line, line
from core.mail import Mail, Mailer, mailer
from core.settings import Settings
from core.sms import Sms, sms


@dataclass(frozen=True)
class Offer:
    """One message for one address; `asked_since` is set when it may have been taken before."""

    to: str
    message: Message
    key: str
    asked_since: datetime | None = None


class Carrier(Protocol):
    """Hands one message to its service; DeliveryError when that failed."""

    def __call__(self, offer: Offer) -> str:
        """The service's own id of it."""


def carriers(settings: Settings) -> dict[str, Carrier]:
    """The channels that are set, each with its carrier."""
    by_mail, by_line, by_sms = mailer(settings), line(settings), sms(settings)
    found: dict[str, Carrier] = {}
    if by_mail:
        found[EMAIL] = mail_carrier(by_mail)
    if by_line:
        found[LINE] = line_carrier(by_line)
    if by_sms:
        found[SMS] = sms_carrier(by_sms)
    return found


def mail_carrier(service: Mailer) -> Carrier:
    """By mail; a second copy has the same Message-ID."""

    def carry(offer: Offer) -> str:
        mail = Mail(offer.to, offer.message.subject, offer.message.text, offer.key)
        return service.send(mail)

    return carry


def line_carrier(service: Line) -> Carrier:
    """By LINE, whose retry key makes a second push harmless."""

    def carry(offer: Offer) -> str:
        return service.push(to=offer.to, text=offer.message.text, key=offer.key)

    return carry


def sms_carrier(service: Sms) -> Carrier:
    """By SMS, without the link: Thai carriers drop texts with addresses (domain.md §4).

    What may have been sent before is looked for first.
    """

    def carry(offer: Offer) -> str:
        text = offer.message.short
        if offer.asked_since is not None:
            known = service.find(to=offer.to, text=text, since=offer.asked_since)
            if known:
                return known
        return service.send(to=offer.to, text=text)

    return carry


def usable(carriers: Collection[str]) -> frozenset[str]:
    """The channels by which people can be told: these, and the telephone that the service is."""
    return frozenset(carriers) | {PHONE}


@lru_cache(maxsize=4)
def _of(settings: Settings) -> dict[str, Carrier]:
    return carriers(settings)


def current_carriers() -> dict[str, Carrier]:
    """The carriers of this process."""
    return _of(runtime.current().settings)
