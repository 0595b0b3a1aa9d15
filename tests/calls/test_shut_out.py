"""A revoked key or a suspended account holds the line, spends nothing and is seen (F38)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from calls import tasks
from calls.models import Callback, Leg
from calls.policy import current_policy
from calls.shut_out import LATELY, answered, held_for, let_in, shut_out, shut_out_since
from core import runtime
from core.database import reading, transaction
from core.runtime import Runtime
from core.telephony import CallLinks, Refused, ShutOut, TelephonyError, TwilioTelephony
from tests.calls.callback_world import World
from tests.calls.exchange import new_sid
from tests.webhooks.serving import listening
from webapp.checks import OK, WARNING, row_checks

POLICY = current_policy()
WAIT = POLICY.shut_out_wait_s
# HTTP status and Twilio's code, and whether the whole account is meant: https://www.twilio.com/docs/
# api/errors. What is wrong with one number or one call refuses that call alone.
ANSWERS = {
    "a key that was revoked": (401, 20003, ShutOut),
    "a sign-in without a code": (401, 0, ShutOut),
    "an account that is suspended": (403, 20005, ShutOut),
    "an account that is not active": (400, 10001, ShutOut),
    "nothing at all is allowed": (403, 20403, ShutOut),
    "a number that is none": (400, 21211, Refused),
    "a country that is not dialled": (403, 21215, Refused),
    "a country that is not dialled, by the line": (403, 13227, Refused),
    "a sender that is not ours": (400, 21606, Refused),
    "a document that is too long": (400, 32018, Refused),
}
LINKS = CallLinks(*(["https://hotline.example.org/x"] * 3))


class Provider(ThreadingHTTPServer):
    """Where Twilio would be: it refuses what it was told to, then it rings."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Rest)
        self.refusals: list[tuple[int, int]] = []
        self.asked = 0
        self.rings = 0


class _Rest(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        status, body = 201, {"sid": new_sid(), "status": "queued"}
        if self.server.refusals:
            status, code = self.server.refusals.pop(0)
            body = {"status": status, "message": "no"} | ({"code": code} if code else {})
        self.server.rings += status == 201
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A loopback server."""
    with listening(Provider()) as server:
        yield server


def adapter(provider: Provider) -> TwilioTelephony:
    """The real adapter, told another base."""
    base = {"twilio_api_base": f"http://127.0.0.1:{provider.server_port}"}
    return TwilioTelephony(runtime.current().settings.model_copy(update=base))


@pytest.mark.parametrize(("status", "code", "expected"), ANSWERS.values(), ids=list(ANSWERS))
def test_what_is_about_the_account_is_told_from_what_is_about_a_call(
    runtime: Runtime, provider: Provider, status: int, code: int, expected: type[TelephonyError]
) -> None:
    provider.refusals = [(status, code)]
    with pytest.raises(expected):
        adapter(provider).create_call(to="+66810000021", links=LINKS, ring_s=25)


@pytest.mark.backends("postgresql", "sqlite")
def test_a_revoked_key_spends_nothing_and_the_callback_rings_by_itself_once_it_is_mended(
    world: World, provider: Provider
) -> None:
    telephony = adapter(provider)
    provider.refusals = [(401, 20003)] * (POLICY.max_refusals * 2)
    world.owe()
    for _ in range(POLICY.max_refusals * 2):
        tasks.dial(world.callback_id, POLICY, now=world.clock, telephony=lambda _: telephony)
        assert (world.callback.state, world.callback.tries, world.attempts) == ("due", 0, ())
        world.later(WAIT)
    assert provider.asked == POLICY.max_refusals * 2
    assert world.notices() == []
    with reading() as session:
        assert session.query(Leg).count() == 0
        assert shut_out_since(session, world.account) is not None
    tasks.dial(world.callback_id, POLICY, now=world.clock, telephony=lambda _: telephony)
    assert provider.rings == 1
    assert [one.state for one in world.attempts] == ["ringing"]
    with reading() as session:
        assert shut_out_since(session, world.account) is None


@pytest.mark.backends("postgresql", "sqlite")
def test_of_a_whole_line_one_ring_finds_out_after_each_pause(world: World) -> None:
    """The others keep their place, and nobody's telephone is held for them."""
    line = []
    for number in range(3):
        world.operator(40 + number)
        world.report(caller_number=f"+6681000{2000 + number}")
        line.append(world.wish())
    world.exchange.faults = [ShutOut("403")] * 20

    def sweep() -> None:
        for callback_id in line:
            world.dial(callback_id)

    for second in range(WAIT):
        sweep()
        assert len(world.exchange.faults) == 19, second
        world.later(1)
    sweep()
    assert len(world.exchange.faults) == 18
    world.exchange.faults = []
    world.later(WAIT)
    sweep()
    world.later(WAIT)
    sweep()
    assert len(world.exchange.rings) == 3


def test_a_refusal_of_one_call_after_it_says_that_the_account_is_let_in(world: World) -> None:
    world.exchange.faults = [ShutOut("401"), Refused("400")]
    world.owe()
    world.dial()
    world.later(WAIT)
    world.dial()
    assert [one.outcome for one in world.attempts] == ["failed"]
    with reading() as session:
        assert held_for(session, world.account, now=world.now) is None


def test_a_callback_that_is_withdrawn_while_the_provider_is_asked_stays_so(world: World) -> None:
    world.owe()
    asked = world.exchange.create_call

    def withdrawn_meanwhile(**told: Any) -> str:
        with transaction() as session:
            session.get_one(Callback, world.callback_id).state = "withdrawn"
        return asked(**told)

    world.exchange.create_call = withdrawn_meanwhile  # type: ignore[method-assign]
    world.exchange.faults = [ShutOut("401")]
    world.dial()
    assert (world.callback.state, world.attempts) == ("withdrawn", ())


def test_an_account_that_may_list_its_calls_and_not_ring_is_still_shut_out(world: World) -> None:
    """As a suspended one may; where no ring has found out lately, the list tells."""
    world.exchange.faults = [ShutOut("403")]
    world.owe()
    world.dial()
    for seconds, is_out in ((0, True), (WAIT, True), (LATELY.seconds, False)):
        world.later(seconds)
        with transaction() as session:
            answered(session, world.account, now=world.now)
            assert (shut_out_since(session, world.account) is not None) == is_out


@pytest.mark.backends("postgresql", "sqlite")
def test_people_see_it_until_it_is_mended(world: World) -> None:
    def check() -> tuple[str, int | None]:
        found = {one.name: one for one in row_checks(world.now)}["telephone"]
        return found.state, found.age_s

    assert check() == (OK, None)
    for seconds in (0, 60):
        world.later(seconds)
        with transaction() as session:
            shut_out(session, world.account, POLICY, now=world.now)
        assert check() == (WARNING, seconds)
    with transaction() as session:
        assert held_for(session, world.account, now=world.now) == timedelta(seconds=WAIT)
        let_in(session, world.account)
    assert check() == (OK, None)
