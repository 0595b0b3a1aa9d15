"""Arriving at nodes: through those that ask nothing, to the one where the call waits."""

from typing import Any

from calls.node_marks import CAME, with_mark
from ivr.hearing import said_province
from ivr.loader import FlowError
from ivr.nodes import (
    Action,
    AnyKey,
    AnyNode,
    Asking,
    Check,
    Digits,
    End,
    Playback,
    Queue,
    Record,
    Say,
)
from ivr.ringing import Ringing
from ivr.turns import FindHints, FindPlayback, SetPin, Steps, Withdraw

RETURN = "_return"
LONGEST_CHAIN = 60


class Arriving(Ringing):
    """The part of a turn that moves through the flow."""

    def arrive(self, name: str) -> Steps:
        """Go through nodes that ask nothing until one waits for the caller or ends the call."""
        target: str | None = name
        for _ in range(LONGEST_CHAIN):
            node = self._enter(target)
            target = yield from self._perform(node)
            if target is None:
                return
        raise FlowError(f"the flow goes round without asking anything, from {name}")

    def _enter(self, name: str | None) -> AnyNode:
        for _ in range(LONGEST_CHAIN):
            node = self.flow.nodes[self._resolved(name)]
            instead = self._instead_of(node)
            if instead is None:
                return node
            name = instead
        raise FlowError(f"the flow skips round and round, at {name}")

    def _resolved(self, name: str | None) -> str:
        if name == RETURN:
            return self.state.returns_to or self.flow.start
        return str(name)

    def _instead_of(self, node: AnyNode) -> str | None:
        """Where to go when this node is answered, cannot be asked, or was reached too often."""
        if any(self.holds(name) for name in node.skip_when):
            return node.skip_next
        if node.guard and not self.holds(node.guard):
            return node.guard_else
        if isinstance(node, Check | Action | Say | End):
            return None
        guard = self.flow.loop_guard
        limit, onward = node.max_visits or guard.max_visits, node.max_visits_next or guard.next
        if isinstance(node, Queue):
            limit, onward = guard.queue_max_visits, guard.queue_next
        visits = self.state.visits.get(node.name, 0) + 1
        if visits > limit:
            self.say_if_person(onward)
            return onward
        self.state.visits[node.name] = visits
        return None

    def _perform(self, node: AnyNode) -> Any:
        """Do what the node says; returns the next node's name, or None when the call waits here."""
        self.remember(node.set)
        self.raise_priority(node.priority)
        if isinstance(node, Check):
            return self._choose(node)
        if isinstance(node, Action):
            yield from self._act(node)
            return node.next
        self.state.marks[node.name] = with_mark(self.state.marks, node.name, CAME)
        if isinstance(node, Say):
            self.verbs += self.documents.spoken(node) * node.times
            return node.next
        return (yield from self._stop_at(node))

    def _act(self, node: Action) -> Steps:
        if node.action == "save":
            yield from self.save()
        else:
            yield Withdraw(self.facts["recordings"][-1])
            self.facts.pop("recorded", None)

    def _choose(self, node: Check) -> str:
        for rule in node.rules:
            if self.holds(rule.when):
                self.remember(rule.set)
                return rule.next
        return node.otherwise

    def _stop_at(self, node: AnyNode) -> Any:
        """Wait at a node; returns another node's name when this one cannot be waited at."""
        state = self.state
        state.node, state.silences, state.misses, state.repeats = node.name, 0, 0, 0
        state.failures = {}
        if isinstance(node, End):
            state.ended = True
            self.verbs += self.documents.ending(node)
        elif isinstance(node, Record):
            if not self.holds(node.needs):
                return node.else_next
            self.verbs += self.documents.recording(node)
        elif isinstance(node, Playback):
            return (yield from self.look_for_recording(node))
        elif isinstance(node, Queue):
            return (yield from self.join(node))
        elif isinstance(node, Asking):
            yield from self.ask(node)
        return None

    def look_for_recording(self, node: Playback) -> Any:
        """Where to go on, or None while the recording is waited for and a key may be pressed."""
        address = yield FindPlayback(self.facts["recordings"][-1])
        if address is not None:
            self.facts["playback"] = address
            self.state.answers[node.name] = "played"
            return node.next
        if self.state.silences >= node.looks:
            self.verbs += self.documents.error(str(node.on_missing.say))
            self.remember(node.on_missing.set)
            return node.on_missing.next
        self.verbs += self.documents.looking(node, is_first=not self.state.silences)
        return None

    def ask(self, node: Asking, *, error: str | None = None, hint: bool = False) -> Steps:
        """Speak the node's prompt and wait for keys."""
        if node.name == "reference" and not self.facts.get("reference_told"):
            chosen = self.facts["pin_digits" if self.facts.get("pin") == "own" else "given_pin"]
            yield SetPin(chosen)
            self.facts["reference_told"] = True
            self.state.history.clear()
        names = (yield from self._names_to_hear(node)) if self.listens(node) else None
        self.verbs += self.documents.asking(
            node, error=error, hint=hint and not isinstance(node, AnyKey), names=names
        )

    def listens(self, node: Asking) -> bool:
        """Whether words count at a node; whoever cannot speak is never asked to (§3a.3)."""
        return isinstance(node, Digits) and node.hears is not None and not self.holds("quiet")

    def _names_to_hear(self, node: Asking) -> Any:
        return (yield FindHints(self.documents.lang_at(node), said_province(self.facts)))
