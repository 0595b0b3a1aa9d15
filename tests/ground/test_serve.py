"""`serve` and `practice run` as one process tree: they start whole, and nothing outlives them."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from core import service
from core.processes import ROOT
from tests.support.pids import descendants, is_alive
from tests.support.servers import PostgresServer, RedisServer
from tests.support.stack import free_port
from tests.support.waiting import wait_for

STOP_WITHIN_S = 30
START_WITHIN_S = 60
SECRETS = {
    "SECRET_KEY": "made-up-secret-key-0123456789abcdef",
    "DATA_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "made-up-token-0123456789abcdefghij",
    "PUBLIC_URL": "https://hotline.example.org",
}
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def port() -> int:
    """Where the service answers."""
    return free_port()


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Start]:
    """Start ./hotline in a group of its own, as a shell does."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*arguments: str, **environ: str) -> subprocess.Popen[bytes]:
        more = {"VAR_DIR": str(tmp_path), "PORT": str(port), "PRACTICE_PORT": str(free_port())}
        with (tmp_path / "output").open("ab") as output:
            popen = subprocess.Popen(
                [str(ROOT / "hotline"), *arguments],
                env={**os.environ, **more, **environ},
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        started.append(popen)
        return popen

    yield run
    for popen in started:
        popen.kill()
        popen.wait()


def up(popen: subprocess.Popen[bytes], port: int, path: str) -> list[int]:
    """The processes of the tree, once the service answers there."""
    wait_for(lambda: service.answers(f"http://127.0.0.1:{port}{path}"), START_WITHIN_S)
    return descendants(popen.pid)


def test_serve_starts_whole_on_an_empty_folder_and_stops_whole(start: Start, port: int) -> None:
    """Without DATABASE_URL and REDIS_URL, with an empty directory: ready all the same."""
    serve = start("serve", **SECRETS)
    tree = up(serve, port, "/readyz")
    os.killpg(serve.pid, signal.SIGTERM)
    assert serve.wait(STOP_WITHIN_S) == 0
    assert len(tree) >= 5
    assert [pid for pid in tree if is_alive(pid)] == []


def test_with_voice_port_the_telephone_has_web_processes_of_its_own_and_none_outlives_a_kill(
    start: Start, port: int, postgres: PostgresServer, redis_server: RedisServer
) -> None:
    """Each port refuses the other's doors; a dead broker takes only the console out of rotation."""
    url = postgres.copy("template0", "voice")
    voice = free_port()
    serve = start(
        "serve", DATABASE_URL=url, REDIS_URL=redis_server.url, VOICE_PORT=str(voice), **SECRETS
    )
    tree = up(serve, port, "/readyz")

    def unsigned(at: int) -> int:
        return requests.post(f"http://127.0.0.1:{at}/ivr/voice", timeout=10).status_code

    assert unsigned(port) == 404
    assert unsigned(voice) in (400, 403, 411, 415)
    assert requests.get(f"http://127.0.0.1:{voice}/readyz", timeout=10).status_code == 200
    assert requests.get(f"http://127.0.0.1:{voice}/api/v1/cases", timeout=10).status_code == 404
    serve.kill()
    serve.wait()
    wait_for(lambda: not any(map(is_alive, tree)))
    assert len(tree) >= 5
    postgres.drop("voice")


@pytest.mark.timeout(300)
def test_the_practice_service_phones_itself_once_and_tells_how_it_went_by_its_exit_status(
    start: Start, tmp_path: Path
) -> None:
    """Well on an empty folder; ill when its webhooks go to an address that nobody answers."""
    well = start("practice", "run", "--once")
    code = well.wait(START_WITHIN_S)
    output = (tmp_path / "output").read_text()
    assert code == 0, output
    assert [word for word in ("ESA-9202", "Callback", "Why") if word not in output] == []
    assert "call ended with" not in output
    ill = start("practice", "run", "--once", PUBLIC_URL=f"http://127.0.0.1:{free_port()}")
    assert ill.wait(START_WITHIN_S) == 1
    assert "call ended with" in (tmp_path / "output").read_text()
