"""The list of processes: what is started for which settings, and what is refused."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from core import service
from core.errors import SettingsError
from core.processes import Child, Process
from core.settings import Settings, load_settings
from tests.support.pids import children, is_alive
from tests.support.stack import free_port
from tests.support.waiting import wait_for

POSTGRESQL = "postgresql:///hotline"


def settings(folder: Path, **environ: str) -> Settings:
    return load_settings({"TELEPHONY": "practice", "VAR_DIR": str(folder), **environ})


def everything(told: Settings) -> list[Process]:
    return [
        *service.valkey(told),
        *service.web(told),
        service.worker(),
        service.beat(told),
        service.practice_provider(told),
        service.step("people", "practice", "seed"),
    ]


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Child]:
    [process] = service.valkey(settings(tmp_path))
    child = Child(process, subprocess.DEVNULL)
    wait_for(child.is_ready)
    yield child
    child.stop()


def test_no_secret_stands_on_a_command_line(tmp_path: Path) -> None:
    told = settings(tmp_path)
    secrets = (told.secret_key, *told.data_keys, *told.twilio_auth_token)
    words = " ".join(word for process in everything(told) for word in process.argv)
    assert [secret for secret in secrets if secret in words] == []


def test_sqlite_gets_one_web_process_with_one_worker(tmp_path: Path) -> None:
    [web] = service.web(settings(tmp_path))
    assert web.argv[web.argv.index("--workers") + 1] == "1"
    assert web.env == {"PROCESS_TYPE": "all"}


def test_sqlite_refuses_a_second_web_process(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"VOICE_PORT.*SQLite serves one only"):
        service.web(settings(tmp_path, VOICE_PORT="8002"))


def test_voice_port_gives_the_telephone_processes_of_its_own(tmp_path: Path) -> None:
    told = settings(tmp_path, VOICE_PORT="8002", PORT="8001", DATABASE_URL=POSTGRESQL)
    found = {p.env["PROCESS_TYPE"]: p.argv[p.argv.index("--bind") + 1] for p in service.web(told)}
    assert found == {"voice": "0.0.0.0:8002", "web": "0.0.0.0:8001"}


def test_a_redis_that_was_named_is_used_and_none_is_started(tmp_path: Path) -> None:
    assert service.valkey(settings(tmp_path, REDIS_URL="redis://127.0.0.1:1/0")) == ()


def test_a_valkey_that_answers_is_used_and_no_second_one_is_started(
    valkey: Child, tmp_path: Path
) -> None:
    assert service.valkey(settings(tmp_path)) == ()


def test_the_child_valkey_never_throws_work_away(valkey: Child, tmp_path: Path) -> None:
    with redis.Redis.from_url(settings(tmp_path).redis_url, decode_responses=True) as client:
        found = client.config_get("maxmemory-policy", "appendonly", "port")
    assert found == {"maxmemory-policy": "noeviction", "appendonly": "yes", "port": "0"}


def test_the_child_valkey_keeps_its_data(valkey: Child, tmp_path: Path) -> None:
    with redis.Redis.from_url(settings(tmp_path).redis_url, decode_responses=True) as client:
        client.set("word", "kept")
    valkey.stop()
    [process] = service.valkey(settings(tmp_path))
    again = Child(process, subprocess.DEVNULL)
    wait_for(again.is_ready)
    with redis.Redis.from_url(settings(tmp_path).redis_url, decode_responses=True) as client:
        word = client.get("word")
    again.stop()
    assert word == "kept"


def test_a_folder_too_deep_for_a_socket_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="VAR_DIR: too long for a socket"):
        service.valkey(settings(tmp_path / ("x" * 100)))


def test_a_taken_port_stops_the_start_and_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"Port {port} cannot be used"):
            service.refuse_taken_ports(port)


def test_web_workers_die_with_their_killed_master(tmp_path: Path) -> None:
    port = str(free_port())
    [web] = service.web(settings(tmp_path, PORT=port))
    hello = "tests.support.hello:app"
    child = Child(replace(web, argv=(*web.argv[:-1], hello), ready=None), subprocess.DEVNULL)
    wait_for(lambda: service.answers(f"http://127.0.0.1:{port}/"))
    workers = children(child.pid)
    os.kill(child.pid, signal.SIGKILL)
    wait_for(lambda: not any(map(is_alive, workers)))
    child.stop()
    assert workers
