"""The provider's side of one webhook as bytes: parameters, signature, HTTP.

Written from Twilio's documents, not with its library, and cheap, so that the driver leaves the
processors to the servers: https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

import base64
import hashlib
import hmac
import html
import re
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode, urlsplit

GATHER = re.compile(r'<(?:Gather|Record) [^>]*?action="([^"]+)"')
RECORDING = re.compile(r'recordingStatusCallback="([^"]+)"')
# What Twilio sends about a caller besides what is needed; the signature covers all of it.
USUAL = {
    "ApiVersion": "2010-04-01",
    "CalledCity": "BANGKOK",
    "CalledCountry": "TH",
    "CalledState": "",
    "CalledZip": "",
    "CallerCity": "",
    "CallerCountry": "TH",
    "CallerState": "",
    "CallerZip": "",
    "Direction": "inbound",
    "FromCity": "",
    "FromCountry": "TH",
    "FromState": "",
    "FromZip": "",
    "ToCity": "BANGKOK",
    "ToCountry": "TH",
    "ToState": "",
    "ToZip": "",
}
USUAL_BODY = urlencode(USUAL)


@dataclass(frozen=True)
class Account:
    """Whose webhooks these are and where they go; `token` signs them."""

    sid: str
    token: str
    number: str
    base: str

    def request(self, address: str, call: dict[str, str]) -> bytes:
        """A signed POST; `address` is a path or the URL of a document, fragment and all."""
        url = address if "://" in address else self.base + address
        url = url.partition("#")[0]
        parts = urlsplit(url)
        body = f"{USUAL_BODY}&" + "&".join(f"{k}={quote_plus(v)}" for k, v in call.items())
        head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: TwilioProxy/1.1\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            f"Accept: */*\r\nX-Twilio-Signature: {self.signature(url, USUAL | call)}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return (head + body).encode()

    def signature(self, url: str, params: dict[str, str]) -> str:
        """HMAC-SHA1 over the URL and the sorted parameters."""
        message = url + "".join(name + params[name] for name in sorted(params))
        digest = hmac.digest(self.token.encode(), message.encode(), hashlib.sha1)
        return base64.b64encode(digest).decode()

    def about(self, call_sid: str, caller: str, status: str = "in-progress") -> dict[str, str]:
        """The parameters that tell one call from another."""
        return {
            "AccountSid": self.sid,
            "CallSid": call_sid,
            "CallStatus": status,
            "Called": self.number,
            "Caller": caller,
            "From": caller,
            "To": self.number,
        }


def next_address(document: str) -> str | None:
    """Where the document wants the caller's answer; None when it ends the call."""
    found = GATHER.search(document)
    return html.unescape(found[1]) if found else None


def recording_address(document: str) -> str | None:
    """Where the document wants to be told of its recording."""
    found = RECORDING.search(document)
    return html.unescape(found[1]) if found else None
