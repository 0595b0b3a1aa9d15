"""The parameters of each webhook, with the names that Twilio publishes.

https://www.twilio.com/docs/voice/twiml#twilios-request-to-your-application
"""

import math
from email.utils import format_datetime

from practice.legs import Leg, Recording, utc_now
from practice.settings import Settings

API_VERSION = "2010-04-01"
TERMINAL = ("completed", "busy", "failed", "no-answer", "canceled")
_SIP = {"completed": "200", "busy": "486", "failed": "404", "no-answer": "487", "canceled": "487"}


def voice(leg: Leg, settings: Settings) -> dict[str, str]:
    """What stands in every voice request of a leg."""
    params = {
        "AccountSid": settings.account_sid,
        "ApiVersion": API_VERSION,
        "CallSid": leg.sid,
        "CallStatus": leg.status,
        "Called": leg.number_to,
        "Caller": leg.number_from,
        "Direction": leg.direction,
        "From": leg.number_from,
        "To": leg.number_to,
    }
    for side, number in (("Called", leg.number_to), ("Caller", leg.number_from)):
        params |= _place(side, number)
    params |= _place("From", leg.number_from) | _place("To", leg.number_to)
    if leg.parent:
        params["ParentCallSid"] = leg.parent.sid
    if leg.direction == "inbound":
        params["StirVerstat"] = "No-TN-Validation"
    return params


def _place(side: str, number: str) -> dict[str, str]:
    country = "TH" if number.startswith("+66") else ""
    return {f"{side}City": "", f"{side}State": "", f"{side}Zip": "", f"{side}Country": country}


def progress(leg: Leg, settings: Settings, status: str) -> dict[str, str]:
    """What stands in a status callback; counts the leg's sequence up."""
    params = voice(leg, settings) | {
        "CallStatus": status,
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(leg.sequence),
        "Timestamp": format_datetime(utc_now()),
    }
    leg.sequence += 1
    if status in TERMINAL:
        seconds = leg.duration or 0
        # Duration counts begun minutes, CallDuration seconds.
        params |= {"CallDuration": str(seconds), "Duration": str(math.ceil(seconds / 60))}
        params["SipResponseCode"] = _SIP[status]
    if leg.answered_by:
        params["AnsweredBy"] = leg.answered_by
    return params


def recording(found: Recording, settings: Settings) -> dict[str, str]:
    """What stands in a recording status callback."""
    params = {
        "AccountSid": settings.account_sid,
        "CallSid": found.call_sid,
        "RecordingChannels": "1",
        "RecordingSid": found.sid,
        "RecordingSource": "RecordVerb",
        "RecordingStartTime": format_datetime(found.created_at),
        "RecordingStatus": found.status,
        "RecordingTrack": "inbound",
        "RecordingUrl": recording_url(found, settings),
    }
    if found.status == "completed":
        params["RecordingDuration"] = str(found.seconds)
    if found.status == "absent":
        params["ErrorCode"] = "16101"
    return params


def recording_url(found: Recording, settings: Settings) -> str:
    """Where the REST side hands a recording out."""
    account = f"/{API_VERSION}/Accounts/{settings.account_sid}"
    return f"{settings.base_url}{account}/Recordings/{found.sid}"


def verdict(leg: Leg, settings: Settings, answered_by: str, seconds: float) -> dict[str, str]:
    """What stands in the callback of asynchronous answering machine detection."""
    return {
        "AccountSid": settings.account_sid,
        "AnsweredBy": answered_by,
        "CallSid": leg.sid,
        "MachineDetectionDuration": str(int(seconds * 1000)),
    }
