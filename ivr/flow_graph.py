"""The call flow as a graph: which node leads where, and by what."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ivr.flow_settings import Value
from ivr.nodes import (
    Action,
    AnyKey,
    AnyNode,
    Asking,
    Check,
    Digits,
    DynamicMenu,
    Flow,
    Go,
    Menu,
    Node,
    Playback,
    Queue,
    Record,
    Say,
)

RETURN = "_return"
Kind: TypeAlias = Literal[
    "key", "entry", "silence", "wrong", "next", "instead", "nobody", "closed", "rule"
]


@dataclass(frozen=True)
class Edge:
    """One way out of a node; `how` is told to people, `set` is what is remembered on the way."""

    source: str
    kind: Kind
    how: str
    target: str
    set: dict[str, Value]
    go: Go | None = None


def edges(flow: Flow) -> list[Edge]:
    """Every way out of every node, in the order of the file."""
    return [edge for node in flow.nodes.values() for edge in edges_of(node)]


def edges_of(node: AnyNode) -> Iterator[Edge]:
    """Every way out of one node, the global keys and the loop guard left aside."""
    for name, target in (
        ("when it is skipped", node.skip_next),
        ("when it cannot be asked", node.guard_else),
        ("when it was reached too often", node.max_visits_next),
    ):
        if target is not None:
            yield Edge(node.name, "instead", name, target, {})
    yield from _own_edges(node)
    if isinstance(node, Asking):
        yield _edge(node, "silence", "silence", node.on_no_input)
        if not isinstance(node, AnyKey):
            yield _edge(node, "wrong", "another key", node.on_no_match)


def _own_edges(node: AnyNode) -> Iterator[Edge]:
    match node:
        case Menu() | AnyKey() | DynamicMenu():
            for key, go in _choices(node).items():
                yield _edge(node, "key", key, go)
        case Digits():
            yield from _entries(node)
        case Queue():
            yield from _queue_edges(node)
        case Playback():
            yield Edge(node.name, "next", "it is there", node.next, {})
            yield _edge(node, "silence", "it does not come", node.on_missing)
        case _:
            yield from _steps(node)


def _choices(node: Menu | AnyKey | DynamicMenu) -> dict[str, Go]:
    if isinstance(node, AnyKey):
        return {"any key": node.any}
    if isinstance(node, DynamicMenu):
        return {"an option": node.on_option, f"key {node.last_key}": node.on_last}
    return {f"key {key}": option for key, option in node.options.items()}


def _steps(node: AnyNode) -> Iterator[Edge]:
    """The ways of a node that waits for no key."""
    if isinstance(node, Record | Action | Say):
        yield Edge(node.name, "next", "next", node.next, {})
    if isinstance(node, Record):
        yield Edge(node.name, "instead", "without consent", node.else_next, {})
        if node.review:
            yield Edge(node.name, "key", "the key that repeats", node.review, {})
    if isinstance(node, Check):
        for rule in node.rules:
            yield Edge(node.name, "rule", rule.when, rule.next, rule.set)
        yield Edge(node.name, "rule", "else", node.otherwise, {})


def _entries(node: Digits) -> Iterator[Edge]:
    for result, go in node.branch.items():
        yield _edge(node, "entry" if go.after_tries is None else "wrong", result, go)
    yield _edge(node, "key", "don't know", node.on_dont_know)
    if node.on_other_way is not None:
        yield _edge(node, "key", "another way", node.on_other_way)


def _queue_edges(node: Queue) -> Iterator[Edge]:
    for key, option in node.options.items():
        yield _edge(node, "key", f"key {key}", option)
    if node.any:
        yield _edge(node, "key", "any key", node.any)
    yield Edge(node.name, "nobody", "nobody answers", node.on_no_agent.next, {})
    yield _edge(node, "closed", "nobody on duty", node.on_closed)


def _edge(node: Node, kind: Kind, how: str, go: Go) -> Edge:
    return Edge(node.name, kind, how, go.next, go.set, go)


def doors(flow: Flow) -> dict[str, str]:
    """Where a call begins or may be sent from anywhere, by the name of the setting."""
    return {
        "start": flow.start,
        "person": flow.person,
        "after_talk": flow.after_talk,
        **({"after_talk_limit": flow.after_talk_limit} if flow.after_talk_limit else {}),
        "info.next": flow.info.next,
        "loop_guard.next": flow.loop_guard.next,
        "loop_guard.queue_next": flow.loop_guard.queue_next,
    }


def reached(
    flow: Flow,
    begin: Iterable[str],
    *,
    follow: Callable[[Edge], bool] = lambda _: True,
    stop: Callable[[AnyNode], bool] = lambda _: False,
) -> set[str]:
    """The nodes that can be reached from `begin`; nodes that `stop` are reached, not left."""
    found: set[str] = set()
    waiting = [name for name in begin if name in flow.nodes]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        node = flow.nodes[name]
        if not stop(node):
            waiting += [e.target for e in edges_of(node) if follow(e) and e.target in flow.nodes]
    return found


def rounds(flow: Flow, follow: Callable[[Edge], bool]) -> list[str]:
    """The first node of each way round and round that uses only edges to follow."""
    ahead = {}
    for name, node in flow.nodes.items():
        targets = [edge.target for edge in edges_of(node) if follow(edge)]
        ahead[name] = reached(flow, targets, follow=follow)
    firsts: list[str] = []
    for name, beyond in ahead.items():
        is_told = any(name in ahead[first] and first in beyond for first in firsts)
        if name in beyond and not is_told:
            firsts.append(name)
    return firsts
