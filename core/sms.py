"""SMS by Twilio's library; Twilio takes no key against repeats, so one can look before asking."""

from datetime import datetime
from typing import Protocol

from twilio.rest import Client

from core.delivery import DeliveryDelayed, DeliveryError, DeliveryRefused, ServiceAway
from core.settings import Settings
from core.telephony import Busy, Refused, TelephonyError, ask_twilio, twilio_client

LOOKED_AT = 50


class Sms(Protocol):
    """What the floors above need from an SMS service."""

    def send(self, *, to: str, text: str) -> str:
        """Send one text; returns the provider's id."""

    def find(self, *, to: str, text: str, since: datetime) -> str | None:
        """The id of the same text to the same number since a moment, if there is one."""


class TwilioSms:
    """Twilio's messages, or the practice provider's."""

    def __init__(self, client: Client, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, *, to: str, text: str) -> str:
        """POST /Messages."""
        try:
            return str(
                ask_twilio(self._client.messages.create, to=to, from_=self._sender, body=text).sid
            )
        except TelephonyError as error:
            raise _ours(error) from None

    def find(self, *, to: str, text: str, since: datetime) -> str | None:
        """GET /Messages?To=, the newest fifty; one that waits to be sent has no DateSent yet."""
        try:
            found = ask_twilio(self._client.messages.list, to=to, limit=LOOKED_AT)
        except TelephonyError as error:
            raise _ours(error) from None
        # Twilio dates by whole seconds: one of this very second would lie before `since`.
        first = since.replace(microsecond=0)
        same = (one for one in found if one.body == text and one.date_created >= first)
        return next((str(one.sid) for one in same), None)


def sms(settings: Settings) -> Sms | None:
    """The SMS service as it is set; None where no sender is."""
    return TwilioSms(twilio_client(settings), settings.sms_from) if settings.sms_from else None


def _ours(error: TelephonyError) -> DeliveryError:
    if isinstance(error, Busy):
        return DeliveryDelayed("429")
    if isinstance(error, Refused):
        return DeliveryRefused(str(error))
    return ServiceAway(str(error))
