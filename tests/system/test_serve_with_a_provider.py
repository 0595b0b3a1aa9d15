"""`serve` from the environment with a Twilio-compatible provider: whole on an empty database."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select

from calls.models import Call
from cases.models import Assignment, Case
from core import service
from core.engine import create_database_engine
from core.processes import ROOT, Child
from core.settings import load_settings
from tests.support.pids import descendants, is_alive
from tests.support.servers import PostgresServer, RedisServer
from tests.support.stack import free_port
from tests.support.waiting import wait_for
from tests.system.people import new_number

START_WITHIN_S, STOP_WITHIN_S = 60, 15
CALL_WITHIN_S = 30


@pytest.fixture
def environ(postgres: PostgresServer, redis_server: RedisServer, tmp_path: Path) -> dict[str, str]:
    """What a ministry's machine is given, with the provider on this machine."""
    port, provider, practice = free_port(), free_port(), free_port()
    return {
        "DATABASE_URL": postgres.copy("template0", "production"),
        "REDIS_URL": redis_server.url,
        "SECRET_KEY": "made-up-secret-key-0123456789abcdef",
        "DATA_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "TELEPHONY": "twilio",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "made-up-token-0123456789abcdefghij",
        "TWILIO_API_BASE": f"http://127.0.0.1:{provider}",
        "PRACTICE_PHONE": "trainees",
        "PRACTICE_ACCOUNT_SID": "AC" + "2" * 32,
        "PRACTICE_AUTH_TOKEN": "made-up-practice-token-0123456789abc",
        "PRACTICE_PORT": str(practice),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "VAR_DIR": str(tmp_path),
    }


@pytest.fixture
def provider(environ: dict[str, str]) -> Iterator[str]:
    """The address of the provider, who knows the service only by its public address."""
    port = environ["TWILIO_API_BASE"].rpartition(":")[2]
    settings = load_settings(environ | {"PRACTICE_PORT": port})
    child = Child(service.practice_provider(settings), subprocess.DEVNULL)
    wait_for(child.is_ready)
    yield settings.twilio_api_base
    child.stop()


@pytest.fixture
def serve(environ: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The service, in a group of its own as a shell starts it."""
    with (tmp_path / "output").open("ab") as output:
        popen = subprocess.Popen(
            [str(ROOT / "hotline"), "serve"],
            env={**os.environ, **environ},
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
    yield popen
    popen.kill()
    popen.wait()


def phone(provider: str, keys: str) -> dict[str, Any]:
    order = {"keys": keys, "from": new_number()}
    sid = requests.post(f"{provider}/practice/calls", json=order, timeout=10).json()["sid"]
    address = f"{provider}/practice/calls/{sid}?wait={CALL_WITHIN_S}"
    call: dict[str, Any] = requests.get(address, timeout=2 * CALL_WITHIN_S).json()
    return call


def test_the_first_call_before_anything_was_loaded_is_a_case_all_the_same(
    environ: dict[str, str], provider: str, serve: subprocess.Popen[bytes]
) -> None:
    """No offices and no people yet: the caller is heard, nothing is lost, and all of it stops.

    A trainee's call by the practice phone beside it is a case as well, and bears the mark.
    """
    ready = f"http://127.0.0.1:{environ['PORT']}/readyz"
    wait_for(lambda: service.answers(ready), START_WITHIN_S)
    call = phone(provider, "2 1 1 1 1 1 92160 2 3 2 * 3")
    beside = f"http://127.0.0.1:{environ['PRACTICE_PORT']}"
    practised = phone(beside, "2 1 1 1 1 1 92160 2 3 2 * 3")
    for one in (provider, beside):
        assert requests.get(f"{one}/practice/health", timeout=10).json()["problems"] == []
    engine = create_database_engine(environ["DATABASE_URL"])
    with engine.connect() as connection:
        told = select(Call.sid, Call.status, Assignment.office_code, Case.is_practice)
        joined = told.join(Case, Case.id == Call.case_id).join(Assignment)
        found = {row.sid: tuple(row[1:]) for row in connection.execute(joined)}
    engine.dispose()
    expected = {call["sid"]: False, practised["sid"]: True}
    assert found == {sid: ("completed", "HQ", mark) for sid, mark in expected.items()}
    tree = descendants(serve.pid)
    os.killpg(serve.pid, signal.SIGTERM)
    assert serve.wait(STOP_WITHIN_S) == 0
    assert [pid for pid in tree if is_alive(pid)] == []
