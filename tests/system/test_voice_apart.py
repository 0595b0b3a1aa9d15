"""The console full to the last thread, the telephone none the worse (reliability.md B64).

Answers are compared, never times: every webhook has its answer, and the call becomes a case.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import requests
from sqlalchemy import select

from calls.models import Call
from cases.models import Assignment, Case
from core import service
from core.crypto import Keyring
from tests.support.databases import EMPTY, Databases
from tests.support.servers import RedisServer
from tests.support.stack import Stack, free_port
from tests.system.people import new_number, people
from webapp.console import cookies
from webapp.console.live import Pace
from webapp.practice_data import PASSWORD_CHARACTERS

SAYS_ALL = "2 1 1 1 1 1 92160 1 2 1 r5 * 3"
PERSON = "oncall@practice.example"
WORKERS, THREADS = (int(number) for number in service.CONSOLE)
ALL_THREADS = WORKERS * THREADS
ALL_PLACES = WORKERS * Pace().most
# Clients that send part of a request and then nothing, and some that send what no client should.
SLOW = {
    "nothing": b"",
    "half a head": b"GET /desk/ HTTP/1.1\r\nHost: desk\r\nX-Slow: a",
    "no body": b"POST /desk/sign-in HTTP/1.1\r\nHost: desk\r\nContent-Length: 4000\r\n\r\nemail=",
}
WRONG = {
    "64 kB in one header": b"GET /healthz HTTP/1.1\r\nHost: desk\r\nX: "
    + b"a" * 65536
    + b"\r\n\r\n",
    "two lengths": (
        b"POST /desk/sign-in HTTP/1.1\r\nHost: desk\r\nContent-Length: 4\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: desk\r\n\r\n"
    ),
}


@pytest.fixture(scope="module")
def apart(
    databases_of: Callable[[str], Databases],
    redis_server: RedisServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    """The whole service with web processes of the telephone's own."""
    url = databases_of("postgresql").backend.copy(EMPTY, "apart")
    environ = {"DATABASE_URL": url, "VOICE_PORT": str(free_port())}
    stack = Stack(environ, tmp_path_factory.mktemp("apart"), redis_server)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


@pytest.fixture
def crowd() -> Iterator[ExitStack]:
    """Connections that stay open until the end of the test."""
    with ExitStack() as held:
        yield held


def connected(crowd: ExitStack, port: int, sent: bytes) -> socket.socket:
    """One more client, who has sent so much and waits."""
    client = crowd.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
    client.sendall(sent)
    return client


def all_heard(client: socket.socket) -> bytes:
    """Everything that the server says until it hangs up."""
    return b"".join(iter(lambda: client.recv(65536), b""))


def signed_in(stack: Stack) -> str:
    """The cookie of one of the practice people."""
    keyring = Keyring(stack.settings.data_keys, stack.settings.secret_key)
    with requests.Session() as browser:
        page = browser.get(stack.url("/desk/sign-in"), timeout=30).text
        form = {
            "csrf_token": page.split('name="csrf_token" value="')[1].split('"')[0],
            "email": PERSON,
            "password": keyring.fingerprint("practice.password", "")[:PASSWORD_CHARACTERS],
        }
        browser.post(stack.url("/desk/sign-in"), data=form, timeout=30).raise_for_status()
        return f"{cookies.SESSION}={browser.cookies[cookies.SESSION]}"


def phoned(stack: Stack) -> tuple[str, str]:
    """Phone the hotline; the call's status and its office, from the database alone."""
    stack.practice("/practice/ledger", method="DELETE")
    people(stack, active=True)
    call = stack.phone(SAYS_ALL, **{"from": new_number()})
    answers = [webhook["status"] for webhook in call["webhooks"]]
    assert answers.count(200) > 5
    assert set(answers) <= {200, 204}
    assert {webhook["attempts"] for webhook in call["webhooks"]} == {1}
    health = stack.practice("/practice/health")
    assert (health["problems"], health["differences"]) == ([], [])
    found = (
        select(Call.status, Assignment.office_code)
        .join(Case, Case.id == Call.case_id)
        .join(Assignment, (Assignment.case_id == Case.id) & Assignment.is_lead)
    )
    with stack.database() as engine, engine.connect() as connection:
        row = connection.execute(found.where(Call.sid == call["sid"])).one()
    return row.status, row.office_code


def test_a_console_full_of_streams_and_slow_clients_leaves_the_telephone_alone(
    apart: Stack, crowd: ExitStack
) -> None:
    """More streams than there are places, then a slow client for each thread there is."""
    port, cookie = apart.settings.port, signed_in(apart)
    ask = f"GET /desk/cases/live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()
    answers = [connected(crowd, port, ask).recv(12) for _ in range(ALL_PLACES + 20)]
    assert answers.count(b"HTTP/1.1 200") >= Pace().most
    assert set(answers) == {b"HTTP/1.1 200", b"HTTP/1.1 204"}
    for kind in SLOW.values():
        for _ in range(ALL_THREADS // 2):
            connected(crowd, port, kind)
    assert phoned(apart) == ("completed", "ESA-9202")
    crowd.close()
    apart.wait_for(lambda: service.answers(apart.url("/healthz")), 60)


@pytest.mark.parametrize("kind", SLOW)
def test_slow_clients_before_the_telephone_itself_are_sent_away(
    apart: Stack, crowd: ExitStack, kind: str
) -> None:
    """As many as its processes have threads."""
    for _ in range(int(service.ON_POSTGRESQL[0]) * int(service.ON_POSTGRESQL[1])):
        connected(crowd, apart.settings.voice_port or 0, SLOW[kind].replace(b"/desk/", b"/ivr/"))
    assert phoned(apart) == ("completed", "ESA-9202")


@pytest.mark.parametrize("kind", WRONG)
def test_a_request_that_no_client_should_send_is_refused_whole(
    apart: Stack, crowd: ExitStack, kind: str
) -> None:
    """One refusal, and nothing of what was smuggled behind it is answered."""
    for port in (apart.settings.port, apart.settings.voice_port or 0):
        heard = all_heard(connected(crowd, port, WRONG[kind]))
        assert heard.startswith(b"HTTP/1.1 4")
        assert heard.count(b"HTTP/1.1 ") == 1
    assert phoned(apart) == ("completed", "ESA-9202")
