"""One turn in the making: a copy of the state, the document that grows, what is remembered."""

from typing import Any

from calls.node_marks import TO_PERSON, with_mark
from ivr.conditions import holds
from ivr.documents import Documents
from ivr.nodes import Flow
from ivr.turns import Links, Save, State, Steps, Turn
from ivr.verbs import Verb

# What makes a call more than silence: then it is a case, whatever queue it waits in.
TELLING = ("group", "danger", "quiet")


class Progress:
    """The state of one call while its next document is made."""

    def __init__(self, flow: Flow, state: State, links: Links) -> None:
        self.flow = flow
        self.state = state
        self.documents = Documents(flow, state, links)
        self.verbs: list[Verb] = []
        self.facts_before = dict(state.facts)

    def turn(self) -> Turn:
        """The turn as it stands."""
        return Turn(self.state, tuple(self.verbs))

    @property
    def facts(self) -> dict[str, Any]:
        """What the call knows."""
        return self.state.facts

    def holds(self, condition: str) -> bool:
        """Whether a named condition is true now."""
        return holds(condition, self.facts, self.flow)

    def remember(self, values: dict[str, Any]) -> None:
        """Keep facts; a mapping picks the new value by the old one (a language toggles)."""
        for name, value in values.items():
            if isinstance(value, dict):
                value = value.get(self.facts[name], self.facts[name])
            self.facts[name] = value

    def raise_priority(self, priority: str | None) -> None:
        """It only ever rises."""
        ranks = self.flow.priorities
        if priority and ranks.index(priority) > ranks.index(self.facts.get("priority", ranks[0])):
            self.facts["priority"] = priority

    def mark(self, mark: str) -> None:
        """Note what was met at the node where the call stands."""
        node, marks = self.state.node, self.state.marks
        marks[node] = with_mark(marks, node, mark)

    def say_if_person(self, onward: str) -> None:
        """Say that a person is looked for, where the way leads to one."""
        if onward == self.flow.person:
            self.mark(TO_PERSON)
            self.verbs += self.documents.error("too_many")

    def save(self, *, silent_event: bool = False) -> Steps:
        """Write the case, or the silent event of a call that told nothing; no way back over it."""
        silent_event = silent_event and not any(self.facts.get(name) for name in TELLING)
        reference = yield Save(dict(self.facts), dict(self.state.visits), silent_event)
        if silent_event:
            self.facts["silent_saved"] = True
        if reference:
            self.facts["reference"] = reference
        self.state.history.clear()
