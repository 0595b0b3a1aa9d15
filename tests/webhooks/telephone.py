"""The provider's side of a call, in one process with the service: signed webhooks, real TwiML.

`Provider` signs and sends any request; `Caller` is one caller who follows the documents.
"""

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag, urlencode

from flask import Flask
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from core import runtime
from core.settings import Settings

FORM = "application/x-www-form-urlencoded"
SIGNATURE = "X-Twilio-Signature"
CALLER = "+66810000001"
Params = Mapping[str, str]

_numbers = itertools.count(1)


def new_sid(letters: str = "CA") -> str:
    """A sid that nobody has yet."""
    return f"{letters}{next(_numbers):032x}"


class Provider:
    """Signs as the telephone company does, over the public address and the parameters."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()

    @property
    def settings(self) -> Settings:
        """The service's settings, which hold the secret that both know."""
        return runtime.current().settings

    def signature(self, address: str, params: Any, token: str | None = None) -> str:
        """The signature for a request to an address; its fragment is never signed."""
        validator = RequestValidator(token or self.settings.twilio_auth_token[0])
        return str(validator.compute_signature(self.full(address), params))

    def full(self, address: str) -> str:
        """The absolute address without its fragment."""
        plain = urldefrag(address).url
        return plain if plain.startswith("http") else self.settings.public_url + plain

    def send(
        self,
        address: str,
        params: Params,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> TestResponse:
        """POST a form, signed unless `headers` say otherwise; `body` replaces what is sent."""
        sent: dict[str, str] = {SIGNATURE: self.signature(address, params), **(headers or {})}
        path = self.full(address).removeprefix(self.settings.public_url)
        data = urlencode(params).encode() if body is None else body
        options.setdefault("content_type", FORM)
        options.setdefault("environ_overrides", {"RAW_URI": path, "REQUEST_URI": path})
        return self.client.post(path, data=data, headers=sent, **options)

    def post(self, address: str, sid: str, **params: str) -> TestResponse:
        """A signed request about a call, with what every request bears."""
        return self.send(address, self.params(sid, **params))

    def params(self, sid: str, **more: str) -> dict[str, str]:
        """What every voice request bears."""
        return {
            "CallSid": sid,
            "AccountSid": self.settings.twilio_account_sid,
            "From": CALLER,
            "To": self.settings.hotline_number,
            "CallStatus": "in-progress",
            "ApiVersion": "2010-04-01",
            "Direction": "inbound",
            **more,
        }

    def beside(self) -> "Provider":
        """The same provider on a connection of its own, for another thread."""
        return Provider(self.app)


@dataclass
class Heard:
    """One document."""

    body: bytes

    @property
    def tree(self) -> ET.Element:
        """The document, parsed; an error when it is not well-formed."""
        return ET.fromstring(self.body)

    @property
    def verbs(self) -> list[str]:
        """Its verbs in order, without what is nested."""
        return [verb.tag for verb in self.tree]

    @property
    def spoken(self) -> str:
        """Everything that it says."""
        return " ".join(say.text or "" for say in self.tree.iter("Say"))

    @property
    def action(self) -> str:
        """Where the provider goes on: the address of the last verb that has one."""
        last = [verb for verb in self.tree if verb.tag in ("Gather", "Record", "Dial", "Redirect")]
        return str(last[-1].get("action") or last[-1].text)

    @property
    def rings(self) -> list[str]:
        """The numbers that it dials."""
        return [number.text or "" for number in self.tree.iter("Number")]

    @property
    def whisper(self) -> str:
        """The address of what the person hears who is rung."""
        return next(str(number.get("url")) for number in self.tree.iter("Number"))

    @property
    def leg_status(self) -> str:
        """Where the fate of the rung leg is told."""
        return next(str(number.get("statusCallback")) for number in self.tree.iter("Number"))


@dataclass
class Caller:
    """One caller who phones the hotline and follows its documents."""

    provider: Provider
    number: str = CALLER
    sid: str = field(default_factory=new_sid)
    documents: list[Heard] = field(default_factory=list)
    responses: list[TestResponse] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def dial(self) -> Heard:
        """Phone the hotline."""
        return self.ask("/ivr/voice", CallStatus="ringing")

    def ask(self, address: str, **params: str) -> Heard:
        """One voice request of this call; the answer must be a document."""
        told = self.provider.params(self.sid, **{"From": self.number, **params})
        response = self.provider.send(address, told)
        self.requests.append((address, told))
        self.responses.append(response)
        assert response.status_code == 200, response.status
        assert response.mimetype == "text/xml"
        self.documents.append(Heard(response.data))
        return self.documents[-1]

    @property
    def heard(self) -> Heard:
        """What the caller hears now."""
        return self.documents[-1]

    def press(self, *entries: str) -> Heard:
        """Press keys, one entry for each Gather; an empty one is silence."""
        for keys in entries:
            self.ask(self.heard.action, Digits=keys)
        return self.heard

    def recorded(self, seconds: int = 5, key: str = "#") -> Heard:
        """Speak after the tone, then press hash, or star to hear it."""
        return self.ask(
            self.heard.action,
            Digits=key,
            RecordingSid=new_sid("RE"),
            RecordingUrl="https://api.twilio.com/nowhere",
            RecordingDuration=str(seconds),
        )

    def dial_over(self, status: str = "no-answer", **params: str) -> Heard:
        """The Dial has come to its end."""
        return self.ask(self.heard.action, DialCallStatus=status, **params)

    def status(self, word: str = "completed", **params: str) -> TestResponse:
        """One status callback."""
        told = {"CallStatus": word, "From": self.number, **params}
        return self.provider.post("/ivr/status", self.sid, **told)

    def hang_up(self) -> None:
        """The connection is over, and the provider says so."""
        assert self.status("completed", CallDuration="30", SequenceNumber="3").status_code == 204


@dataclass
class Person:
    """Somebody who is rung and follows the documents of that leg."""

    provider: Provider
    dialled: Heard
    sid: str = field(default_factory=lambda: new_sid())
    documents: list[Heard] = field(default_factory=list)

    def pick_up(self) -> Heard:
        """Answer the phone: the whisper."""
        return self.ask(self.dialled.whisper)

    def ask(self, address: str, **params: str) -> Heard:
        """One request of this leg."""
        response = self.provider.post(address, self.sid, Direction="outbound-dial", **params)
        assert response.status_code == 200, response.status
        self.documents.append(Heard(response.data))
        return self.documents[-1]

    def press(self, keys: str) -> Heard:
        """Press a key, or none."""
        return self.ask(self.documents[-1].action, Digits=keys)

    def status(self, word: str, sequence: int = 0) -> TestResponse:
        """What becomes of the leg."""
        told = {"CallStatus": word, "SequenceNumber": str(sequence)}
        return self.provider.post(self.dialled.leg_status, self.sid, **told)


def texts(documents: Sequence[Heard]) -> str:
    """Everything that was said."""
    return " ".join(document.spoken for document in documents)
