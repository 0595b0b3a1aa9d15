"""A caller may hang up after every single node: nothing told is lost, nothing is made up."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from ivr.nodes import Queue
from ivr.versions import current_flow
from tests.support.stack import Stack
from tests.system.outcome import Outcome, rings, settled
from tests.system.people import new_number, people
from tests.system.stories import AWAY, ORDINARY, tell
from tests.webhooks.every_node import (
    MISSED,
    PIN,
    REFERENCE,
    SAY_NOTHING,
    SPEAK,
    SPEAK_AND_HEAR,
    Scene,
    Way,
    node_names,
    ways,
)

AT_ONCE = 6
TOKENS = {"": "-", SPEAK: "r5", SPEAK_AND_HEAR: "r5/*", SAY_NOTHING: "r0", MISSED: ""}
# Virtual seconds: while the first words are spoken, and while the first phone rings.
IN_THE_WORDS, WHILE_IT_RINGS = "h2", "h15"
WITHHELD = "anonymous"


class Callers:
    """One caller for each node, who goes there by the shortest way and hangs up."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.known = dict(tell(stack, ORDINARY).secrets)
        self.numbers = {name: new_number() for name in node_names()}
        stack.practice("/practice/ledger", method="DELETE")
        for number in AWAY:
            stack.practice(f"/practice/phones/{number}", AWAY[number], method="PUT")

    def hang_up_everywhere(self) -> dict[str, Outcome]:
        """What is known of each call, by the node that it was hung up at."""
        found = dict(self._phone(lambda scene: scene.staffed))
        people(self.stack, active=False)
        found |= dict(self._phone(lambda scene: not scene.staffed))
        return found

    def _phone(self, wanted: Callable[[Scene], bool]) -> Iterator[tuple[str, Outcome]]:
        names = [name for name, way in ways().items() if wanted(way.scene)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            sids = list(pool.map(self._hang_up_at, names))
        for name, sid in zip(names, sids, strict=True):
            yield name, settled(self.stack, sid)

    def _hang_up_at(self, name: str) -> str:
        way = ways()[name]
        number = self.numbers[name] if way.scene.shown else WITHHELD
        sid: str = self.stack.phone(self._keys(name, way), **{"from": number})["sid"]
        return sid

    def _keys(self, name: str, way: Way) -> str:
        follows = {REFERENCE: self.known["reference"], PIN: self.known["pin"]}
        swapped = follows if REFERENCE in way.steps else {}
        tokens = [swapped.get(step, TOKENS.get(step, step)) for step in way.steps]
        rings_now = isinstance(current_flow().nodes[name], Queue)
        return " ".join([*tokens, WHILE_IT_RINGS if rings_now else IN_THE_WORDS])


def makes_a_case(way: Way) -> bool:
    """Whether a key was pressed that makes a case, or opens one (design.md §4).

    So does asking for a person: the flow saves before it rings anybody.
    """
    telling = ("group", "danger", "quiet", "followed_case")
    asked_for_a_person = "agent_queue" in way.state.visits
    return asked_for_a_person or any(way.facts.get(name) for name in telling)


def allows_a_call(way: Way) -> bool:
    """Whether a key was pressed that allows a callback, be it to a number not yet given."""
    granted = way.facts.get("callback") in ("this_number", "other_number")
    return granted or way.facts.get("other_number") == "asked"


def test_after_every_node_what_was_told_is_kept_and_nobody_is_called_back_without_a_key_for_it(
    stack: Stack,
) -> None:
    callers = Callers(stack)
    outcomes = callers.hang_up_everywhere()
    assert set(outcomes) == set(node_names())
    wrong = {
        name: (ways()[name].steps, found.call["status"], len(found.cases))
        for name, found in outcomes.items()
        if found.call["status"] != "completed" or len(found.cases) != makes_a_case(ways()[name])
    }
    assert wrong == {}
    states = {
        name: (callback["state"], callback["consent"])
        for name, found in outcomes.items()
        if not ways()[name].facts.get("followed_case")
        for callback in found.callbacks
    }
    assert states
    for name, (state, consent) in states.items():
        assert consent == allows_a_call(ways()[name]), name
        assert state == "decision" or consent, name
    assert not set(callers.numbers.values()) & set(rings(stack))
