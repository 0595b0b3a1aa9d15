"""What a check of the call flow reports: where, what is wrong, and how to mend it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ivr.nodes import Flow


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong; `place` is a node's name or the path of a setting."""

    place: str
    what: str
    how_to_mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}. To mend it: {self.how_to_mend}."


FlowRule: TypeAlias = Callable[[Flow], Iterator[Fault]]
