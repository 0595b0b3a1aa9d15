"""A caller's number, codes and story are in no log line, header, address or broker message."""

import base64
import json
import logging
import re
from collections.abc import Callable, Iterator

import pytest
import redis
from flask import Flask
from sqlalchemy import update

from calls.models import Call
from core.database import transaction
from core.runtime import Runtime, current
from recordings.models import Recording
from tests.support.waiting import wait_for
from tests.webhooks.looking import AGENT_PHONES, agent, dump, rows, the_case
from tests.webhooks.telephone import SIGNATURE, Caller, Person, new_sid

pytestmark = pytest.mark.backends("postgresql")
CANARY = "+66810000387"
OTHER = "0810000529"
PIN = "8316"
REPORT = ("2", "1", "1", "2", OTHER, "1", "1", "1", "92160", "1", "2", "1")


class Lines(logging.Handler):
    """Keeps every line as the process would have written it."""

    def __init__(self, like: logging.Handler) -> None:
        super().__init__()
        self.formatter = like.formatter
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.written.append(self.format(record))


@pytest.fixture
def lines(app: Flask) -> Iterator[Lines]:
    """The log of the service, from everything that it says at any level."""
    root = logging.getLogger()
    kept = Lines(root.handlers[0])
    root.addHandler(kept)
    level, root.level = root.level, logging.DEBUG
    yield kept
    root.level = level
    root.removeHandler(kept)


@pytest.fixture
def broker(runtime: Runtime) -> Iterator[redis.Redis]:
    """The broker, emptied."""
    with redis.Redis.from_url(runtime.settings.redis_url) as client:
        client.flushall()
        yield client


def spellings(number: str) -> list[str]:
    """The ways in which a number may stand somewhere."""
    tail = number.removeprefix("+66").removeprefix("0")
    return [
        f"66{tail}",
        f"0{tail}",
        tail,
        f"{tail[:2]} {tail[2:5]} {tail[5:]}",
        f"{tail[:2]}-{tail[2:5]}-{tail[5:]}",
    ]


def found(secrets: list[str], text: str) -> list[str]:
    """The secrets that stand in a text, not counting longer numbers that only hold their digits."""
    return [one for one in secrets if re.search(rf"(?<!\d){re.escape(one)}(?!\d)", text)]


def whole_call(phone: Callable[..., Caller]) -> tuple[Caller, list[str]]:
    """A report with a story and a person who was rung; and all that must not be told of it."""
    agent()
    caller = phone(CANARY)
    caller.press(*REPORT)
    recording = new_sid("RE")
    caller.recorded()
    told = {"RecordingSid": recording, "RecordingStatus": "completed", "RecordingDuration": "5"}
    caller.provider.post("/ivr/recording", caller.sid, **told)
    caller.press(PIN, "2", "")
    person = Person(caller.provider, caller.heard)
    person.pick_up()
    person.press("1")
    caller.dial_over("completed", DialBridged="true")
    caller.hang_up()
    numbers = [CANARY, OTHER, AGENT_PHONES[0]]
    return caller, [one for number in numbers for one in spellings(number)] + [
        the_case().reference,
        PIN,
    ]


def provoke(caller: Caller) -> None:
    """Requests that are refused or fail, each with the caller's number in it."""
    provider = caller.provider
    told = provider.params(caller.sid, From=CANARY, Digits=PIN)
    provider.send("/ivr/voice", told, headers={SIGNATURE: "no"})
    provider.send("/ivr/voice", told, content_type="text/plain")
    provider.send("/ivr/voice", {**told, "To": CANARY})
    provider.post(f"/ivr/leg/{'f' * 32}/0", new_sid(), From=CANARY)
    provider.post("/ivr/status", new_sid(), From=CANARY, CallStatus=CANARY)
    provider.post("/ivr/recording", caller.sid, RecordingSid=CANARY, RecordingStatus="completed")


def test_nothing_of_a_call_is_in_the_log(phone: Callable[..., Caller], lines: Lines) -> None:
    caller, secrets = whole_call(phone)
    provoke(caller)
    text = "\n".join(lines.written)
    assert found(secrets, text) == []


def test_a_fault_inside_a_webhook_is_logged_without_the_caller(
    phone: Callable[..., Caller], lines: Lines
) -> None:
    caller = phone(CANARY)
    caller.press("2", "1")
    reference = the_case().reference
    with transaction() as session:
        session.execute(update(Call).values(flow_version="never-kept", state=b"torn"))
    assert caller.press("1").verbs == ["Say", "Say", "Hangup"]
    text = "\n".join(lines.written)
    assert "webhook failed" in text
    assert found([*spellings(CANARY), CANARY, reference], text) == []


def test_nothing_of_a_call_is_in_a_header_or_an_address(
    phone: Callable[..., Caller],
) -> None:
    caller, secrets = whole_call(phone)
    headers = "\n".join(str(response.headers) for response in caller.responses)
    addresses = "\n".join(address for address, _ in caller.requests)
    assert found(secrets, headers + addresses) == []
    assert {response.headers["Cache-Control"] for response in caller.responses} == {"no-store"}


def test_broker_messages_hold_ids_only(phone: Callable[..., Caller], broker: redis.Redis) -> None:
    _, secrets = whole_call(phone)
    (row,) = rows(Recording)
    wait_for(lambda: broker.llen("celery"))
    messages = [json.loads(message) for message in broker.lrange("celery", 0, -1)]
    bodies = [json.loads(base64.b64decode(message["body"])) for message in messages]
    assert [row.id] in [body[0] for body in bodies]
    everything = json.dumps([messages, bodies])
    assert found(secrets[:-1], everything) == []


def test_at_rest_no_number_and_no_code_is_readable(phone: Callable[..., Caller]) -> None:
    _, secrets = whole_call(phone)
    reference = the_case().reference
    at_rest = "\n".join(line for lines_ in dump().values() for line in lines_)
    assert found([one for one in secrets if one != reference], at_rest) == []


def test_our_own_secrets_are_in_no_answer(phone: Callable[..., Caller]) -> None:
    caller, _ = whole_call(phone)
    settings = current().settings
    secrets = [settings.secret_key, *settings.data_keys, *settings.twilio_auth_token]
    text = "\n".join(response.get_data(as_text=True) for response in caller.responses)
    assert [secret for secret in secrets if secret in text] == []
