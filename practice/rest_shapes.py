"""The JSON bodies of the REST side, as Twilio publishes them.

https://www.twilio.com/docs/voice/api/call-resource and .../voice/api/recording
"""

from datetime import datetime
from email.utils import format_datetime
from typing import Any

from practice import params
from practice.legs import Leg, Recording
from practice.settings import Settings

_SHOWN_AS = {"initiated": "queued"}
_PARTS = (
    "events",
    "notifications",
    "payments",
    "recordings",
    "siprec",
    "streams",
    "transcriptions",
    "user_defined_message_subscriptions",
    "user_defined_messages",
)


class RestError(Exception):
    """A refused request: HTTP status and Twilio's error number."""

    def __init__(self, status: int, code: int, message: str) -> None:
        """Say what is refused; no message holds a number that was sent."""
        super().__init__(message)
        self.status = status
        self.code = code

    def body(self) -> dict[str, Any]:
        """The error as JSON."""
        return {
            "code": self.code,
            "message": str(self),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def account_path(settings: Settings) -> str:
    """Where an account's resources stand."""
    return f"/{params.API_VERSION}/Accounts/{settings.account_sid}"


def status_of(leg: Leg) -> str:
    """A leg's status as REST tells it."""
    return _SHOWN_AS.get(leg.status, leg.status)


def call(leg: Leg, settings: Settings) -> dict[str, Any]:
    """One call."""
    path = f"{account_path(settings)}/Calls/{leg.sid}"
    return {
        "account_sid": settings.account_sid,
        "annotation": None,
        "answered_by": leg.answered_by,
        "api_version": params.API_VERSION,
        "caller_name": "",
        "date_created": _date(leg.created_at),
        "date_updated": _date(leg.ended_at or leg.answered_at or leg.created_at),
        "direction": leg.direction,
        "duration": None if leg.duration is None else str(leg.duration),
        "end_time": _date(leg.ended_at),
        "forwarded_from": None,
        "from": leg.number_from,
        "from_formatted": leg.number_from,
        "group_sid": None,
        "parent_call_sid": leg.parent.sid if leg.parent else None,
        "phone_number_sid": "PN" + "0" * 32,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": leg.sid,
        "start_time": _date(leg.rang_at),
        "status": status_of(leg),
        "subresource_uris": {part: f"{path}/{_camel(part)}.json" for part in _PARTS},
        "to": leg.number_to,
        "to_formatted": leg.number_to,
        "trunk_sid": None,
        "uri": f"{path}.json",
    }


def recording(found: Recording, settings: Settings) -> dict[str, Any]:
    """One recording."""
    path = f"{account_path(settings)}/Recordings/{found.sid}"
    return {
        "account_sid": settings.account_sid,
        "api_version": params.API_VERSION,
        "call_sid": found.call_sid,
        "channels": 1,
        "conference_sid": None,
        "date_created": _date(found.created_at),
        "date_updated": _date(found.created_at),
        "duration": str(found.seconds) if found.status == "completed" else "-1",
        "encryption_details": None,
        "error_code": 16101 if found.status == "absent" else None,
        "media_url": params.recording_url(found, settings),
        "price": None,
        "price_unit": "USD",
        "sid": found.sid,
        "source": "RecordVerb",
        "start_time": _date(found.created_at),
        "status": found.status,
        "subresource_uris": {
            "add_on_results": f"{path}/AddOnResults.json",
            "transcriptions": f"{path}/Transcriptions.json",
        },
        "uri": f"{path}.json",
    }


def page(
    key: str, items: list[dict[str, Any]], *, number: int, size: int, uri: str
) -> dict[str, Any]:
    """One page of a list; `uri` ends where the page's number follows."""
    start = number * size
    shown = items[start : start + size]
    more = start + size < len(items)
    return {
        key: shown,
        "end": start + max(len(shown) - 1, 0),
        "first_page_uri": f"{uri}0",
        "next_page_uri": f"{uri}{number + 1}" if more else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": f"{uri}{number - 1}" if number else None,
        "start": start,
        "uri": f"{uri}{number}",
    }


def _date(when: datetime | None) -> str | None:
    return format_datetime(when) if when else None


def _camel(name: str) -> str:
    return "".join(word.title() for word in name.split("_"))
