"""The call flow as a picture and as a page: Mermaid text, and docs/call-flow.md."""

from collections.abc import Iterator

from core.processes import ROOT
from ivr.flow_graph import RETURN, Edge, edges_of
from ivr.flow_texts import PROMPT, pieces_of
from ivr.nodes import AnyNode, Flow

PAGE = ROOT / "docs" / "call-flow.md"
SHAPES = {
    "queue": ("[[", "]]"),
    "check": ("{", "}"),
    "record": ("[/", "/]"),
    "action": ("[(", ")]"),
    "end": ("([", "])"),
}
DOES = {
    "menu": "asks for one key",
    "any_key": "asks for any key",
    "dynamic_menu": "asks to choose one of the districts of the postal code",
    "digits": "asks for a number",
    "hears": "asks for a number, or listens to the name of a place",
    "record": "records, after a yes",
    "playback": "waits until what was recorded can be played",
    "queue": "rings people on duty",
    "action": "saves the case",
    "withdraw": "takes the recording back",
    "say": "speaks, takes no key",
    "check": "asks nothing: the first condition that holds",
    "end": "speaks and hangs up",
}
DOTTED = ("silence", "wrong", "instead")
HEAD = """# The call flow

What a caller hears, and where each answer leads. Made from `ivr/flows/hotline.yaml` by
`./hotline ivr diagram --write`; change the flow, not this page. The keys of every menu: * hears
it again, 0 rings a person, 9 goes back, # tells more. While a number is entered: * is "don't
know", ** rings a person. What is said there is read back and counts only after a key.
"""


def mermaid(flow: Flow) -> str:
    """The flow as a Mermaid flowchart; dotted lines are silence, wrong keys and passing over."""
    lines = ["flowchart TD"]
    for name, node in flow.nodes.items():
        left, right = SHAPES.get(node.type, ("[", "]"))
        lines.append(f'  {_id(name)}{left}"{name}"{right}')
    for node in flow.nodes.values():
        lines += [_arrow(edge) for edge in edges_of(node) if edge.target != RETURN]
    return "\n".join(lines) + "\n"


def _id(name: str) -> str:
    """A name that is no word of Mermaid's own, such as "end"."""
    return f"n_{name}"


def _arrow(edge: Edge) -> str:
    arrow = "-.->" if edge.kind in DOTTED else "-->"
    return f'  {_id(edge.source)} {arrow}|"{_label(edge)}"| {_id(edge.target)}'


def _label(edge: Edge) -> str:
    label = getattr(edge.go, "label", "")
    return edge.how if label in ("", "any") else f"{edge.how}: {label}"


def page(flow: Flow) -> str:
    """docs/call-flow.md: the picture, then a section for each node."""
    picture = f"```mermaid\n{mermaid(flow)}```\n"
    sections = ["\n".join(_section(flow, node)) for node in flow.nodes.values()]
    return "\n".join([HEAD, picture, *sections])


def _section(flow: Flow, node: AnyNode) -> Iterator[str]:
    yield f"## {node.name}"
    yield ""
    kind = "hears" if getattr(node, "hears", None) else getattr(node, "action", node.type)
    does = DOES.get(kind, DOES[node.type])
    yield f"{does.capitalize()}."
    yield ""
    for piece in pieces_of(node):
        part = "" if piece.part == PROMPT else f" ({piece.part})"
        yield from (f"- **{lang}**{part} {text}" for lang, text in piece.texts.items())
        if piece.part == PROMPT:
            tails = {text for texts in piece.tails.values() for text in texts.values()}
            yield from (f"- then {text}" for text in sorted(tails))
    ways = list(edges_of(node))
    if ways:
        yield ""
        yield "| answer | tries | remembers | goes to |"
        yield "|---|---|---|---|"
        yield from (_row(edge) for edge in ways)
    yield ""


def _row(edge: Edge) -> str:
    tries = str(edge.go.after_tries or "") if edge.go else ""
    known = ", ".join(f"{fact} = {value}" for fact, value in edge.set.items())
    if edge.go and edge.go.forget:
        known = "; ".join(filter(None, [known, f"forgets {', '.join(edge.go.forget)}"]))
    if edge.go and edge.go.keep:
        added = ", ".join(f"{one} to {several}" for one, several in edge.go.keep.items())
        known = "; ".join(filter(None, [known, f"adds {added}"]))
    target = (
        "back to the question before"
        if edge.target == RETURN
        else f"[{edge.target}](#{edge.target})"
    )
    return f"| {_label(edge)} | {tries} | {known} | {target} |"
