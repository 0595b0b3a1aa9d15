"""Connection overrides: how a webhook's URL asks for time and for retries.

https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl

CEILING_S = 15.0
_RANGES = {"ct": (100, 10000), "rt": (100, 15000), "tt": (100, 15000), "rc": (0, 5)}
_POLICIES = {"4xx", "5xx", "ct", "rt", "all"}


@dataclass(frozen=True)
class Overrides:
    """Seconds for connecting, reading and all tries together; how often and why to retry."""

    connect_s: float = 5.0
    read_s: float = 15.0
    total_s: float = CEILING_S
    retries: int = 1
    causes: frozenset[str] = frozenset({"ct"})

    def retries_after(self, failure: str | None) -> bool:
        """Whether this kind of failure is tried again; half an answer never is."""
        if failure in (None, "partial"):
            return False
        return "all" in self.causes or failure in self.causes


def read_overrides(fragment: str) -> tuple[Overrides, list[str]]:
    """Read the fragment of a URL; return also what is wrong with it (then the default holds)."""
    pairs = dict(parse_qsl(fragment))
    wrong = [key for key in _RANGES if key in pairs and not _in_range(key, pairs[key])]
    numbers = {k: int(pairs[k]) for k in _RANGES if k in pairs and k not in wrong}
    causes = frozenset(pairs.get("rp", "ct").split(","))
    if not causes <= _POLICIES:
        wrong, causes = [*wrong, "rp"], frozenset({"ct"})
    wrong += [key for key in pairs if key not in {*_RANGES, "rp", "e", "sni"}]
    found = Overrides(
        connect_s=numbers.get("ct", 5000) / 1000,
        read_s=numbers.get("rt", 15000) / 1000,
        total_s=numbers.get("tt", 15000) / 1000,
        retries=numbers.get("rc", 1),
        causes=causes,
    )
    return found, wrong


def _in_range(key: str, value: str) -> bool:
    low, high = _RANGES[key]
    return value.isdigit() and low <= int(value) <= high
