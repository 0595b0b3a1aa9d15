"""How two versions of the call flow differ: nodes, what they say, where answers lead, settings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from calls.flow_book import FlowCard, NodeCard
from webapp.console.flow_words import part_word, way_word
from webapp.console.language import gettext, marked

KINDS = {"added": marked("added"), "removed": marked("removed"), "changed": marked("changed")}


@dataclass(frozen=True)
class NodeChange:
    """One node that differs: what was and what is, by what it concerns."""

    name: str
    kind: str
    parts: tuple[tuple[str, str, str], ...]

    @property
    def kind_word(self) -> str:
        """Added, removed or changed, in the reader's language."""
        return gettext(KINDS[self.kind])


def differences(old: FlowCard, new: FlowCard) -> list[NodeChange]:
    """Nodes in the order of the new version and then those that are gone, other texts, settings."""
    changes = [*_between(old.nodes, new.nodes), *_between(old.others, new.others)]
    parts = tuple(_parts(dict(old.settings), dict(new.settings)))
    if parts:
        changes.append(NodeChange(gettext("Settings of the flow"), "changed", parts))
    return changes


def _between(old: Mapping[str, NodeCard], new: Mapping[str, NodeCard]) -> Iterator[NodeChange]:
    for name in [*new, *(name for name in old if name not in new)]:
        before, after = _told(old.get(name)), _told(new.get(name))
        kind = "added" if name not in old else "removed" if name not in new else "changed"
        parts = tuple(_parts(before, after))
        if parts or kind != "changed":
            yield NodeChange(name, kind, parts)


def _parts(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for label in [*new, *(label for label in old if label not in new)]:
        before, after = old.get(label, ""), new.get(label, "")
        if before != after:
            yield label, before, after


def _told(card: NodeCard | None) -> dict[str, str]:
    """All that a node is, each under the name that a reader knows it by."""
    if card is None:
        return {}
    told = {
        f"{part_word(part)} ({language})": text
        for part, texts in card.said.items()
        for language, text in texts.items()
    }
    for way in card.ways:
        told[way_word(way)] = f"→ {way.target}" + (f" ({way.rest})" if way.rest else "")
    return told | dict(card.settings)
