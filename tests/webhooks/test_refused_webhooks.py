"""Unsigned, foreign and malformed webhooks are refused, write nothing and repeat nothing.

The ids are those of the bad-input list (reliability.md §5.3).
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.webhooks.looking import dump
from tests.webhooks.telephone import FORM, SIGNATURE, Caller, Provider, new_sid

pytestmark = pytest.mark.backends("postgresql")
EVIL = "evil-payload-7f3a"
Send = Callable[[Provider, Caller], TestResponse]


def refused(response: TestResponse, before: dict[str, list[str]], *statuses: int) -> None:
    """The promise of this file."""
    assert response.status_code in statuses
    assert EVIL not in response.get_data(as_text=True)
    assert dump() == before


def signed(address: str = "/ivr/voice", **changes: str) -> Send:
    """A well-signed request with something wrong in it."""
    return lambda provider, caller: provider.post(address, caller.sid, **changes)


def with_body(content_type: str, body: bytes, address: str = "/ivr/voice") -> Send:
    """A signature over the parameters, with another body beside it."""

    def send(provider: Provider, caller: Caller) -> TestResponse:
        told = provider.params(caller.sid, SpeechResult=EVIL)
        return provider.send(address, told, body=body, content_type=content_type)

    return send


def unsigned(provider: Provider, caller: Caller) -> TestResponse:
    """No signature header at all."""
    data = provider.params(caller.sid, SpeechResult=EVIL)
    return provider.client.post("/ivr/voice", data=data)


def empty_signature(provider: Provider, caller: Caller) -> TestResponse:
    """A header with nothing in it."""
    told = provider.params(caller.sid, SpeechResult=EVIL)
    return provider.send("/ivr/voice", told, headers={SIGNATURE: ""})


def wrong_signature(provider: Provider, caller: Caller) -> TestResponse:
    """A signature by somebody who does not know the token."""
    told = provider.params(caller.sid, SpeechResult=EVIL)
    forged = provider.signature("/ivr/voice", told, token="x" * 32)
    return provider.send("/ivr/voice", told, headers={SIGNATURE: forged})


def signature_by_an_empty_token(provider: Provider, caller: Caller) -> TestResponse:
    """What anybody can compute."""
    told = provider.params(caller.sid, SpeechResult=EVIL)
    forged = provider.signature("/ivr/voice", told, token=" ")
    return provider.send("/ivr/voice", told, headers={SIGNATURE: forged})


def strange_signature(provider: Provider, caller: Caller) -> TestResponse:
    """Characters that no base64 has."""
    told = provider.params(caller.sid, SpeechResult=EVIL)
    return provider.send("/ivr/voice", told, headers={SIGNATURE: "ÿ" * 28})


def of_another_route(provider: Provider, caller: Caller) -> TestResponse:
    """A capture of one route, sent to another."""
    told = provider.params(caller.sid, CallStatus="completed", SpeechResult=EVIL)
    captured = provider.signature("/ivr/voice", told)
    return provider.send("/ivr/status", told, headers={SIGNATURE: captured})


def with_a_changed_parameter(provider: Provider, caller: Caller) -> TestResponse:
    """A capture with other keys."""
    address = caller.heard.action
    captured = provider.signature(address, provider.params(caller.sid, Digits="1"))
    changed = provider.params(caller.sid, Digits="2", SpeechResult=EVIL)
    return provider.send(address, changed, headers={SIGNATURE: captured})


def with_a_shifted_parameter(provider: Provider, caller: Caller) -> TestResponse:
    """`{"Digits": "12"}` and `{"Digits1": "2"}` share a signature: the key must not be taken."""
    address = f"/ivr/turn/{'0' * 16}/0"
    captured = provider.signature(address, provider.params(caller.sid, Digits="12"))
    shifted = provider.params(caller.sid, Digits1="2")
    return provider.send(address, shifted, headers={SIGNATURE: captured})


def as_get(provider: Provider, caller: Caller) -> TestResponse:
    """GET, signed over its address."""
    address = f"/ivr/voice?CallSid={caller.sid}&SpeechResult={EVIL}"
    return provider.client.get(address, headers={SIGNATURE: provider.signature(address, {})})


def with_body_hash(provider: Provider, caller: Caller) -> TestResponse:
    """A body hash in the address beside parameters in the body."""
    told = provider.params(caller.sid, SpeechResult=EVIL)
    return provider.send(f"/ivr/voice?bodySHA256={'0' * 64}", told)


def json_with_a_wrong_hash(provider: Provider, caller: Caller) -> TestResponse:
    """A signed address whose hash is of another body."""
    address = f"/ivr/voice?bodySHA256={'0' * 64}"
    body = b'{"CallSid": "evil-payload-7f3a"}'
    return provider.send(address, {}, body=body, content_type="application/json")


def multipart(provider: Provider, caller: Caller) -> TestResponse:
    """A file among the parameters."""
    head = f'Content-Disposition: form-data; name="f"; filename="{EVIL}"'
    body = f"--b\r\n{head}\r\n\r\nx\r\n--b--\r\n"
    told = provider.params(caller.sid)
    form = "multipart/form-data; boundary=b"
    return provider.send("/ivr/voice", told, body=body.encode(), content_type=form)


def twice(name: str, second: str) -> Send:
    """One parameter twice, signed as the provider's library signs such a form."""

    def send(provider: Provider, caller: Caller) -> TestResponse:
        pairs = [*provider.params(caller.sid, Digits="1").items(), (name, second)]
        told: Any = MultiDict(pairs)
        return provider.send(caller.heard.action, told, body=urlencode(pairs).encode())

    return send


