"""Whose signature opens the telephone's door, and over which address it must be."""

from collections.abc import Iterator

import pytest
from flask import Flask

from calls.models import Call
from core.runtime import Runtime
from core.settings import Settings
from tests.webhooks.looking import rows
from tests.webhooks.serving import serving
from tests.webhooks.telephone import SIGNATURE, Caller, Provider, new_sid

pytestmark = pytest.mark.backends("postgresql")
OLD, NEW, LATER = ("made-up-token-of-" + name * 16 for name in "onl")
PUBLIC = "https://hotline.example.org"


def settings_with(runtime: Runtime, **changes: object) -> Settings:
    """The practice settings with some of them changed."""
    return runtime.settings.model_copy(update=changes)


@pytest.fixture
def rotating(runtime: Runtime) -> Iterator[Flask]:
    """The service while the auth token is rotated: the old one first, the new one beside it."""
    with serving(settings_with(runtime, twilio_auth_token=(OLD, NEW))) as made:
        yield made


@pytest.fixture
def public(runtime: Runtime) -> Iterator[Flask]:
    """The service behind a proxy, under a public name."""
    with serving(settings_with(runtime, public_url=PUBLIC)) as made:
        yield made


@pytest.mark.parametrize(("token", "status"), [(OLD, 200), (NEW, 200), (LATER, 403)])
def test_while_the_token_is_rotated_both_open_the_door_and_no_other(
    token: str, status: int, rotating: Flask
) -> None:
    provider = Provider(rotating)
    told = provider.params(new_sid())
    signed = {SIGNATURE: provider.signature("/ivr/voice", told, token)}
    assert provider.send("/ivr/voice", told, headers=signed).status_code == status


def test_a_call_goes_on_across_the_rotation(rotating: Flask) -> None:
    provider = Provider(rotating)
    caller = Caller(provider)
    action = caller.dial().action
    told = provider.params(caller.sid, Digits="2")
    signed = {SIGNATURE: provider.signature(action, told, NEW)}
    assert provider.send(action, told, headers=signed).status_code == 200


def test_behind_a_proxy_the_public_address_is_the_signed_one(public: Flask) -> None:
    provider = Provider(public)
    told = provider.params(new_sid())
    inside = {"Host": "10.0.0.7:8000", "X-Forwarded-Proto": "http"}
    response = provider.send("/ivr/voice", told, headers=inside)
    assert response.status_code == 200
    assert f'action="{PUBLIC}/ivr/turn/' in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "address",
    ["http://hotline.example.org/ivr/voice", "https://evil.example/ivr/voice", PUBLIC],
)
def test_a_signature_over_another_address_opens_nothing(address: str, public: Flask) -> None:
    provider = Provider(public)
    told = provider.params(new_sid())
    signed = {SIGNATURE: provider.signature(address, told)}
    overrides = {"Host": address.split("/")[2]}
    response = provider.send("/ivr/voice", told, headers={**signed, **overrides})
    assert response.status_code == 403
    assert rows(Call) == []


def test_the_port_that_the_provider_leaves_out_or_adds_is_no_matter(public: Flask) -> None:
    provider = Provider(public)
    told = provider.params(new_sid())
    signed = {SIGNATURE: provider.signature(f"{PUBLIC}:443/ivr/voice", told)}
    assert provider.send("/ivr/voice", told, headers=signed).status_code == 200


def test_the_fragments_of_the_addresses_that_we_hand_out_are_never_signed(call: Caller) -> None:
    assert "#ct=2000&rt=4500&rc=2&rp=ct,rt,5xx" in call.heard.action
    told = call.provider.params(call.sid, Digits="2")
    over_all = call.provider.settings.twilio_auth_token[0]
    signed = {SIGNATURE: call.provider.signature(call.heard.action, told, over_all)}
    assert call.provider.send(call.heard.action, told, headers=signed).status_code == 200


@pytest.mark.parametrize("path", ["/ivr/voice/", "//ivr/voice", "/ivr//voice", "/IVR/voice"])
def test_no_webhook_is_ever_redirected(path: str, provider: Provider) -> None:
    response = provider.send(path, provider.params(new_sid()))
    assert response.status_code in (403, 404)
    assert "Location" not in response.headers
    assert rows(Call) == []
