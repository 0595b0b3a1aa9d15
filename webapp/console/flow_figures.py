"""The figures of the call flow as a page shows them: each node, and where callers get stuck."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from calls.flow_book import FlowCard, NodeCard
from calls.node_counts import NodeFigures

PERIODS: Final = (7, 30)
# Fewer calls say nothing about a node: it is not called a place where callers get stuck.
LEAST_CALLS: Final = 10
MOST_STUCK: Final = 5
# Nobody hears these: they ask nothing and say nothing.
UNHEARD: Final = ("check", "action")


@dataclass(frozen=True)
class NodeLine:
    """One node with its figures; shares are of the calls that came, in whole per cent."""

    card: NodeCard
    figures: NodeFigures

    @property
    def shares(self) -> dict[str, int]:
        """How many of a hundred calls pressed wrongly, stayed silent, gave up here."""
        met = {name: getattr(self.figures, name) for name in ("wrong", "silent", "gave_up")}
        return {name: round(100 * count / max(self.figures.came, 1)) for name, count in met.items()}

    @property
    def trouble(self) -> float:
        """How hard this node is: what a call could do wrong here, for each call that came."""
        figures = self.figures
        return (figures.wrong + figures.silent + figures.gave_up) / max(figures.came, 1)


def first_day(today: date, days: int) -> date:
    """From when a period of so many days counts, today being the last."""
    return today - timedelta(days=days - 1)


def node_lines(card: FlowCard, figures: Mapping[str, NodeFigures]) -> list[NodeLine]:
    """Every node that callers hear, in the order of the flow."""
    heard = (node for node in card.nodes.values() if node.type not in UNHEARD)
    return [NodeLine(node, figures.get(node.name, NodeFigures())) for node in heard]


def where_stuck(lines: Iterable[NodeLine]) -> list[NodeLine]:
    """The nodes that callers find hardest, the worst first."""
    hard = [one for one in lines if one.figures.came >= LEAST_CALLS and one.trouble > 0]
    return sorted(hard, key=lambda line: -line.trouble)[:MOST_STUCK]
