"""Where each node of the flow is drawn: in layers from the top, ways that meet drawn as one line.

A way leads down; one that leads back up, or to the node itself, is left for the drawing to write
beside its node. Ways to one node that pass several layers share a line: a bend in each layer.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

WIDTH, HEIGHT = 168, 46
GAP, LAYER_GAP = 18, 62
BEND = 10
ROUNDS = 24

# A node has its name, a bend the name of the node that its line leads to and its layer.
Spot: TypeAlias = tuple[str, int | None]
Step: TypeAlias = tuple[Spot, Spot]


@dataclass(frozen=True)
class Layout:
    """The middle of each spot, the lines between them, and how large all of it is."""

    at: Mapping[Spot, tuple[float, float]]
    steps: tuple[Step, ...]
    back: frozenset[tuple[str, str]]
    width: float
    height: float


def laid_out(nodes: Sequence[str], ways: Iterable[tuple[str, str]]) -> Layout:
    """Places for all nodes; their order, which is the author's, says what leads down."""
    place = {name: position for position, name in enumerate(nodes)}
    every = list(dict.fromkeys(ways))
    back = {(source, target) for source, target in every if place[target] <= place[source]}
    down = [way for way in every if way not in back]
    layers = _layers(nodes, down)
    steps = list(dict.fromkeys(step for way in down for step in _steps(way, layers)))
    rows = _rows(nodes, layers, steps)
    _untangle(rows, steps)
    middle = _middles(rows, steps)
    at = {
        spot: (middle[spot], depth * (HEIGHT + LAYER_GAP) + HEIGHT / 2 + GAP)
        for depth, row in enumerate(rows)
        for spot in row
    }
    width = max(at[spot][0] + _size(spot) / 2 for spot in at) + GAP
    height = len(rows) * (HEIGHT + LAYER_GAP) - LAYER_GAP + 2 * GAP
    return Layout(at, tuple(steps), frozenset(back), width, height)


def _layers(nodes: Sequence[str], down: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Each node below all that lead to it; one that nothing leads to just above the next."""
    before, after = defaultdict(list), defaultdict(list)
    for source, target in down:
        before[target].append(source)
        after[source].append(target)
    layers: dict[str, int] = {}
    for name in nodes:
        layers[name] = max((layers[one] + 1 for one in before[name]), default=0)
    for name in nodes[1:]:
        if not before[name] and after[name]:
            layers[name] = min(layers[one] for one in after[name]) - 1
    return layers


def _steps(way: tuple[str, str], layers: Mapping[str, int]) -> list[Step]:
    source, target = way
    bends = [(target, depth) for depth in range(layers[source] + 1, layers[target])]
    spots: list[Spot] = [(source, None), *bends, (target, None)]
    return list(pairwise(spots))


def _rows(
    nodes: Sequence[str], layers: Mapping[str, int], steps: Iterable[Step]
) -> list[list[Spot]]:
    rows: list[list[Spot]] = [[] for _ in range(max(layers.values()) + 1)]
    for name in nodes:
        rows[layers[name]].append((name, None))
    for spot in dict.fromkeys(end for _, end in steps):
        if spot[1] is not None:
            rows[spot[1]].append(spot)
    return rows


def _untangle(rows: list[list[Spot]], steps: Sequence[Step]) -> None:
    """Order each row by the middle of what its spots are joined to, up and down in turn."""
    above, below = _neighbours(steps)
    for turn in range(ROUNDS):
        joined, order = (above, rows[1:]) if turn % 2 == 0 else (below, rows[-2::-1])
        rank = {spot: place for row in rows for place, spot in enumerate(row)}
        for row in order:
            wish = {spot: _mean([rank[one] for one in joined[spot]], rank[spot]) for spot in row}
            row.sort(key=wish.__getitem__)
            rank |= {spot: place for place, spot in enumerate(row)}


def _neighbours(steps: Sequence[Step]) -> tuple[dict[Spot, list[Spot]], dict[Spot, list[Spot]]]:
    above: dict[Spot, list[Spot]] = defaultdict(list)
    below: dict[Spot, list[Spot]] = defaultdict(list)
    for upper, lower in steps:
        above[lower].append(upper)
        below[upper].append(lower)
    return above, below


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _middles(rows: list[list[Spot]], steps: Sequence[Step]) -> dict[Spot, float]:
    """Side by side first, then each drawn towards what it is joined to, as far as there is room."""
    above, below = _neighbours(steps)
    middle: dict[Spot, float] = {}
    for row in rows:
        middle |= _packed(row, dict.fromkeys(row, 0.0))
    for turn in range(ROUNDS):
        for row in rows if turn % 2 == 0 else rows[::-1]:
            here = _mean([middle[spot] for spot in row if above[spot] or below[spot]], 0.0)
            wish = {
                spot: _mean([middle[one] for one in (*above[spot], *below[spot])], here)
                for spot in row
            }
            middle |= _packed(row, wish)
    left = min(middle[spot] - _size(spot) / 2 for spot in middle) - GAP
    return {spot: x - left for spot, x in middle.items()}


def _packed(row: Sequence[Spot], wish: Mapping[Spot, float]) -> dict[Spot, float]:
    """As near to their wishes as they fit: whoever would overlap stands together, in the middle."""
    offsets, edge = [], 0.0
    for spot in row:
        offsets.append(edge + _size(spot) / 2)
        edge += _size(spot) + GAP
    blocks: list[tuple[float, int]] = []
    for spot, offset in zip(row, offsets, strict=True):
        left, count = wish[spot] - offset, 1
        while blocks and blocks[-1][0] > left:
            before, members = blocks.pop()
            left = (before * members + left * count) / (members + count)
            count += members
        blocks.append((left, count))
    lefts = [left for left, count in blocks for _ in range(count)]
    return {spot: left + offset for spot, left, offset in zip(row, lefts, offsets, strict=True)}


def _size(spot: Spot) -> int:
    return WIDTH if spot[1] is None else BEND
