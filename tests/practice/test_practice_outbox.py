"""Mails, LINE pushes and SMS stay in the practice provider, where people can look at them."""

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

ACCOUNT, TOKEN = "AC" + "1" * 32, "0123456789abcdef0123456789abcdef"
GROUP = "C" + "0" * 32
KEY = "123e4567-e89b-12d3-a456-426614174000"


def push(world, key=KEY, **more):
    """Push to LINE as our adapter does."""
    body = {"to": GROUP, "messages": [{"type": "text", "text": "hello"}]} | more
    headers = {"Authorization": "Bearer practice", "X-Line-Retry-Key": key}
    return requests.post(f"{world.url}/v2/bot/message/push", json=body, headers=headers, timeout=5)


@pytest.fixture
def messages(world):
    """twilio-python's messages, pointed at the provider."""
    client = Client(ACCOUNT, TOKEN, ACCOUNT, http_client=TwilioHttpClient(timeout=10))
    client.api.base_url = world.url
    return client.messages


def test_a_mail_is_kept_once_for_its_key(world):
    mail = {"to": "a@example.org", "subject": "s", "text": "t", "key": "k"}
    for _ in range(2):
        world.control("POST", "/mails", mail)
    [kept] = world.control("GET", "/outbox?kind=mail")
    assert {name: kept[name] for name in mail} == mail


def test_a_push_with_a_known_retry_key_is_a_conflict_and_kept_once(world):
    first, second = push(world), push(world)
    assert (first.status_code, second.status_code) == (200, 409)
    accepted = second.headers["X-Line-Accepted-Request-Id"]
    assert accepted == first.headers["X-Line-Request-Id"]
    assert [one["text"] for one in world.control("GET", "/outbox")] == ["hello"]


@pytest.mark.parametrize(
    "odd",
    [{"to": "U" + "0" * 32}, {"messages": []}, {"messages": [{"type": "image"}]}, {"key": "k"}],
    ids=["no group", "no message", "no text", "no uuid"],
)
def test_an_odd_push_is_refused(world, odd):
    assert push(world, **odd).status_code == 400
    assert world.control("GET", "/outbox") == []


def test_a_push_needs_a_token(world):
    assert requests.post(f"{world.url}/v2/bot/message/push", timeout=5).status_code == 401


def test_an_sms_is_kept_and_listed_as_twilio_lists_it(world, messages):
    made = messages.create(to="+66810000001", from_="PRACTICE", body="hello")
    found = messages.list(to="+66810000001", limit=50)
    assert [(one.sid, one.body, one.status) for one in found] == [(made.sid, "hello", "sent")]
    assert found[0].date_created.tzinfo is not None
    assert messages.list(to="+66810000002", limit=50) == []


def test_an_sms_to_a_number_that_somebody_may_have_is_refused(messages):
    with pytest.raises(TwilioRestException) as refused:
        messages.create(to="+66891234567", from_="PRACTICE", body="hello")
    assert refused.value.status == 400


def test_forgetting_everything_forgets_messages(world):
    push(world)
    world.control("DELETE", "/ledger")
    assert world.control("GET", "/outbox") == []
