"""Rules about hearing one's own message: it is offered aloud, and played by the menu after it."""

from collections.abc import Iterator
from typing import Final

from core.spoken import KEY_WORDS
from ivr.faults import Fault, FlowRule
from ivr.flow_graph import edges
from ivr.nodes import Flow, Menu, Playback, Record

STAR: Final = {lang: words["star"] for lang, words in KEY_WORDS.items()}


def reviews_that_play_nothing(flow: Flow) -> Iterator[Fault]:
    """A review waits for the recording, and a menu plays it."""
    for node in flow.nodes.values():
        after = flow.nodes.get(node.review) if isinstance(node, Record) and node.review else None
        if after is not None and not isinstance(after, Playback):
            yield Fault(node.name, "the review leads to no playback", "lead it to a playback")
        menu = flow.nodes.get(node.next) if isinstance(node, Playback) else None
        if menu is not None and not (isinstance(menu, Menu) and menu.plays):
            yield Fault(node.name, "plays nothing", "lead next to a menu with plays: true")


def menus_with_nothing_to_play(flow: Flow) -> Iterator[Fault]:
    """A menu that plays is reached from a playback only, which knows what to play."""
    for edge in edges(flow):
        menu, source = flow.nodes.get(edge.target), flow.nodes[edge.source]
        if isinstance(menu, Menu) and menu.plays and not isinstance(source, Playback):
            what = f'"{edge.how}" leads to "{menu.name}", which has nothing to play then'
            yield Fault(edge.source, what, "lead it to the playback before")


def reviews_unsaid(flow: Flow) -> Iterator[Fault]:
    """The key that ends a recording to hear it is named before the tone."""
    for node in flow.nodes.values():
        if not isinstance(node, Record) or not node.review:
            continue
        unsaid = [lang for lang, word in STAR.items() if word not in node.texts.get(lang, word)]
        if unsaid:
            what = f"the key to hear it first is not said: {', '.join(unsaid)}"
            yield Fault(node.name, what, "name star, or take review out")


RULES: tuple[FlowRule, ...] = (
    reviews_that_play_nothing,
    menus_with_nothing_to_play,
    reviews_unsaid,
)
