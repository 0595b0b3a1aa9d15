"""A generated walk over every way of the flow, each document checked on the way.

The walk presses every key, every global key, a wrong key, nothing, and every kind of entry at every
node, with people who answer, people who do not and nobody there, with a number shown and withheld.
"""

import json
from collections import deque
from collections.abc import Iterator

import pytest

from ivr.conditions import holds
from ivr.flow_graph import RETURN, edges
from ivr.nodes import Asking, Digits, DynamicMenu, Menu, Playback, Queue, Record
from ivr.turns import Reply, State
from tests.ivr.documents import FLOW
from tests.ivr.made_up_world import NEVER, REFERENCE, SAID, Person, World
from tests.ivr.phone import CALLER, Phone

ENTRIES = {
    "known_postal_code": ("99110", "99120", "99999"),
    "further_postal_code": ("99110", "99120", "99999"),
    "known_school_code": ("99010042#", "99010043#"),
    "reference_check_digit": (REFERENCE, "123456789"),
    "case_pin": ("7315", "1111"),
    "thai_dialable_not_premium": ("0810000456", "1900123456"),
    "pin_not_too_easy": ("5924", "1234"),
}
WRONG_KEY = "8"
# Who cannot speak is never in the urgent queue; the rule stands should a new way lead there.
UNWALKED = [("urgent_callback_gate", "quiet_callback")]


class Followed(dict):
    """The nodes of a flow, noting which one is looked up after which."""

    def __init__(self, nodes):
        super().__init__(nodes)
        self.trail = []

    def __getitem__(self, name):
        self.trail.append(name)
        return super().__getitem__(name)

    def pairs(self):
        return set(zip(self.trail, self.trail[1:], strict=False))


class Walk:
    """All calls on one world, each state once."""

    def __init__(self, flow, world, caller, lang, *, further=False):
        self.nodes = Followed(flow.nodes)
        self.flow = flow.model_copy(update={"nodes": self.nodes})
        self.phone = Phone(world, self.flow, lang, caller)
        self.pairs, self.pressed, self.turns = self.nodes.pairs(), set(), 0
        self.further = further

    def run(self):
        waiting, seen = deque([self.phone.state]), set()
        while waiting:
            state = waiting.popleft()
            for reply in self._replies(state):
                after = self._turn(state, reply)
                if not after.ended and self._goes_on(after) and (key := _key(after)) not in seen:
                    seen.add(key)
                    waiting.append(after)
        return self

    def _goes_on(self, state):
        """A further language has a walk of its own, without danger: that way is the same in all."""
        is_further = holds("partly_spoken", state.facts, FLOW)
        if not self.further:
            return not is_further
        return is_further and not holds("quiet_or_danger", state.facts, FLOW)

    def _turn(self, state, reply):
        self.nodes.trail.clear()
        # It stays as it is: the phone looks whether a turn has changed it.
        self.phone.state = state
        self.phone.once(reply)
        self.turns += 1
        self.phone.lines.clear()
        self.pairs |= self.nodes.pairs()
        self.pressed.add((state.node, reply.keys or reply.words))
        return self.phone.state

    def _replies(self, state) -> Iterator[Reply]:
        node = FLOW.nodes[state.node]
        yield Reply()
        if isinstance(node, Queue):
            yield from self._queue_replies(node, state)
        if isinstance(node, Record):
            yield from (Reply(keys, recorded_s=9) for keys in ("#", "0", "*", "hangup"))
        if isinstance(node, Playback):
            yield Reply("0")
        if isinstance(node, Menu):
            yield from map(Reply, [*node.options, WRONG_KEY, "0", "9", "*", "#"])
        if isinstance(node, DynamicMenu):
            yield from map(Reply, ("1", "2", "3", "5", "0"))
        if node.type == "any_key":
            yield Reply("7")
        if isinstance(node, Digits):
            yield from map(Reply, [*ENTRIES[node.rule], "*", "**", "#", "1"])
        if isinstance(node, Digits) and node.hears:
            yield from (Reply(words=words) for words in (*SAID, "ที่ไหนก็ไม่รู้"))

    def _queue_replies(self, node, state):
        if state.leg_key is not None:
            yield Reply(dial_status="completed")
            yield Reply(dial_status="completed", dial_s=FLOW.longest.talk_s)
            yield Reply(dial_status="no-answer", dial_bridged=False)
        elif node.takes_keys:
            yield from map(Reply, [*node.options, WRONG_KEY, "0"])


MATTERS = ("quiet", "danger", "followed_case", "recording_refused", "group_known", "fight")


def _key(state: State) -> str:
    """What makes two states alike for the walk: the node, the tries and the facts that matter."""
    true = [name for name in MATTERS if holds(name, state.facts, FLOW)]
    tries = [state.silences, state.misses, sum(state.failures.values())]
    # Silence after a wrong key and the other way round are one way of hesitating.
    mixed = sum(count > 0 for count in tries) > 1
    ringing = [state.leg_key is not None, state.waited_s]
    group = state.facts.get("group") if state.node in ("agent_queue", "no_agent") else None
    further = len(state.facts.get("further_places", ())) if "more" in state.node else 0
    return json.dumps([state.node, further, true, "mixed" if mixed else tries, ringing, group])


@pytest.fixture(scope="module")
def walks():
    """Nobody there, people who do not answer, people who do; numbers shown and withheld; a language
    that is spoken in part."""
    return [
        Walk(FLOW, World(()), CALLER, "th").run(),
        Walk(FLOW, World((Person(1),), looks_until_played=NEVER), None, "th").run(),
        Walk(FLOW, World((Person(1), Person(2, takes=True))), CALLER, "en").run(),
        Walk(FLOW, World((Person(1, speaks="mfa"),)), CALLER, "th", further=True).run(),
    ]


def test_every_way_of_the_flow_is_walked_and_every_document_is_sound(walks, pytestconfig, capsys):
    pairs = set().union(*(walk.pairs for walk in walks))
    ways = {(edge.source, edge.target) for edge in edges(FLOW) if edge.target != RETURN}
    turns = sum(walk.turns for walk in walks)
    counts = f"{len(FLOW.nodes)} nodes, {len(edges(FLOW))} edges, {turns} turns walked"
    with capsys.disabled():
        pytestconfig.get_terminal_writer().line(f"\n{counts}")
    assert sorted(ways - pairs) == UNWALKED


def test_every_key_of_every_menu_was_pressed_and_every_node_left_in_silence(walks):
    pressed = set().union(*(walk.pressed for walk in walks))
    for name, node in FLOW.nodes.items():
        if isinstance(node, Menu):
            assert {(name, key) for key in node.options} <= pressed
        if isinstance(node, Asking):
            assert (name, "") in pressed
