"""The process tree: what starts together ends together, and what falls comes back."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.processes import ROOT
from tests.support.pids import is_alive
from tests.support.waiting import wait_for

Start = Callable[..., subprocess.Popen[bytes]]
STOP_WITHIN_S = 20


def shell(name: str, script: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "argv": ["/bin/sh", "-c", script], **more}


def says_pid(name: str, folder: Path, then: str = "exec sleep 1000") -> dict[str, Any]:
    return shell(name, f"echo $$ >> {folder / name}; {then}")


def pids(folder: Path, name: str) -> list[int]:
    path = folder / name
    return [int(line) for line in path.read_text().split()] if path.exists() else []


@pytest.fixture
def up(tmp_path: Path) -> Path:
    """A file that is there once everything has started."""
    return tmp_path / "up"


@pytest.fixture
def start(up: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def run(*stages: list[dict[str, Any]]) -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-m", "tests.support.supervised", json.dumps(stages), str(up)]
        popen = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, process_group=0)
        started.append(popen)
        return popen

    yield run
    for popen in started:
        popen.terminate()
        popen.communicate(timeout=STOP_WITHIN_S)


def test_a_child_dies_with_its_killed_parent(start: Start, tmp_path: Path) -> None:
    supervisor = start([says_pid("a", tmp_path), says_pid("b", tmp_path)])
    found = wait_for(lambda: pids(tmp_path, "a") and pids(tmp_path, "b")) + pids(tmp_path, "a")
    supervisor.kill()
    wait_for(lambda: not any(map(is_alive, found)))
    assert len(found) == 2


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_group_stops_everything_in_order(
    start: Start, tmp_path: Path, signum: int
) -> None:
    last_words = "trap 'echo broker stops; exit 0' TERM; while :; do sleep 0.1; done"
    web_words = "trap 'echo web stops; exit 0' TERM; while :; do sleep 0.1; done"
    supervisor = start(
        [says_pid("broker", tmp_path, last_words)], [says_pid("web", tmp_path, web_words)]
    )
    [web] = wait_for(lambda: pids(tmp_path, "web"))
    os.killpg(supervisor.pid, signum)
    output, _ = supervisor.communicate(timeout=STOP_WITHIN_S)
    assert output.decode().splitlines() == ["web    | web stops", "broker | broker stops"]
    assert supervisor.returncode == 0
    assert not is_alive(web)


def test_a_child_that_will_not_stop_is_killed(start: Start, tmp_path: Path) -> None:
    deaf = "trap '' TERM; while :; do sleep 0.1; done"
    supervisor = start([says_pid("deaf", tmp_path, deaf)])
    [child] = wait_for(lambda: pids(tmp_path, "deaf"))
    supervisor.terminate()
    assert supervisor.wait(STOP_WITHIN_S) == 0
    assert not is_alive(child)


def test_a_crashed_child_is_started_again(start: Start, tmp_path: Path, up: Path) -> None:
    start([says_pid("web", tmp_path)])
    wait_for(up.exists)
    [first] = wait_for(lambda: pids(tmp_path, "web"))
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: len(pids(tmp_path, "web")) == 2)
    assert is_alive(pids(tmp_path, "web")[1])


def test_a_crashed_childs_own_children_do_not_go_on_beside_the_new_one(
    start: Start, tmp_path: Path, up: Path
) -> None:
    forks = f"sleep 1000 & echo $! >> {tmp_path / 'forked'}; wait"
    start([says_pid("web", tmp_path, forks)])
    wait_for(up.exists)
    [forked] = wait_for(lambda: pids(tmp_path, "forked"))
    os.kill(pids(tmp_path, "web")[0], signal.SIGKILL)
    wait_for(lambda: len(pids(tmp_path, "web")) == 2)
    assert not is_alive(forked)


def test_a_stage_waits_until_the_one_before_is_ready(
    start: Start, tmp_path: Path, up: Path
) -> None:
    ready = tmp_path / "ready"
    slow = shell("slow", f"echo slow; touch {ready}; exec sleep 1000", ready_file=str(ready))
    supervisor = start(
        [slow], [shell("check", f"ls {ready}", once=True)], [says_pid("c", tmp_path)]
    )
    wait_for(lambda: pids(tmp_path, "c"))
    supervisor.terminate()
    output, _ = supervisor.communicate(timeout=STOP_WITHIN_S)
    assert output.decode().splitlines()[:2] == ["slow  | slow", str(ready)]


def test_a_failed_step_stops_everything_and_is_told(start: Start, tmp_path: Path) -> None:
    supervisor = start(
        [says_pid("web", tmp_path)],
        [shell("call", "echo what went wrong; exit 3", once=True)],
        [says_pid("never", tmp_path)],
    )
    output, _ = supervisor.communicate(timeout=STOP_WITHIN_S)
    assert supervisor.returncode == 1
    assert output.decode().splitlines() == [
        "what went wrong",
        "start | call ended with 3",
    ]
    assert not is_alive(pids(tmp_path, "web")[0])
    assert pids(tmp_path, "never") == []


def test_a_service_that_falls_during_the_start_fails_it(start: Start, tmp_path: Path) -> None:
    never = str(tmp_path / "never")
    supervisor = start([shell("web", "exit 7", ready_file=never)])
    output, _ = supervisor.communicate(timeout=STOP_WITHIN_S)
    assert (supervisor.returncode, output) == (1, b"start | web ended with 7\n")


def test_a_supervisor_bound_to_make_ends_with_it(tmp_path: Path) -> None:
    """Even when make is killed outright, nothing of the service goes on."""
    code = (
        "import sys, time; from core.processes import die_with_parent;"
        f"die_with_parent(int(sys.argv[1]), {int(signal.SIGTERM)}); print(1, flush=True);"
        "time.sleep(1000)"
    )
    script = f'"{sys.executable}" -c "{code}" $$ & echo $! > {tmp_path / "pid"}; wait'
    shell_like_make = subprocess.Popen(
        ["/bin/sh", "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with shell_like_make:
        assert shell_like_make.stdout is not None
        assert shell_like_make.stdout.readline() == "1\n"
        [pid] = pids(tmp_path, "pid")
        shell_like_make.kill()
    wait_for(lambda: not is_alive(pid))


def test_one_whose_parent_is_gone_already_does_not_start() -> None:
    code = "from core.processes import die_with_parent; die_with_parent(1); print('still here')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, b"")
