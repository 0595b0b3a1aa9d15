"""Runs a list of child processes as one: starts, watches, restarts and stops them."""

import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO

from core.processes import Child, Process

READY_WITHIN_S = 60.0
STOP_WITHIN_S = 5.0
FIRST_RESTART_S = 0.5
LONGEST_RESTART_S = 30.0
STEADY_AFTER_S = 60.0
TURN_S = 0.1
CHUNK = 65536

Stage = Sequence[Process]


class StartFailed(Exception):
    """A process ended, or was not ready in time, before the start was over."""


class _Slot:
    """One process of the list: its present child, its unfinished log line, its next start."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.name = process.name
        self.child: Child | None = None
        self.is_up = False
        self.start_at: float | None = None
        self.pause_s = FIRST_RESTART_S
        self._line = b""

    def start(self, pipes: selectors.BaseSelector) -> None:
        """Start it and listen to what it writes."""
        self._hang_up(pipes)
        self.start_at = None
        self.child = Child(self.process)
        if pipe := self.child.popen.stdout:
            os.set_blocking(pipe.fileno(), False)
            pipes.register(pipe, selectors.EVENT_READ, self)

    def exit_code(self) -> int | None:
        """None before its start and while it runs."""
        return self.child.exit_code() if self.child else None

    def has_fallen(self) -> bool:
        """Whether it ended though it should not have."""
        code = self.exit_code()
        return code is not None and not (self.process.once and code == 0)

    def plan_restart(self, now: float) -> None:
        """Clear away what is left of it and wait a little longer each time."""
        if self.child is None:
            return
        if now - self.child.started_at > STEADY_AFTER_S:
            self.pause_s = FIRST_RESTART_S
        # What it forked must not go on beside the new one, on the same port or database.
        self.child.kill()
        self.start_at = now + self.pause_s
        self.pause_s = min(self.pause_s * 2, LONGEST_RESTART_S)

    def lines(self, pipes: selectors.BaseSelector) -> Iterator[bytes]:
        """The whole lines that wait in its pipe; at the end of it the unfinished one too."""
        pipe = self.child.popen.stdout if self.child else None
        while pipe is not None and not pipe.closed:
            try:
                chunk = os.read(pipe.fileno(), CHUNK)
            except BlockingIOError:
                return
            *whole, self._line = (self._line + chunk).split(b"\n")
            yield from whole
            if not chunk:
                if self._line:
                    yield self._line
                self._hang_up(pipes)

    def _hang_up(self, pipes: selectors.BaseSelector) -> None:
        pipe = self.child.popen.stdout if self.child else None
        if pipe is not None and not pipe.closed:
            pipes.unregister(pipe)
            pipe.close()
        self._line = b""


class Supervisor:
    """Starts stage after stage; the processes of one stage start together.

    The next stage waits until each is ready, or has ended with 0 when it runs `once`. Whatever
    falls before the last stage is up fails the start; what falls later is started again, ever
    more slowly. All in one thread: a fork beside other threads is unsafe, and the kernel ends a
    child together with the thread that forked it.
    """

    def __init__(self, stages: Sequence[Stage], out: BinaryIO | None = None) -> None:
        self._stages = [[_Slot(process) for process in stage] for stage in stages]
        self._slots = [slot for stage in self._stages for slot in stage]
        self._width = max((len(slot.name) for slot in self._slots), default=0)
        self._out = out or sys.stdout.buffer
        self._pipes = selectors.DefaultSelector()
        self._stopping = False

    def run(self, on_started: Callable[[], bool] | None = None) -> int:
        """Serve until SIGTERM or SIGINT: 0 after an orderly end, 1 when the start failed.

        `on_started` is called once when every stage is up; when it returns False all is stopped.
        """
        with self._signals():
            try:
                self._start_all()
                if not self._stopping and on_started is not None:
                    self._stopping = not on_started()
                while not self._stopping:
                    self._turn()
                    self._restart_fallen(time.monotonic())
                return 0
            except StartFailed as error:
                self._say("start", str(error))
                return 1
            finally:
                self._stop_all()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def ask_to_stop(_signum: int, _frame: object) -> None:
            self._stopping = True

        before = {s: signal.signal(s, ask_to_stop) for s in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for signum, handler in before.items():
                signal.signal(signum, handler)

    def _start_all(self) -> None:
        for stage in self._stages:
            if self._stopping:
                return
            for slot in stage:
                slot.start(self._pipes)
            self._wait_until_up(stage)

    def _wait_until_up(self, stage: Sequence[_Slot]) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._stopping:
            self._turn()
            for slot in self._slots:
                if slot.has_fallen():
                    self._copy(slot)
                    raise StartFailed(f"{slot.name} ended with {slot.exit_code()}")
            late = [slot.name for slot in stage if not self._is_up(slot)]
            if not late:
                return
            if time.monotonic() > deadline:
                raise StartFailed(f"{', '.join(late)} not ready within {READY_WITHIN_S:.0f} s")

    def _is_up(self, slot: _Slot) -> bool:
        if not slot.is_up and slot.child is not None:
            ended = slot.process.once and slot.exit_code() == 0
            slot.is_up = ended or (not slot.process.once and slot.child.is_ready())
            self._copy(slot)
        return slot.is_up

    def _turn(self) -> None:
        for key, _events in self._pipes.select(TURN_S):
            self._copy(key.data)

    def _copy(self, slot: _Slot) -> None:
        prefix = b"" if slot.process.once else f"{slot.name:<{self._width}} | ".encode()
        for line in slot.lines(self._pipes):
            self._write(prefix + line)

    def _say(self, name: str, text: str) -> None:
        self._write(f"{name:<{self._width}} | {text}".encode())

    def _write(self, line: bytes) -> None:
        # A full disk or a closed terminal must not take the telephone down.
        with suppress(OSError, ValueError):
            self._out.write(line + b"\n")
            self._out.flush()

    def _restart_fallen(self, now: float) -> None:
        for slot in self._slots:
            if slot.start_at is not None:
                if now >= slot.start_at:
                    slot.start(self._pipes)
            elif not slot.process.once and slot.has_fallen():
                self._copy(slot)
                slot.plan_restart(now)
                self._say(slot.name, f"ended with {slot.exit_code()} and will start again")

    def _stop_all(self) -> None:
        for stage in reversed(self._stages):
            children = [slot.child for slot in stage if slot.child]
            for child in children:
                child.terminate()
            deadline = time.monotonic() + STOP_WITHIN_S
            while time.monotonic() < deadline and any(c.exit_code() is None for c in children):
                self._turn()
            for slot in stage:
                if slot.child:
                    slot.child.kill()
                    self._copy(slot)
        self._pipes.close()
