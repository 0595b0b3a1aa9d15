"""Chance by seed: each thing draws from a stream of its own, so that one more draw here does not
change everything there."""

import hashlib
import random
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from unittest.mock import patch

T = TypeVar("T")


@dataclass(frozen=True)
class Chance:
    """The streams of one seed."""

    seed: int

    def of(self, *names: object) -> random.Random:
        """The stream of one thing, always the same for the same names."""
        text = "|".join(map(str, (self.seed, *names)))
        return random.Random(hashlib.sha256(text.encode()).digest())

    def pick(self, weights: Mapping[T, float], *names: object) -> T:
        """One of several by weight."""
        return picked(weights, self.of(*names))

    @contextmanager
    def dice(self) -> Iterator[None]:
        """What the product draws at random (references, the jitter of a wait) follows the seed."""
        stream = self.of("dice")
        with patch.object(secrets, "randbelow", stream.randrange):
            yield


def picked(weights: Mapping[T, float], stream: random.Random) -> T:
    """One of several by weight."""
    things: Sequence[T] = tuple(weights)
    return stream.choices(things, weights=tuple(weights.values()))[0]
