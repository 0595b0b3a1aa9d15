"""Rules about the ways of a flow: names that exist, nodes that are reached, no way round."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from ivr.conditions import CONDITIONS
from ivr.entries import RESULTS
from ivr.faults import Fault, FlowRule
from ivr.flow_graph import RETURN, Edge, doors, edges, reached, rounds
from ivr.hearing import HEARD
from ivr.nodes import Check, Digits, DynamicMenu, Flow, Menu, Queue, Record

MOST_KEYS: Final = 5
NEEDED_ERRORS: Final = (
    "no_input",
    "no_match",
    "too_many",
    "system",
    "call_long",
    "call_over",
    "loop",
)
AT_ONCE: Final = ("next", "rule", "instead", "closed")


def unknown_targets(flow: Flow) -> Iterator[Fault]:
    """Every way leads to a node that exists."""
    ways = [(name, name, target) for name, target in doors(flow).items()]
    ways += [(edge.source, edge.how, edge.target) for edge in edges(flow)]
    ways += [("announce.first_of", name, name) for name in flow.announce.first_of]
    for place, how, target in ways:
        if target not in flow.nodes and target != RETURN:
            yield Fault(
                place,
                f'"{how}" leads to "{target}", which is no node',
                "write the name of a node, or add the node",
            )


def unreached_nodes(flow: Flow) -> Iterator[Fault]:
    """Every node can be reached; left unsaid while a target is unknown, which may be the cause."""
    if any(unknown_targets(flow)):
        return
    for name in flow.nodes.keys() - reached(flow, doors(flow).values()):
        yield Fault(name, "no way leads here", "lead a key or an exit here, or take the node out")


def half_exits(flow: Flow) -> Iterator[Fault]:
    """A condition for passing a node over comes with the node to go on at, and the other way."""
    for node in flow.nodes.values():
        for first, second, one, other in (
            ("skip_when", "skip_next", node.skip_when, node.skip_next),
            ("guard", "guard_else", node.guard, node.guard_else),
        ):
            if bool(one) != bool(other):
                missing, there = (second, first) if one else (first, second)
                yield Fault(node.name, f"{there} without {missing}", f"add {missing}")


def ways_round(flow: Flow) -> Iterator[Fault]:
    """Silence, wrong keys and nodes that ask nothing lead to an end, not round and round.

    A queue is no part of a round: the loop guard counts its visits and leads on to queue_next.
    """
    told: set[str] = set()
    for what, kinds in (
        ("goes round and round without asking anything", AT_ONCE),
        ("a silent caller goes round and round from here", (*AT_ONCE, "silence")),
        ("wrong keys lead round and round from here", (*AT_ONCE, "wrong")),
    ):
        for name in rounds(flow, partial(_leads_on, flow, kinds)):
            if name not in told:
                yield Fault(name, what, "let one of these exits lead to a person or to an end")
            told.add(name)


def _leads_on(flow: Flow, kinds: tuple[str, ...], edge: Edge) -> bool:
    return edge.kind in kinds and not isinstance(flow.nodes[edge.source], Queue)


def guard_that_returns(flow: Flow) -> Iterator[Fault]:
    """Where people were rung in vain too often, the way leads to an end past every queue."""
    beyond = reached(flow, [flow.loop_guard.queue_next], follow=lambda e: e.kind in AT_ONCE)
    for name in sorted(beyond):
        if isinstance(flow.nodes[name], Queue):
            yield Fault(
                "loop_guard.queue_next",
                f'leads to the queue "{name}" again',
                "lead to a node that saves and says goodbye",
            )


def too_many_keys(flow: Flow) -> Iterator[Fault]:
    """At most five numbered keys, none of them a key that means the same everywhere."""
    shared = {flow.keys.repeat, flow.keys.person, flow.keys.back, flow.keys.info}
    for node in flow.nodes.values():
        keys = set(node.options) if isinstance(node, Menu | Queue) else set()
        if isinstance(node, DynamicMenu):
            keys = {str(number) for number in range(1, node.max_options + 1)} | {node.last_key}
        if len(keys) > MOST_KEYS:
            yield Fault(node.name, f"{len(keys)} keys to choose from", "split it into two menus")
        for key in sorted(keys & shared):
            yield Fault(node.name, f"key {key} is a key of every menu", "take another number")


def unknown_conditions(flow: Flow) -> Iterator[Fault]:
    """Every condition that is named has a meaning."""
    known = "take one of: " + ", ".join(sorted(CONDITIONS))
    for place, name in _conditions(flow):
        if name not in CONDITIONS:
            yield Fault(place, f'no condition is called "{name}"', known)


def _conditions(flow: Flow) -> Iterator[tuple[str, str]]:
    yield "info.not_when", flow.info.not_when
    yield "back.not_when", flow.back.not_when
    for node in flow.nodes.values():
        names = [*node.skip_when, *([node.guard] if node.guard else [])]
        names += [rule.when for rule in node.rules] if isinstance(node, Check) else []
        names += [node.needs] if isinstance(node, Record) else []
        yield from ((node.name, name) for name in names)


def unknown_results(flow: Flow) -> Iterator[Fault]:
    """Numbers and words are judged by known rules, and each of their results has a branch."""
    for node in flow.nodes.values():
        if not isinstance(node, Digits):
            continue
        judged = {node.rule: RESULTS.get(node.rule)}
        judged |= {node.hears: HEARD.get(node.hears)} if node.hears else {}
        missing = [rule for rule, results in judged.items() if results is None]
        for rule in missing:
            known = ", ".join(sorted(RESULTS if rule == node.rule else HEARD))
            yield Fault(node.name, f'no rule is called "{rule}"', f"take one of: {known}")
        if not missing:
            yield from _wrong_branches(node, {rule: told or () for rule, told in judged.items()})


def _wrong_branches(node: Digits, judged: Mapping[str, Iterable[str]]) -> Iterator[Fault]:
    results = {result for told in judged.values() for result in told}
    rules = " and ".join(judged)
    for name in sorted(node.branch.keys() - results):
        yield Fault(
            node.name,
            f'{rules} never says "{name}"',
            f"take the branch out, or name it after one of: {', '.join(sorted(results))}",
        )
    if node.branch.keys() <= results:
        for rule, told in judged.items():
            for name in sorted(set(told) - node.branch.keys()):
                yield Fault(node.name, f'nothing follows when {rule} says "{name}"', "add it")


def unknown_names(flow: Flow) -> Iterator[Fault]:
    """Errors, priorities and languages that are named exist."""
    for name in NEEDED_ERRORS:
        if name not in flow.errors:
            yield Fault(f"errors.{name}", "there is no such text", "add it in every language")
    for edge in edges(flow):
        said = edge.go.say if edge.go else None
        if said and said not in (*flow.errors, *NEEDED_ERRORS):
            yield Fault(edge.source, f'no error text is called "{said}"', f"add errors.{said}")
    for node in flow.nodes.values():
        if node.priority and node.priority not in flow.priorities:
            known = ", ".join(flow.priorities)
            yield Fault(node.name, f'no priority is called "{node.priority}"', f"take: {known}")


def missing_labels(flow: Flow) -> Iterator[Fault]:
    """Each key has a label: it is what the answer is called in records."""
    for node in flow.nodes.values():
        if isinstance(node, Menu | Queue):
            for key, option in node.options.items():
                if "label" not in option.model_fields_set:
                    yield Fault(node.name, f"key {key} has no label", "add a label to the option")


RULES: tuple[FlowRule, ...] = (
    unknown_targets,
    unreached_nodes,
    half_exits,
    ways_round,
    guard_that_returns,
    too_many_keys,
    unknown_conditions,
    unknown_results,
    unknown_names,
    missing_labels,
)
