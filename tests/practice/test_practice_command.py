"""`python -m practice` runs a provider in a process of its own."""

import os
import signal
import subprocess
import sys

import pytest
import requests

from practice.__main__ import read_arguments

ARGUMENTS = [
    "--account-sid",
    "AC" + "1" * 32,
    "--number",
    "+6621266565",
    "--voice-url",
    "http://127.0.0.1:8000/ivr/voice",
]


def test_secrets_may_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("PRACTICE_AUTH_TOKEN", "from the environment")
    found = read_arguments([*ARGUMENTS, "--speed", "0.5", "--port", "8123"])
    assert (found.auth_token, found.speed, found.port) == ("from the environment", 0.5, 8123)


def test_without_a_token_the_command_does_not_start(monkeypatch, capsys):
    monkeypatch.delenv("PRACTICE_AUTH_TOKEN", raising=False)
    with pytest.raises(SystemExit) as left:
        read_arguments(ARGUMENTS)
    assert left.value.code == 2
    assert "PRACTICE_AUTH_TOKEN" in capsys.readouterr().err


def test_the_process_answers_and_stops_at_once_without_naming_numbers(world, free_port):
    environment = os.environ | {"PRACTICE_AUTH_TOKEN": "0123456789abcdef0123456789abcdef"}
    command = [sys.executable, "-m", "practice", *ARGUMENTS, "--port", str(free_port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        url = f"http://127.0.0.1:{free_port}/practice"
        world.until(lambda: _answers(url))
        requests.get(f"{url}/phones/+66810000001", timeout=10)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        assert "+66" not in (process.stderr.read() if process.stderr else "")


def _answers(url):
    try:
        return requests.get(f"{url}/health", timeout=1).json()["status"] == "ok"
    except requests.ConnectionError:
        return False
