"""A flow as cards that people read and compare: what is said, where answers lead, settings."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from calls.flow_book import FlowCard, NodeCard, Way
from ivr.flow_graph import Edge, edges_of
from ivr.flow_texts import Piece, by_place
from ivr.nodes import AnyNode, Flow

OTHER_TEXT: Final = "text"
# What of a flow is neither a node nor said.
SETTINGS: Final = (
    *("default_language", "languages", "start", "person", "after_talk", "keys", "entry_keys"),
    *("info", "back", "timing", "repeats", "loop_guard", "longest", "priorities", "conflict"),
)
# What of a node its ways and texts tell already.
TOLD: Final = {
    *("name", "type", "texts", "tails", "options", "any", "branch", "pin_line", "agent_hears"),
    *("wait", "rules", "on_no_input", "on_no_match", "on_option", "on_last", "on_dont_know"),
    *("on_other_way", "on_missing", "on_closed"),
}


def card_of(flow: Flow) -> FlowCard:
    """The card of a flow."""
    places = by_place(flow)
    others = {
        name: NodeCard(name, OTHER_TEXT, _said(pieces))
        for name, pieces in places.items()
        if name not in flow.nodes
    }
    nodes = {name: _node(node, _said(places.get(name, []))) for name, node in flow.nodes.items()}
    whole = flow.model_dump(include=set(SETTINGS), exclude_none=True)
    return FlowCard(flow.version, nodes, others, _flat(whole))


def _node(node: AnyNode, said: Mapping[str, Mapping[str, str]]) -> NodeCard:
    rest = node.model_dump(exclude=TOLD, exclude_none=True, exclude_defaults=True)
    ways = tuple(_way(edge) for edge in edges_of(node))
    return NodeCard(node.name, node.type, said, ways, _flat(rest))


def _way(edge: Edge) -> Way:
    rest = dict(_flat(edge.set))
    if edge.go is not None:
        known = {"next", "label", "set"}
        rest |= _flat(edge.go.model_dump(exclude=known, exclude_none=True, exclude_defaults=True))
    told = ", ".join(f"{name} {value}" for name, value in rest.items())
    return Way(edge.kind, edge.how, getattr(edge.go, "label", ""), edge.target, told)


def _said(pieces: Iterable[Piece]) -> dict[str, Mapping[str, str]]:
    said: dict[str, Mapping[str, str]] = {}
    for piece in pieces:
        said[piece.part] = dict(piece.texts)
        for lang, tails in piece.tails.items():
            said[f"{lang}_tail"] = dict(tails)
    return said


def _flat(value: Any, path: str = "") -> dict[str, str]:
    """Every setting by its path, as text."""
    if isinstance(value, Mapping):
        flat: dict[str, str] = {}
        for name, inner in value.items():
            flat |= _flat(inner, f"{path}.{name}" if path else str(name))
        return flat
    if isinstance(value, list | tuple):
        return {path: ", ".join(map(str, value))} if value else {}
    return {path: str(value).lower() if isinstance(value, bool) else str(value)}
