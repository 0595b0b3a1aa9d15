"""The call flow at work: a pure state machine that asks the world by yielding questions.

`begin` and `advance` are generators: they yield a Question (ivr.turns), are sent its answer, and
return a Turn. No web, no database, no clock and no chance in here; the door answers the questions
inside its one transaction.
"""

from typing import Any

from calls.node_marks import AGAIN, ANSWERED, SILENT, TO_PERSON, WRONG
from ivr import entries
from ivr.arriving import RETURN
from ivr.hearing import understood
from ivr.lasting import Lasting
from ivr.nodes import (
    AnyKey,
    Asking,
    Digits,
    DynamicMenu,
    Flow,
    Go,
    Menu,
    Node,
    Option,
    Playback,
    Queue,
    Record,
)
from ivr.ringing import Onward
from ivr.turns import Links, Reply, Run, State, Steps, Withdraw


def begin(flow: Flow, facts: dict[str, Any], links: Links) -> Run:
    """The first turn of a call; facts hold lang, code, given_pin and, where usable, caller."""
    work = _Work(flow, State(flow.start, facts=dict(facts)), links)
    yield from work.arrive(flow.start)
    return work.turn()


def advance(flow: Flow, state: State, reply: Reply, links: Links) -> Run:
    """The next turn, given what the caller did; the state that came in is left as it was."""
    work = _Work(flow, state.copy(), links)
    yield from work.hear(reply)
    yield from work.keep_short(reply)
    return work.turn()


class _Work(Lasting):
    """The part of a turn that takes the caller's answer."""

    def hear(self, reply: Reply) -> Steps:
        """Take the caller's answer to the node where the call stands."""
        node = self.flow.nodes[self.state.node]
        if isinstance(node, Queue):
            yield from self._follow(node, (yield from self.hear_queue(node, reply)))
        elif isinstance(node, Record):
            yield from self._hear_record(node, reply)
        elif isinstance(node, Playback):
            yield from self._hear_playback(node, reply.keys)
        elif isinstance(node, Digits):
            yield from self._hear_digits(node, reply)
        elif isinstance(node, Menu | AnyKey | DynamicMenu):
            yield from self._hear_key(node, reply.keys)
        else:
            yield from self.arrive(node.name)

    def _follow(self, node: Queue, onward: Onward) -> Steps:
        if isinstance(onward, Go):
            yield from self.take(node, onward)
        elif onward is not None:
            yield from self.arrive(onward)

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
            yield from self._rescue()
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

    def _rescue(self) -> Steps:
        """The key for a person, at any depth."""
        self.mark(TO_PERSON)
        yield from self.arrive(self.flow.person)

    def _repeat(self, node: Asking) -> Steps:
        self.mark(AGAIN)
        self.state.repeats += 1
        if self.state.repeats > self.flow.repeats:
            self.say_if_person(self.flow.person)
            yield from self.arrive(self.flow.person)
        else:
            yield from self.ask(node)

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
        self.mark(ANSWERED)
        if isinstance(go, Option):
            self.state.answers[node.name] = go.label
        for fact in go.forget:
            self.facts.pop(fact, None)
        self.remember(go.set)
        for fact, several in go.keep.items():
            self.facts[several] = [*self.facts.get(several, []), self.facts[fact]]
        changed = self._changed()
        if "followed_case" in changed:
            # The call belongs to that case now: there is no way back to a report of another.
            self.state.history.clear()
        elif go.next != RETURN:
            self.state.history.append((node.name, changed))
        yield from self.arrive(go.next)

    def _changed(self) -> dict[str, Any]:
        """The facts that this turn changed, as they were before; None for those that are new."""
        old = self.facts_before
        names = old.keys() | self.facts.keys()
        return {name: old.get(name) for name in names if old.get(name) != self.facts.get(name)}

    def _silence(self, node: Asking) -> Steps:
        self.mark(SILENT)
        self.state.silences += 1
        yield from self._leave_or_ask(node, node.on_no_input, self.state.silences)

    def _miss(self, node: Asking) -> Steps:
        self.mark(WRONG)
        self.state.misses += 1
        yield from self._leave_or_ask(node, node.on_no_match, self.state.misses)

    def _leave_or_ask(self, node: Asking, go: Go, tries: int) -> Steps:
        needed = go.after_tries
        if self.holds("quiet") and go.after_tries_quiet:
            needed = go.after_tries_quiet
        if needed is None or tries >= needed:
            self.say_if_person(go.next)
            self.remember(go.set)
            yield from self.arrive(go.next)
        else:
            yield from self.ask(node, error=go.say, hint=True)

    def _hear_digits(self, node: Digits, reply: Reply) -> Steps:
        entry = entries.entered(node, reply.keys, self.flow)
        if entry.kind == "silence" and reply.words.strip() and self.listens(node):
            yield from self._branch(node, (yield from understood(reply.words, self.facts)))
        elif entry.kind == "silence":
            yield from self._silence(node)
        elif entry.kind == "person":
            yield from self._rescue()
        elif entry.kind == "dont_know":
            yield from self.take(node, node.on_dont_know)
        elif entry.kind == "other_way" and node.on_other_way is not None:
            yield from self.take(node, node.on_other_way)
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
        self.mark(WRONG)
        failures[result] = failures.get(result, 0) + 1
        yield from self._leave_or_ask(node, go, failures[result])

    def _hear_record(self, node: Record, reply: Reply) -> Steps:
        if reply.recorded_s > 0:
            yield from self._replaced()
            self.facts["recorded"] = True
            self.facts["recordings"] = [*self.facts.get("recordings", []), reply.recording_sid]
            self.state.answers[node.name] = "recorded"
            self.mark(ANSWERED)
        onward = node.next
        if reply.keys == self.flow.keys.person:
            self.mark(TO_PERSON)
            onward = self.flow.person
        elif reply.recorded_s > 0 and node.review and reply.keys == self.flow.keys.repeat:
            # No way back behind what was recorded: its consent would be forgotten.
            self.state.history.clear()
            onward = node.review
        yield from self.arrive(onward)

    def _replaced(self) -> Steps:
        """The message that a new one was wanted for goes now, when there is a new one."""
        if self.facts.pop("record_again", False):
            yield Withdraw(self.facts["recordings"][-1])

    def _hear_playback(self, node: Playback, keys: str) -> Steps:
        if keys == self.flow.keys.person:
            yield from self._rescue()
            return
        self.state.silences += 1
        onward = yield from self.look_for_recording(node)
        if onward is not None:
            yield from self.arrive(onward)
