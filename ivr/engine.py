"""The call flow at work: a pure state machine that asks the world by yielding questions.

`begin` and `advance` are generators: they yield a Question (ivr.turns), are sent its answer, and
return a Turn. No web, no database, no clock and no chance in here; the door answers the questions
inside its one transaction.
"""

from copy import deepcopy
from typing import Any

from ivr import entries
from ivr.conditions import holds
from ivr.documents import Documents
from ivr.loader import FlowError
from ivr.nodes import (
    Action,
    AnyKey,
    AnyNode,
    Asking,
    Check,
    Digits,
    DynamicMenu,
    End,
    Flow,
    Go,
    Menu,
    Node,
    Option,
    Queue,
    Record,
    Say,
)
from ivr.turns import (
    Anybody,
    Links,
    Position,
    Reply,
    Ring,
    RingTarget,
    Run,
    Save,
    SetPin,
    State,
    Steps,
    Taken,
    Turn,
)
from ivr.verbs import Verb

RETURN = "_return"
LONGEST_CHAIN = 60
NOBODY_FREE_S = 10
TELLING = ("group", "danger", "quiet")


def begin(flow: Flow, facts: dict[str, Any], links: Links) -> Run:
    """The first turn of a call; facts hold lang, code, given_pin and, where usable, caller."""
    work = _Work(flow, State(flow.start, facts=dict(facts)), links)
    yield from work.arrive(flow.start)
    return work.turn()


def advance(flow: Flow, state: State, reply: Reply, links: Links) -> Run:
    """The next turn, given what the caller did; the state that came in is left as it was."""
    work = _Work(flow, deepcopy(state), links)
    yield from work.hear(reply)
    return work.turn()


