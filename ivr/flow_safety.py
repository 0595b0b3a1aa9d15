"""Rules that keep callers safe, as far as the flow alone can break them (design.md §3a)."""

from collections.abc import Iterator
from typing import Final

from core.spoken import emergency_numbers, spoken_keys
from ivr.faults import Fault, FlowRule
from ivr.flow_graph import edges, edges_of, reached
from ivr.flow_settings import Value
from ivr.flow_shape import AT_ONCE
from ivr.flow_texts import accepted, pieces, speaks_emergency, takes_keys
from ivr.nodes import Action, AnyNode, Asking, Digits, End, Flow, Menu, Queue, Record, Say

CONSENT: Final = "recording_consent"
GRANTED_CALLBACKS: Final = ("this_number", "other_number")
NO_WINDOW: Final = "person_decides"
TELLING: Final = ("group", "danger", "quiet")


def numbers_where_keys_count(flow: Flow) -> Iterator[Fault]:
    """A child who hears "one six six nine" may press just that: never while keys are taken."""
    found: dict[tuple[str, str], None] = {}
    for piece in pieces(flow):
        if piece.takes_keys:
            spoken = [number for text in piece.spoken() for number in emergency_numbers(text)]
            found |= {(piece.place, number): None for number in spoken}
    for place, number in found:
        yield Fault(
            place,
            f"the emergency number {number} is spoken while keys are taken",
            "say it in a node of type say",
        )


def numbers_before_keys(flow: Flow) -> Iterator[Fault]:
    """After emergency numbers the next prompt is heard out before a key counts."""
    told = set()
    for name, node in flow.nodes.items():
        if takes_keys(node) or not speaks_emergency(flow, name):
            continue
        for target in sorted(_heard_next(flow, node)):
            after = flow.nodes[target]
            if _counts_at_once(after) and target not in told:
                told.add(target)
                yield Fault(
                    target,
                    f'a key counts at once, right after the emergency numbers of "{name}"',
                    "add listen_first: true",
                )


def _counts_at_once(node: AnyNode) -> bool:
    """Whether a key counts while this node speaks; a recording hears keys only afterwards."""
    if isinstance(node, Asking):
        return not node.listen_first
    return isinstance(node, Queue) and node.takes_keys


def _heard_next(flow: Flow, node: AnyNode) -> set[str]:
    """The nodes that may speak next: all ways of a say node, only the first step of a queue."""
    if isinstance(node, Queue):
        return {node.on_no_agent.next, node.on_closed.next} & flow.nodes.keys()
    if not isinstance(node, Say):
        return set()
    return reached(flow, [node.next], follow=lambda edge: edge.kind in AT_ONCE)


def danger_before_news(flow: Flow) -> Iterator[Fault]:
    """What a story says to every caller waits until the key for danger was named (§3a.3)."""
    start = flow.nodes.get(flow.start)
    if not flow.front or not isinstance(start, Menu):
        return
    dangers = {key for key, option in start.options.items() if _is_danger(flow, option.next)}
    for lang in flow.whole_languages():
        keys = spoken_keys(flow.front.get(lang, ""), lang)
        if not keys or not keys <= dangers & (accepted(start) or frozenset()):
            yield Fault(
                "front",
                f"{lang} does not name the key for danger, and that key alone",
                f"name the key of {flow.start} that leads to danger",
            )


def _is_danger(flow: Flow, name: str) -> bool:
    node = flow.nodes.get(name)
    return node is not None and node.set.get("danger") is True


def recording_without_consent(flow: Flow) -> Iterator[Fault]:
    """Nothing is recorded without a yes (design.md §3a.4)."""
    for node in flow.nodes.values():
        if isinstance(node, Record) and node.needs != CONSENT:
            yield Fault(node.name, "records without a yes", f"add needs: {CONSENT}")


def granted_without_a_key(flow: Flow) -> Iterator[Fault]:
    """Recording, callback and window are granted by the key of a menu only (design.md §3a.1, 2)."""
    for node in flow.nodes.values():
        for fact, value in node.set.items():
            if grants(fact, value):
                yield _granted(node.name, f"arriving here sets {fact}", fact)
    for edge in edges(flow):
        by_menu = edge.kind == "key" and isinstance(flow.nodes[edge.source], Menu)
        for fact, value in edge.set.items():
            if grants(fact, value) and not by_menu:
                yield _granted(edge.source, f'"{edge.how}" sets {fact}', fact)


def grants(fact: str, value: Value) -> bool:
    """Whether this answer permits something that only a pressed key may permit."""
    if fact == CONSENT:
        return value is not False
    if fact == "callback":
        return value in GRANTED_CALLBACKS
    return fact == "callback_window" and value != NO_WINDOW


def _granted(place: str, how: str, fact: str) -> Fault:
    return Fault(place, f"{how}, which only the key of a menu may", f"set {fact} by a menu's key")


def asked_to_speak_in_quiet(flow: Flow) -> Iterator[Fault]:
    """Whoever cannot speak is asked for keys alone, in words of their own (design.md §3a.3)."""
    for node in flow.nodes.values():
        if not isinstance(node, Digits) or node.hears is None or "quiet" in node.skip_when:
            continue
        lacking = [one for one in flow.whole_languages() if f"{one}_quiet" not in node.texts]
        if lacking:
            what = f"asks who cannot speak to say something: {', '.join(lacking)}"
            yield Fault(node.name, what, "add texts for quiet, or skip it when quiet")


def ends_unsaved(flow: Flow) -> Iterator[Fault]:
    """After a key that tells a group, a danger or "cannot speak" no way ends before a save."""
    begin = [edge.target for edge in edges(flow) if tells(edge.set)]
    begin += [name for name, node in flow.nodes.items() if tells(node.set)]
    unsaved = reached(flow, begin, stop=saves)
    ends = {name for name, node in flow.nodes.items() if isinstance(node, End)}
    for name in flow.nodes:
        if name not in unsaved or saves(flow.nodes[name]):
            continue
        ways = {edge.target for edge in edges_of(flow.nodes[name])} & ends
        for target in sorted(ways):
            yield Fault(
                name,
                f'the call can end at "{target}" without a save after a key that told something',
                "lead through an action that saves",
            )


def tells(values: dict[str, Value]) -> bool:
    """Whether these answers make the call a case."""
    return any(fact in values for fact in TELLING)


def saves(node: AnyNode) -> bool:
    """Whether the case is written at this node."""
    if isinstance(node, Action):
        return node.action == "save"
    return isinstance(node, Queue) and node.save_first


RULES: tuple[FlowRule, ...] = (
    numbers_where_keys_count,
    numbers_before_keys,
    danger_before_news,
    recording_without_consent,
    granted_without_a_key,
    asked_to_speak_in_quiet,
    ends_unsaved,
)
