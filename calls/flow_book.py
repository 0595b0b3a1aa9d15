"""What the console may know and do about call flows, which only the telephone's door can read.

The two doors never import each other: the application gives the book here when it starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from calls.flow_models import FlowRelease


@dataclass(frozen=True)
class Way:
    """One way out of a node: `kind` and `how` tell by what, `label` what the answer is called.

    `rest` is what else belongs to it: tries, what is remembered and forgotten.
    """

    kind: str
    how: str
    label: str
    target: str
    rest: str


@dataclass(frozen=True)
class NodeCard:
    """A node, or another place where something is said; `said` is by part and language.

    `settings` is all else that the flow's file says of it, by name.
    """

    name: str
    type: str
    said: Mapping[str, Mapping[str, str]]
    ways: tuple[Way, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FlowCard:
    """One version of the flow as people read it: nodes in the order of the file, other texts."""

    version: str
    nodes: Mapping[str, NodeCard]
    others: Mapping[str, NodeCard]
    settings: Mapping[str, str]


class FlowBook(Protocol):
    """All flows that can be looked at, and the way back to an earlier one."""

    def built_in(self) -> str:
        """The version that comes with this software."""

    def card(self, session: Session, version: str) -> FlowCard | None:
        """One version; None where it was never kept, or this software cannot read it."""

    def drawn(
        self,
        session: Session,
        version: str,
        language: str,
        *,
        title: str,
        stuck: Mapping[str, str],
        to: str,
        scale: float,
    ) -> str | None:
        """One version drawn as SVG (ivr.drawing); None as for a card."""

    def restore(
        self, session: Session, number: int, *, base: int, by: str, note: str, now: datetime
    ) -> FlowRelease:
        """Put an earlier release in force again, the built-in flow for 0; else FlowRefused.

        `base` is the newest release that the person has seen, 0 for none.
        """


_book: list[FlowBook] = []


def open_book(book: FlowBook) -> None:
    """Give the book of this process."""
    _book[:] = [book]


def current_book() -> FlowBook:
    """The book that the application gave."""
    return _book[0]