class _Work:
    """One turn in the making: a copy of the state, and the document that grows."""

    def __init__(self, flow: Flow, state: State, links: Links) -> None:
        self.flow = flow
        self.state = state
        self.documents = Documents(flow, state, links)
        self.verbs: list[Verb] = []
        self.facts_before = dict(state.facts)

    def turn(self) -> Turn:
        return Turn(self.state, tuple(self.verbs))

    @property
    def facts(self) -> dict[str, Any]:
        return self.state.facts

    def holds(self, condition: str) -> bool:
        return holds(condition, self.facts, self.flow)

    # ---- arriving at a node

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
            self._say_if_person(onward)
            return onward
        self.state.visits[node.name] = visits
        return None

    def _perform(self, node: AnyNode) -> Any:
        """Do what the node says; returns the next node's name, or None when the call waits here."""
        self._remember(node.set)
        self._raise_priority(node.priority)
        if isinstance(node, Check):
            return self._choose(node)
        if isinstance(node, Action):
            yield from self._save()
            return node.next
        if isinstance(node, Say):
            self.verbs += self.documents.spoken(node) * node.times
            return node.next
        return (yield from self._stop_at(node))

    def _choose(self, node: Check) -> str:
        for rule in node.rules:
            if self.holds(rule.when):
                self._remember(rule.set)
                return rule.next
        return node.otherwise

    def _save(self, *, silent_event: bool = False) -> Steps:
        silent_event = silent_event and not any(self.facts.get(name) for name in TELLING)
        reference = yield Save(dict(self.facts), dict(self.state.visits), silent_event)
        if silent_event:
            self.facts["silent_saved"] = True
        if reference:
            self.facts["reference"] = reference
        self.state.history.clear()

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
        elif isinstance(node, Queue):
            return (yield from self._join(node))
        elif isinstance(node, Asking):
            yield from self._ask(node)
        return None

    def _ask(self, node: Asking, *, error: str | None = None, hint: bool = False) -> Steps:
        if node.name == "reference" and not self.facts.get("reference_told"):
            chosen = self.facts["pin_digits" if self.facts.get("pin") == "own" else "given_pin"]
            yield SetPin(chosen)
            self.facts["reference_told"] = True
            self.state.history.clear()
        self.verbs += self.documents.asking(
            node, error=error, hint=hint and not isinstance(node, AnyKey)
        )

    # ---- remembering

    def _remember(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if isinstance(value, dict):
                value = value[self.facts[name]]
            self.facts[name] = value

    def _raise_priority(self, priority: str | None) -> None:
        ranks = self.flow.priorities
        if priority and ranks.index(priority) > ranks.index(self.facts.get("priority", ranks[0])):
            self.facts["priority"] = priority

    def _say_if_person(self, onward: str) -> None:
        if onward == self.flow.person:
            self.verbs += self.documents.error("too_many")

    # ---- hearing what the caller did

    def hear(self, reply: Reply) -> Steps:
        """Take the caller's answer to the node where the call stands."""
        node = self.flow.nodes[self.state.node]
        if isinstance(node, Queue):
            yield from self._hear_queue(node, reply)
        elif isinstance(node, Record):
            yield from self._hear_record(node, reply)
        elif isinstance(node, Digits):
            yield from self._hear_digits(node, reply.keys)
        elif isinstance(node, Menu | AnyKey | DynamicMenu):
            yield from self._hear_key(node, reply.keys)
        else:
            yield from self.arrive(node.name)

    def _hear_key(self, node: Menu | AnyKey | DynamicMenu, keys: str) -> Steps:
        go = entries.chosen(node, keys, self.facts)
        if not keys:
            yield from self._silence(node)
        elif go is not None:
            yield from self.take(node, go)
        elif not (yield from self._global_key(node, keys)):
            yield from self._miss(node)

    def _global_key(self, node: Menu | AnyKey | DynamicMenu, key: str) -> Any:
        flow, state = self.flow, self.state
        if key == flow.keys.person:
            yield from self.arrive(flow.person)
        elif key == flow.keys.repeat:
            yield from self._repeat(node)
        elif key == flow.keys.info and self._may_ask_more(node):
            state.returns_to = node.name
            yield from self.arrive(flow.info.next)
        elif key == flow.keys.back and node.name == flow.info.next:
            yield from self.arrive(RETURN)
        elif key == flow.keys.back and state.history and not self.holds(flow.back.not_when):
            yield from self._go_back()
        else:
            return False
        return True

    def _may_ask_more(self, node: Node) -> bool:
        return node.name != self.flow.info.next and not self.holds(self.flow.info.not_when)

    def _repeat(self, node: Asking) -> Steps:
        self.state.repeats += 1
        if self.state.repeats > self.flow.repeats:
            self._say_if_person(self.flow.person)
            yield from self.arrive(self.flow.person)
        else:
            yield from self._ask(node)

    def _go_back(self) -> Steps:
        """Return to the question before, forgetting its answer."""
        name, before = self.state.history.pop()
        for fact, value in before.items():
            if value is None:
                self.facts.pop(fact, None)
            else:
                self.facts[fact] = value
        self.state.answers.pop(name, None)
        yield from self.arrive(name)

    def take(self, node: Node, go: Go) -> Steps:
        """Follow an answer: remember it, so that "back" can undo it, and go on."""
        if isinstance(go, Option):
            self.state.answers[node.name] = go.label
        for fact in go.forget:
            self.facts.pop(fact, None)
        self._remember(go.set)
        if go.next != RETURN:
            self.state.history.append((node.name, self._changed()))
        yield from self.arrive(go.next)

    def _changed(self) -> dict[str, Any]:
        """The facts that this turn changed, as they were before; None for those that are new."""
        old = self.facts_before
        names = old.keys() | self.facts.keys()
        return {name: old.get(name) for name in names if old.get(name) != self.facts.get(name)}

    def _silence(self, node: Asking) -> Steps:
        self.state.silences += 1
        yield from self._leave_or_ask(node, node.on_no_input, self.state.silences)

    def _miss(self, node: Asking) -> Steps:
        self.state.misses += 1
        yield from self._leave_or_ask(node, node.on_no_match, self.state.misses)

    def _leave_or_ask(self, node: Asking, go: Go, tries: int) -> Steps:
        needed = go.after_tries
        if self.holds("quiet") and go.after_tries_quiet:
            needed = go.after_tries_quiet
        if needed is None or tries >= needed:
            self._say_if_person(go.next)
            self._remember(go.set)
            yield from self.arrive(go.next)
        else:
            yield from self._ask(node, error=go.say, hint=True)

    def _hear_digits(self, node: Digits, keys: str) -> Steps:
        entry = entries.entered(node, keys, self.flow)
        if entry.kind == "silence":
            yield from self._silence(node)
        elif entry.kind == "person":
            yield from self.arrive(self.flow.person)
        elif entry.kind == "dont_know":
            yield from self.take(node, node.on_dont_know)
        else:
            result = yield from entries.judge(
                node, entry.digits, self.facts, self.documents.own_number
            )
            yield from self._branch(node, result)

    def _branch(self, node: Digits, result: str) -> Steps:
        go = node.branch[result]
        failures = self.state.failures
        if go.after_tries is None:
            self.state.answers[node.name] = result
            yield from self.take(node, go)
            return
        failures[result] = failures.get(result, 0) + 1
        yield from self._leave_or_ask(node, go, failures[result])

    def _hear_record(self, node: Record, reply: Reply) -> Steps:
        if reply.recorded_s > 0:
            self.facts["recorded"] = True
            self.state.answers[node.name] = "recorded"
        person = reply.keys == self.flow.keys.person
        yield from self.arrive(self.flow.person if person else node.next)

    # ---- ringing people

    def _join(self, node: Queue) -> Any:
        """Start ringing people; returns where to go instead when nobody is on duty."""
        self.state.rung, self.state.waited_s, self.state.leg_key = [], 0, None
        if node.save_first:
            yield from self._save(silent_event=node.saves == "silent_event")
        somebody = yield Anybody(self._is_urgent())
        self.facts["closed"] = not somebody
        if not somebody:
            return node.on_closed.next
        if node.takes_keys:
            yield from self._wait(node)
        else:
            self.verbs += self.documents.spoken(node)
            yield from self._ring(node)
        return None

    def _is_urgent(self) -> bool:
        return bool(self.facts.get("priority", "normal") != "normal")

    def _wait(self, node: Queue) -> Steps:
        """Let the caller press a key before the next person is rung."""
        self.facts["position"] = yield Position()
        self.state.leg_key = None
        self.state.waited_s += self.flow.timing.wait_s
        self.verbs += self.documents.waiting(node)

    def _ring(self, node: Queue) -> Steps:
        urgent, rung = self._is_urgent(), tuple(self.state.rung)
        keys_only = node.keys_only or self.holds("quiet")
        target = yield Ring(urgent, rung, keys_only, node.name)
        if target is None and rung:
            # Everybody was tried once: start the round again, for as long as the ceiling allows.
            self.state.rung = []
            target = yield Ring(urgent, (), keys_only, node.name)
        self._dial(node, target)

    def _dial(self, node: Queue, target: RingTarget | None) -> None:
        state, timing = self.state, self.flow.timing
        if target is None:
            state.leg_key, state.waited_s = None, state.waited_s + NOBODY_FREE_S
            self.verbs += self.documents.nobody_free(node, NOBODY_FREE_S)
            return
        left = max(node.on_no_agent.after_s - state.waited_s, timing.ring_s // 2)
        ring_s = min(timing.ring_s, left)
        state.leg_key, state.waited_s = target.leg_key, state.waited_s + ring_s
        state.rung.append(target.staff_id)
        self.verbs += self.documents.dialling(target, ring_s)

    def _hear_queue(self, node: Queue, reply: Reply) -> Steps:
        if self.state.leg_key is not None:
            yield from self._hear_dial(node, reply)
        elif node.takes_keys and (go := self._queue_choice(node, reply.keys)):
            yield from self.take(node, go)
        elif node.takes_keys and self.state.waited_s < node.on_no_agent.after_s:
            yield from self._ring(node)
        else:
            yield from self._ring_on(node)

    def _hear_dial(self, node: Queue, reply: Reply) -> Steps:
        taken = yield Taken(str(self.state.leg_key))
        self.state.leg_key = None
        if taken and reply.dial_bridged:
            self.facts["talked"] = True
            self.state.answers[node.name] = "talked"
            yield from self.arrive(self.flow.after_talk)
        else:
            yield from self._ring_on(node)

    def _ring_on(self, node: Queue) -> Steps:
        if self.state.waited_s >= node.on_no_agent.after_s:
            yield from self.arrive(node.on_no_agent.next)
        elif node.takes_keys:
            yield from self._wait(node)
        else:
            self.verbs += self.documents.still_waiting(node)
            yield from self._ring(node)

    def _queue_choice(self, node: Queue, key: str) -> Option | None:
        """The option of this key; any other key counts as none, so that it delays no ring."""
        return (node.any or node.options.get(key)) if key else None