def two_thousand_parameters(provider: Provider, caller: Caller) -> TestResponse:
    """More parameters than any webhook has."""
    many = {f"P{number}": EVIL for number in range(2000)}
    return provider.post("/ivr/voice", caller.sid, **many)


def without_length(provider: Provider, caller: Caller) -> TestResponse:
    """A body that does not say how long it is."""
    told = provider.params(caller.sid, SpeechResult=EVIL)
    told_how = {SIGNATURE: provider.signature("/ivr/voice", told), "Transfer-Encoding": "chunked"}
    return provider.send("/ivr/voice", told, headers=told_how)


def absolute_target(provider: Provider, caller: Caller) -> TestResponse:
    """A request line that names a host, and a port that is none."""
    told = provider.params(caller.sid, SpeechResult=EVIL)
    overrides = {"RAW_URI": "http://evil:99999999/ivr/voice"}
    return provider.send("/ivr/voice", told, environ_overrides=overrides)


def token_of_another_call(provider: Provider, caller: Caller) -> TestResponse:
    """The address of one call's turn, signed by the provider for another call."""
    return provider.post(caller.heard.action, new_sid(), Digits="1")


JSON = b'{"CallSid": "evil-payload-7f3a", "AccountSid": null}'
REFUSED: dict[str, tuple[Send, tuple[int, ...]]] = {
    "B01 no signature header": (unsigned, (403,)),
    "B01 an empty signature header": (empty_signature, (403,)),
    "B02 a wrong signature": (wrong_signature, (403,)),
    "B02 a signature by an empty token": (signature_by_an_empty_token, (403,)),
    "B02 a signature that is no base64": (strange_signature, (403,)),
    "B02 a parameter was changed": (with_a_changed_parameter, (403,)),
    "B03 the signature of another route": (of_another_route, (403,)),
    "B05 right signature, another account": (
        signed(AccountSid="AC" + "f" * 32, SpeechResult=EVIL),
        (403,),
    ),
    "B05 no account": (signed(AccountSid=""), (403,)),
    "B06 a number that is not ours": (signed(To="+6621000001", SpeechResult=EVIL), (403,)),
    "B06 no number called": (signed(To=""), (403,)),
    "B10 one field of 600 kB": (signed(SpeechResult=EVIL * 36_000), (413,)),
    "B10 a status of 600 kB": (signed("/ivr/status", SpeechResult=EVIL * 36_000), (413,)),
    "B11 two thousand parameters": (two_thousand_parameters, (400,)),
    "B12 two different CallSids": (twice("CallSid", "CA" + "e" * 32), (400,)),
    "B12 the same CallSid twice with another AccountSid": (
        twice("AccountSid", "AC" + "e" * 32),
        (400,),
    ),
    "B12 two keys at once": (twice("Digits", "2"), (400,)),
    "B13 no CallSid": (signed(CallSid=""), (400,)),
    "B13 a CallSid too short": (signed(CallSid="CA1"), (400,)),
    "B13 34 characters, no hex": (signed(CallSid="CA" + "z" * 32), (400,)),
    "B13 lower-case letters": (signed(CallSid="ca" + "1" * 32), (400,)),
    "B13 a line break after it": (signed(CallSid="CA" + "1" * 32 + "\n"), (400,)),
    "B13 the same in a status": (signed("/ivr/status", CallSid="CA" + "1" * 32 + "\n"), (400,)),
    "B13 a path in it": (signed(CallSid="CA../../" + EVIL), (400,)),
    "B14 JSON without bodySHA256": (with_body("application/json", JSON), (415,)),
    "B15 JSON with a wrong bodySHA256": (json_with_a_wrong_hash, (415,)),
    "B16 text/plain": (with_body("text/plain", b"CallSid=evil-payload-7f3a"), (415,)),
    "B16 no content type": (with_body("", b"CallSid=evil-payload-7f3a"), (415,)),
    "B17 multipart with a file": (multipart, (415,)),
    "B18 GET": (as_get, (405,)),
    "B19 bodySHA256 beside a form": (with_body_hash, (415,)),
    "B23 an unknown CallStatus": (signed("/ivr/status", CallStatus=EVIL), (400,)),
    "B23 an upper-case CallStatus": (signed("/ivr/status", CallStatus="COMPLETED"), (400,)),
    "B23 no CallStatus": (signed("/ivr/status", CallStatus=""), (400,)),
    "B26 sequence -1": (signed("/ivr/status", SequenceNumber="-1"), (400,)),
    "B26 sequence NaN": (signed("/ivr/status", SequenceNumber="NaN"), (400,)),
    "B26 sequence 2^63": (signed("/ivr/status", SequenceNumber=str(2**63)), (400,)),
    "B26 a sequence in Thai digits": (signed("/ivr/status", SequenceNumber="๑"), (400,)),
    "B26 a sequence of 5000 digits": (signed("/ivr/status", SequenceNumber="9" * 5000), (400,)),
    "B26 a leg's sequence 2^63": (
        signed(f"/ivr/leg-status/{'k' * 32}", SequenceNumber=str(2**63)),
        (400,),
    ),
    "B30 a path for a RecordingSid": (
        signed("/ivr/recording", RecordingSid="RE../../", RecordingStatus="completed"),
        (400,),
    ),
    "B37 the turn of another call": (token_of_another_call, (403,)),
    "B37 a shifted parameter": (with_a_shifted_parameter, (403,)),
    "B43 a key with a NUL in it": (signed("/ivr/leg-status/%00%00" + "k" * 30), (400,)),
    "B43 a key of one letter": (signed("/ivr/leg/k/0"), (400,)),
    "an absolute request target": (absolute_target, (400,)),
    "a body without a length": (without_length, (411,)),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_bad_webhook_is_refused_and_leaves_no_trace(
    what: str, provider: Provider, call: Caller
) -> None:
    before = dump()
    send, statuses = REFUSED[what]
    refused(send(provider, call), before, *statuses)


def test_b01_every_route_of_the_telephone_asks_for_the_signature(
    app: Flask, provider: Provider, call: Caller
) -> None:
    before = dump()
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("ivr.")]
    assert len(rules) >= 8
    for rule in rules:
        path = re.sub(
            r"<(?:\w+:)?\w+>", lambda match: "1" if ":" in match[0] else "k" * 32, rule.rule
        )
        response = provider.client.post(path, data=provider.params(call.sid), content_type=FORM)
        refused(response, before, 403)


def test_a_refusal_tells_no_secret(provider: Provider, call: Caller) -> None:
    told = {**provider.settings.model_dump()}
    secrets = [told["secret_key"], *told["twilio_auth_token"], *told["data_keys"]]
    for send, _ in REFUSED.values():
        response = send(provider, call)
        whole = response.get_data(as_text=True) + str(response.headers)
        assert not [secret for secret in secrets if secret in whole]
