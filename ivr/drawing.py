"""The call flow as a drawing (SVG), for a page and for a file of its own."""

import unicodedata
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from ivr.flow_graph import RETURN, Edge, edges
from ivr.layout import HEIGHT, WIDTH, Layout, Spot, laid_out
from ivr.nodes import AnyNode, Flow

SVG: Final = "http://www.w3.org/2000/svg"
LONGEST_WORDS: Final = 26
MOST_BACK: Final = 2
INK, SOFT, LINE = "#16232c", "#4a5a66", "#6b7b87"
FILLS: Final = {
    "queue": "#e4eef5",
    "record": "#fff3dc",
    "playback": "#fff3dc",
    "end": "#e3f4ea",
    "check": "#f4f6f8",
    "action": "#f4f6f8",
}
STUCK: Final = {"fill": "#fdecec", "stroke": "#9b1c1c", "stroke-width": "3"}
# Silence, a wrong key, a question that is passed over: the way of those who did not answer.
UNSAID: Final = ("silence", "wrong", "instead")


def drawing(
    flow: Flow,
    language: str,
    *,
    title: str,
    stuck: Mapping[str, str] | None = None,
    to: str = "",
    scale: float = 1,
) -> str:
    """The flow with the beginning of what each node says; the `stuck` ones stand out.

    Each of those bears its text (a share, say). `to` is the address of a node's own page, with
    "{}" for its name; without one nothing leads anywhere. Silence and wrong keys that lead to a
    person, as nearly all do, are not drawn.
    """
    ways = [edge for edge in edges(flow) if not _is_usual(flow, edge) and edge.target != RETURN]
    layout = laid_out(list(flow.nodes), ((one.source, one.target) for one in ways))
    root = _root(layout, title, scale)
    _draw_lines(root, layout, ways)
    for node in flow.nodes.values():
        back = [target for source, target in sorted(layout.back) if source == node.name]
        x, y = layout.at[node.name, None]
        holder = _holder(root, node.name, to)
        if node.name == flow.start:
            holder.set("id", "start")
        _draw_node(holder, node, x, y, _words(node, language), (stuck or {}).get(node.name))
        _draw_back(root, back, x, y)
    return ET.tostring(root, encoding="unicode")


def _is_usual(flow: Flow, edge: Edge) -> bool:
    return edge.kind in ("silence", "wrong") and edge.target == flow.person


def _root(layout: Layout, title: str, scale: float) -> ET.Element:
    width, height = f"{layout.width:.0f}", f"{layout.height:.0f}"
    root = ET.Element(
        "svg",
        {
            "xmlns": SVG,
            "viewBox": f"0 0 {width} {height}",
            "width": f"{layout.width * scale:.0f}",
            "height": f"{layout.height * scale:.0f}",
            "role": "group",
            "aria-label": title,
            "font-family": "Sarabun, 'Noto Sans Thai', Loma, sans-serif",
        },
    )
    ET.SubElement(root, "rect", {"width": width, "height": height, "fill": "#ffffff"})
    return root


def _draw_lines(root: ET.Element, layout: Layout, ways: list[Edge]) -> None:
    said: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in ways:
        said[edge.source, edge.target].append(edge)
    group = ET.SubElement(root, "g", {"fill": "none", "stroke": LINE, "stroke-width": "1.5"})
    for upper, lower in layout.steps:
        first = said.get((upper[0], lower[0]), []) if upper[1] is None else []
        is_unsaid = bool(first) and all(edge.kind in UNSAID for edge in first)
        line = {"d": _curve(layout, upper, lower)}
        ET.SubElement(group, "path", line | ({"stroke-dasharray": "4 4"} if is_unsaid else {}))
    _draw_keys(root, layout, said)


