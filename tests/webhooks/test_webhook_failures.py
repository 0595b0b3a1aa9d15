"""Whatever fails behind it, the telephone answers: valid TwiML, in time, with numbers that help."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from flask import Flask
from sqlalchemy import select, text

from calls.models import Call
from cases.models import Case
from core import runtime as core_runtime
from core.processes import ROOT
from core.runtime import Runtime
from ivr.services import call_token
from tests.webhooks.looking import live, rows
from tests.webhooks.serving import serving
from tests.webhooks.telephone import Caller, Heard, Provider, new_sid

pytestmark = pytest.mark.backends("postgresql")
# What the provider waits at most, less the time that a busy machine may take.
DEADLINE_S = 13
NUMBERS = {
    "th": ("หนึ่ง เก้า หนึ่ง", "หนึ่ง หก หก เก้า", "หนึ่ง สาม ศูนย์ ศูนย์", "หนึ่ง สาม แปด เจ็ด"),
    "en": ("1 9 1", "1 6 6 9", "1 3 0 0", "1 3 8 7"),
}
NOWHERE = "postgresql:///nowhere?host=/nonexistent"
VOICE_ROUTES = ("/ivr/voice", "/ivr/turn/{token}/0", "/ivr/fallback")


def is_an_apology(body: bytes) -> bool:
    """Whether a document speaks the emergency numbers in both languages and then hangs up."""
    heard = Heard(body)
    told = {say.get("language", "")[:2]: say.text or "" for say in heard.tree.iter("Say")}
    whole = all(number in told[lang] for lang in NUMBERS for number in NUMBERS[lang])
    return whole and heard.verbs == ["Say", "Say", "Hangup"]


def in_time(provider: Provider, address: str, sid: str, **params: str) -> bytes:
    """The answer to one voice request; TimeoutError where the provider would have given up."""
    with ThreadPoolExecutor(1) as pool:
        response = pool.submit(provider.beside().post, address, sid, **params).result(DEADLINE_S)
    assert response.status_code == 200
    assert response.mimetype == "text/xml"
    return response.data


@contextmanager
def database_at(url: str) -> Iterator[None]:
    """The process on another database for a while."""
    usual = core_runtime.current().settings
    core_runtime.configure(usual.model_copy(update={"database_url": url}))
    try:
        yield
    finally:
        core_runtime.configure(usual)


@contextmanager
def black_hole() -> Iterator[socket.socket]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server


def port_of(server: socket.socket) -> int:
    """Where it listens."""
    return int(server.getsockname()[1])


@pytest.fixture
def without_database(runtime: Runtime) -> Iterator[Flask]:
    """A service that has never reached its database."""
    with serving(runtime.settings.model_copy(update={"database_url": NOWHERE})) as made:
        yield made


@pytest.mark.parametrize("route", VOICE_ROUTES)
def test_without_a_database_every_voice_route_speaks(route: str, without_database: Flask) -> None:
    provider, sid = Provider(without_database), new_sid()
    address = route.format(token=call_token(sid))
    assert is_an_apology(in_time(provider, address, sid, Digits="1"))


def test_without_a_database_somebody_whom_we_rang_hears_nothing_that_tells_who_rang(
    without_database: Flask,
) -> None:
    provider = Provider(without_database)
    body = in_time(provider, f"/ivr/leg/{'k' * 32}/0", new_sid())
    assert Heard(body).verbs == ["Hangup"]


def test_without_a_database_a_status_is_refused_so_that_it_comes_again(
    without_database: Flask,
) -> None:
    response = Caller(Provider(without_database)).status("completed")
    assert response.status_code >= 500
    assert b"postgresql" not in response.data


def test_the_fallback_asks_for_the_signature_all_the_same(without_database: Flask) -> None:
    provider = Provider(without_database)
    assert provider.client.post("/ivr/fallback", data=provider.params(new_sid())).status_code == 403


def test_a_call_goes_on_where_it_was_when_the_database_is_back(call: Caller) -> None:
    call.press("2")
    address = call.heard.action
    with database_at(NOWHERE):
        assert is_an_apology(in_time(call.provider, address, call.sid, Digits="1"))
        assert is_an_apology(in_time(call.provider, "/ivr/voice", call.sid))
    assert call.press("1").verbs == ["Gather"]
    assert live(call.sid).turn == 2
    assert len(rows(Case)) == 1


def test_a_database_that_never_answers_is_waited_for_in_vain_but_not_long(call: Caller) -> None:
    address = call.heard.action
    with black_hole() as server:
        url = f"postgresql://nobody@127.0.0.1:{port_of(server)}/hotline"
        with database_at(url):
            body = in_time(call.provider, address, call.sid, Digits="2")
    assert is_an_apology(body)


def test_a_call_that_somebody_holds_is_not_waited_for_long(call: Caller) -> None:
    address = call.heard.action
    with core_runtime.current().engine.begin() as holder:
        holder.execute(select(Call.sid).where(Call.sid == call.sid).with_for_update())
        assert is_an_apology(in_time(call.provider, address, call.sid, Digits="2"))
    assert call.press("2").verbs == ["Gather"]
    assert live(call.sid).turn == 1


def test_a_spent_pool_is_not_waited_for_long(call: Caller) -> None:
    engine = core_runtime.current().engine
    with ExitStack() as held:
        for _ in range(30):
            held.enter_context(engine.connect()).execute(text("SELECT 1"))
        body = in_time(call.provider, call.heard.action, call.sid, Digits="2")
        assert is_an_apology(body)
    assert call.press("2").verbs == ["Gather"]


@pytest.mark.backends("sqlite")
def test_a_locked_sqlite_file_is_not_waited_for_long(call: Caller) -> None:
    address = call.heard.action
    engine = core_runtime.current().engine.execution_options(immediate=True)
    with engine.begin():
        assert is_an_apology(in_time(call.provider, address, call.sid, Digits="2"))
    assert call.press("2").verbs == ["Gather"]


def test_a_torn_state_is_an_apology_and_no_fault(call: Caller) -> None:
    with core_runtime.current().engine.begin() as connection:
        connection.execute(text("UPDATE calls SET state = 'torn'"))
    assert is_an_apology(in_time(call.provider, call.heard.action, call.sid, Digits="2"))


def reports_beside(redis_url: str, runtime: Runtime, reports: int) -> int:
    """Whole reports in a process beside this broker; how many recordings they left."""
    environ = {
        **os.environ,
        "TELEPHONY": "practice",
        "VAR_DIR": str(runtime.settings.var_dir),
        "DATABASE_URL": runtime.settings.database_url,
        "REDIS_URL": redis_url,
    }
    argv = [sys.executable, "-m", "tests.webhooks.report_many", str(reports)]
    done = subprocess.run(
        argv, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=True
    )
    return int(done.stdout)


def test_a_dead_broker_is_never_waited_for(runtime: Runtime) -> None:
    assert reports_beside("unix:///nonexistent/redis.sock", runtime, 25) == 25


def test_a_broker_that_never_answers_is_never_waited_for(runtime: Runtime) -> None:
    with black_hole() as server:
        # A hundred nudges: if each waited for as much as a second the process would be cut off.
        assert reports_beside(f"redis://127.0.0.1:{port_of(server)}/0", runtime, 25) == 25
        server.settimeout(DEADLINE_S)
        server.accept()[0].close()
