"""Ringing people: one after another, with a ceiling, and a key where the wait takes one."""

from collections.abc import Generator
from dataclasses import replace
from typing import Any, TypeAlias

from calls.node_marks import ANSWERED
from ivr.nodes import Go, Option, Queue
from ivr.progress import Progress
from ivr.turns import (
    Anybody,
    AskHours,
    Freeing,
    OffHours,
    Position,
    Question,
    Reply,
    Ring,
    RingTarget,
    Steps,
    Taken,
)

NOBODY_FREE_S = 10
# A ring that is broken off ends within a second or two.
SOON_FREE_S = 3
# The provider's word for a dial that was broken off from outside: a person was wanted for danger.
BROKEN_OFF = "canceled"
# The provider counts whole seconds, and begins a little later than we do.
ABOUT_S = 2
# Where the call goes on: a node's name, the way of a pressed key, or None when it waits here.
Onward: TypeAlias = str | Go | None
Waiting: TypeAlias = Generator[Question, Any, Onward]


class Ringing(Progress):
    """The part of a turn that has to do with queues."""

    def join(self, node: Queue) -> Waiting:
        """Start ringing people; returns where to go instead when nobody is on duty."""
        self.state.rung, self.state.waited_s, self.state.leg_key = [], 0, None
        if node.save_first:
            yield from self.save(silent_event=node.saves == "silent_event")
        somebody = yield Anybody(self._is_urgent(), self._must_speak(node))
        self.facts["closed"] = not somebody
        yield from self._look_at_the_hours()
        if not somebody:
            return node.on_closed.next
        if node.takes_keys:
            yield from self._wait(node)
        else:
            self.verbs += self.documents.spoken(node)
            yield from self._ring(node)
        return None

    def _look_at_the_hours(self) -> Steps:
        """Whoever rings in vain is told honestly why, and when people are at the phones again."""
        off: OffHours | None = yield AskHours()
        for fact in ("off_hours", "opens"):
            self.facts.pop(fact, None)
        if off is not None:
            self.facts["off_hours"] = "holiday" if off.is_holiday else "hours"
            self.facts["opens"] = {"at": off.opens_at.isoformat(), "days_ahead": off.days_ahead}

    def _must_speak(self, node: Queue) -> str | None:
        return str(self.facts["lang"]) if node.own_language else None

    def _is_urgent(self) -> bool:
        return bool(self.facts.get("priority", "normal") != "normal")

    def _wait(self, node: Queue) -> Steps:
        """Let the caller press a key before the next person is rung."""
        self.facts["position"] = yield Position()
        self.state.leg_key = None
        self.state.waited_s += self.flow.timing.wait_s
        self.verbs += self.documents.waiting(node)

    def _ring(self, node: Queue) -> Steps:
        rung, danger = tuple(self.state.rung), self.flow.danger_queues()
        wanted = Ring(
            urgent=self._is_urgent(),
            rung=rung,
            keys_only=node.keys_only or self.holds("quiet"),
            prefers=str(self.facts["lang"]),
            speaks=self._must_speak(node),
            graver=self.flow.graver_queues(node.name),
            alike=danger if node.name in danger else (),
        )
        target = yield wanted
        if target is None and rung:
            # Everybody was tried once: start the round again, for as long as the ceiling allows.
            self.state.rung = []
            target = yield replace(wanted, rung=())
        self._dial(node, target)

    def _dial(self, node: Queue, target: RingTarget | Freeing | None) -> None:
        state, timing = self.state, self.flow.timing
        if not isinstance(target, RingTarget):
            wait_s = SOON_FREE_S if isinstance(target, Freeing) else NOBODY_FREE_S
            state.leg_key, state.waited_s = None, state.waited_s + wait_s
            self.verbs += self.documents.nobody_free(node, wait_s)
            return
        left = max(node.on_no_agent.after_s - state.waited_s, timing.ring_s // 2)
        ring_s = min(timing.ring_s, left)
        state.leg_key, state.waited_s = target.leg_key, state.waited_s + ring_s
        state.rung.append(target.staff_id)
        self.verbs += self.documents.dialling(target, ring_s)

    def hear_queue(self, node: Queue, reply: Reply) -> Waiting:
        """A key was pressed in the wait, a silence is over, or a dial has ended."""
        if self.state.leg_key is not None:
            return (yield from self._hear_dial(node, reply))
        if node.takes_keys and (go := self._queue_choice(node, reply.keys)):
            return go
        if node.takes_keys and self.state.waited_s < node.on_no_agent.after_s:
            yield from self._ring(node)
            return None
        return (yield from self._ring_on(node))

    def _hear_dial(self, node: Queue, reply: Reply) -> Waiting:
        taken = yield Taken(str(self.state.leg_key), reply.dial_bridged)
        self.state.leg_key = None
        if reply.dial_status == BROKEN_OFF and self.state.rung:
            self.state.rung.pop()  # nobody had the time to answer: it was no try
        if not taken:
            return (yield from self._ring_on(node))
        self.facts["talked"] = True
        self.mark(ANSWERED)
        self.state.answers[node.name] = "talked"
        return self._after_talk(reply)

    def _after_talk(self, reply: Reply) -> str:
        """The end; a talk that the limit cut off may be gone on with."""
        longest, onward = self.flow.longest, self.flow.after_talk_limit
        if longest and onward and reply.dial_s >= longest.talk_s - ABOUT_S:
            return onward
        return self.flow.after_talk

    def _ring_on(self, node: Queue) -> Waiting:
        if self.state.waited_s >= node.on_no_agent.after_s:
            return node.on_no_agent.next
        if node.takes_keys:
            yield from self._wait(node)
        else:
            self.verbs += self.documents.still_waiting(node)
            yield from self._ring(node)
        return None

    def _queue_choice(self, node: Queue, key: str) -> Option | None:
        """The option of this key; any other key counts as none, so that it delays no ring."""
        return (node.any or node.options.get(key)) if key else None