def _curve(layout: Layout, upper: Spot, lower: Spot) -> str:
    x, y = layout.at[upper]
    to_x, to_y = layout.at[lower]
    y += HEIGHT / 2
    # Through a bend the line goes straight down, at a node it ends above the box.
    end = to_y - HEIGHT / 2
    half = (y + end) / 2
    tail = f" L{to_x:.0f} {to_y + HEIGHT / 2:.0f}" if lower[1] is not None else ""
    return f"M{x:.0f} {y:.0f} C{x:.0f} {half:.0f} {to_x:.0f} {half:.0f} {to_x:.0f} {end:.0f}{tail}"


def _draw_keys(
    root: ET.Element, layout: Layout, said: Mapping[tuple[str, str], list[Edge]]
) -> None:
    """The keys of a way, where its line leaves the node."""
    group = ET.SubElement(root, "g", {"font-size": "12", "fill": INK, "text-anchor": "middle"})
    for upper, lower in layout.steps:
        if upper[1] is not None:
            continue
        found = said.get((upper[0], lower[0]), [])
        keys = " ".join(edge.how.removeprefix("key ") for edge in found if edge.kind == "key")
        if keys:
            x, y = layout.at[upper]
            to_x, _ = layout.at[lower]
            place = {"x": f"{x + (to_x - x) * 0.3:.0f}", "y": f"{y + HEIGHT / 2 + 22:.0f}"}
            halo = {"paint-order": "stroke", "stroke": "#ffffff", "stroke-width": "4"}
            ET.SubElement(group, "text", place | halo).text = keys


def _holder(root: ET.Element, name: str, to: str) -> ET.Element:
    if not to:
        return ET.SubElement(root, "g")
    # The list of nodes beside the drawing has the same links for the keyboard.
    return ET.SubElement(root, "a", {"href": to.replace("{}", name), "tabindex": "-1"})


def _draw_node(
    holder: ET.Element, node: AnyNode, x: float, y: float, words: str, told: str | None
) -> None:
    left, top = x - WIDTH / 2, y - HEIGHT / 2
    box = {
        "x": f"{left:.0f}",
        "y": f"{top:.0f}",
        "width": str(WIDTH),
        "height": str(HEIGHT),
        "rx": str(HEIGHT // 2 if node.type == "end" else 6),
        "fill": FILLS.get(node.type, "#ffffff"),
        "stroke": INK,
    }
    if node.type in ("check", "action"):
        box |= {"stroke": LINE, "stroke-dasharray": "3 3"}
    ET.SubElement(holder, "rect", box | (STUCK if told else {}))
    middle = {"x": f"{x:.0f}", "text-anchor": "middle"}
    name = middle | {"y": f"{y - (4 if words else -5):.0f}", "font-size": "14", "fill": INK}
    ET.SubElement(holder, "text", name | {"font-weight": "700"}).text = node.name
    if words:
        line = middle | {"y": f"{y + 15:.0f}", "font-size": "12", "fill": SOFT}
        ET.SubElement(holder, "text", line).text = words
    if told:
        mark = {"x": f"{left + WIDTH:.0f}", "y": f"{top - 5:.0f}", "text-anchor": "end"}
        colour = {"font-size": "13", "font-weight": "700", "fill": "#9b1c1c"}
        ET.SubElement(holder, "text", mark | colour).text = told


def _draw_back(root: ET.Element, names: list[str], x: float, y: float) -> None:
    """Ways that lead up again: written, for their lines would cross everything."""
    if names:
        place = {"x": f"{x - WIDTH / 2:.0f}", "y": f"{y + HEIGHT / 2 + 12:.0f}"}
        line = ET.SubElement(root, "text", place | {"font-size": "11", "fill": SOFT})
        more = f" +{len(names) - MOST_BACK}" if len(names) > MOST_BACK else ""
        line.text = f"↑ {', '.join(names[:MOST_BACK])}{more}"


def _words(node: AnyNode, language: str) -> str:
    """The beginning of what is said; no vowel or tone mark is parted from its letter."""
    text = node.texts.get(language, "")
    if len(text) <= LONGEST_WORDS:
        return text
    end = LONGEST_WORDS
    while unicodedata.category(text[end]) in ("Mn", "Mc") or text[end] in "ะาำๅ":
        end -= 1
    return f"{text[:end].rstrip()}…"
