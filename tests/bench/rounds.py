"""Rounds of load on floor and hotline in turn, so that whatever slows the machine slows both."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from core.commands import PRACTICE_CALL
from core.processes import ROOT, python
from core.settings import Settings
from tests.bench.subjects import Subject

# Report, hear it again, ask what becomes of the data, back to the question: no case is opened.
MENU_KEYS = ("2", "*", "#", "1")
CALL_KEYS = tuple(PRACTICE_CALL[-1].split())
CONNECTIONS = 8
FLOOR, RING, PRESS, WHOLE = "floor", "ring", "press", "whole"
KINDS = (FLOOR, RING, PRESS, WHOLE)


@dataclass(frozen=True)
class Load:
    """How much of everything one round holds."""

    rounds: int
    floor: int
    rings: int
    calls: int


FULL = Load(rounds=5, floor=1600, rings=200, calls=40)
TRIAL = Load(rounds=1, floor=800, rings=80, calls=16)
WARM_UP = Load(rounds=1, floor=160, rings=16, calls=8)


@dataclass(frozen=True)
class Sample:
    """One kind of request in one round; milliseconds, CPU times are per request."""

    cpu_ms: float
    database_ms: float
    per_s: float
    p50_ms: float
    p99_ms: float


@dataclass
class Samples:
    """All rounds of one web server on one database."""

    by_kind: dict[str, list[Sample]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def middle(self, kind: str, name: str) -> float:
        """The median of one figure over the rounds."""
        return median(getattr(sample, name) for sample in self.by_kind[kind])

    def ratio(self, kind: str) -> float:
        """The median over the rounds of CPU against the floor of the same round."""
        pairs = zip(self.by_kind[kind], self.by_kind[FLOOR], strict=True)
        return median(sample.cpu_ms / floor.cpu_ms for sample, floor in pairs)


class Driver:
    """The load driver's process."""

    def __init__(self) -> None:
        self._popen = subprocess.Popen(
            python("tests.bench.driver"),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, what: str, count: int, subject: Subject, settings: Settings) -> dict[str, Any]:
        """Have one order carried out; RuntimeError with the driver's reason when it failed."""
        account = {
            "sid": settings.twilio_account_sid,
            "token": settings.twilio_auth_token[0],
            "number": settings.hotline_number,
            "base": subject.base,
        }
        keys = {PRESS: MENU_KEYS, WHOLE: CALL_KEYS}.get(what, ())
        order = {"what": what, "count": count, "port": subject.port, "account": account}
        line = json.dumps(order | {"keys": keys, "connections": CONNECTIONS})
        self._popen.stdin.write(line + "\n")
        self._popen.stdin.flush()
        answer: dict[str, Any] = json.loads(self._popen.stdout.readline())
        if "error" in answer:
            raise RuntimeError(f"{what}: {answer['error']}")
        return answer

    def stop(self) -> None:
        """End it."""
        self._popen.stdin.close()
        self._popen.wait(10)
        self._popen.stdout.close()


@dataclass(frozen=True)
class Bench:
    """Floor and hotline on one web server, beside their database."""

    floor: Subject
    hotline: Subject
    settings: Settings
    database_cpu_s: Callable[[], float]
    driver: Driver

    def measure(self, load: Load) -> Samples:
        """All rounds."""
        samples = Samples()
        for _ in range(load.rounds):
            counts = {FLOOR: load.floor, RING: load.rings, PRESS: load.rings, WHOLE: load.calls}
            for kind, count in counts.items():
                samples.by_kind[kind].append(self._sample(kind, count))
        return samples

    def _sample(self, kind: str, count: int) -> Sample:
        subject = self.floor if kind == FLOOR else self.hotline
        before, database_before = subject.cpu_s(), self.database_cpu_s()
        driven = self.driver.do(kind, count, subject, self.settings)
        requests = driven["requests"]
        return Sample(
            cpu_ms=(subject.cpu_s() - before) / requests * 1000,
            database_ms=(self.database_cpu_s() - database_before) / requests * 1000,
            per_s=requests / driven["seconds"],
            p50_ms=driven["p50_ms"],
            p99_ms=driven["p99_ms"],
        )
