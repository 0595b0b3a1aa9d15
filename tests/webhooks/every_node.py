"""The shortest way by keys to every node of the flow, found on paper with the pure engine.

A step is what the caller does: the keys of one Gather ("" is silence), or one of the words below.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from ivr import engine
from ivr.nodes import (
    Action,
    AnyKey,
    AnyNode,
    Check,
    Digits,
    DynamicMenu,
    Flow,
    Menu,
    Queue,
    Record,
    Say,
)
from ivr.turns import (
    Anybody,
    CheckPin,
    DistrictFact,
    FindDistricts,
    FindHints,
    FollowedCase,
    Links,
    Position,
    Question,
    Reply,
    Ring,
    RingTarget,
    Run,
    Save,
    State,
    Taken,
)
from ivr.versions import current_flow
from tests.webhooks.telephone import CALLER

SPEAK, SAY_NOTHING, MISSED, TAKEN = "speak", "mute", "missed", "taken"
SPEAK_AND_HEAR = "speak and hear"
# Only there once a recording was taken (test_recording_webhooks), where schools are known or names
# are understood (test_school_by_code), after a long talk (test_leg_webhooks), or where somebody
# speaks the language (test_own_language).
ELSEWHERE = {
    *("story_review", "story_delete", "place_school_confirm", "place_province"),
    *("talk_over", "language_queue"),
}
ONE_DISTRICT, THREE_DISTRICTS = "92160", "92000"
REFERENCE, PIN = "246528461", "4715"
OTHER_NUMBER = "0810000002"
ENTRIES = {
    "known_postal_code": (ONE_DISTRICT, THREE_DISTRICTS, "00000", "*", "**", "#", ""),
    "further_postal_code": (ONE_DISTRICT, THREE_DISTRICTS, "00000", "*", "**", ""),
    "known_school_code": ("99999999", "*", ""),
    "reference_check_digit": (REFERENCE, "*", ""),
    "case_pin": (PIN, "0000", "*", ""),
    "thai_dialable_not_premium": (OTHER_NUMBER, "1900123456", "*", ""),
    "pin_not_too_easy": (PIN, "1234", "*", ""),
}
FOUND = {ONE_DISTRICT: ("9209",), THREE_DISTRICTS: ("9201", "9205", "9207")}
LINKS = Links("https://example.org/next", "https://example.org/recording", "+6621266565")


@dataclass(frozen=True)
class Scene:
    """Whether an agent is on duty, and whether the caller's number is shown."""

    staffed: bool = False
    shown: bool = True


@dataclass(frozen=True)
class Way:
    """How a caller gets somewhere in a scene, and what the call knows then."""

    scene: Scene
    steps: tuple[str, ...]
    state: State

    @property
    def facts(self) -> dict[str, Any]:
        """What the call knows at its end."""
        return self.state.facts


@dataclass
class Paper:
    """Answers the engine's questions without any database."""

    staffed: bool
    taken: bool = False

    def answer(self, question: Question) -> Any:
        """What the world would say."""
        match question:
            case FindDistricts():
                return tuple(_district(code) for code in FOUND.get(question.postal_code, ()))
            case CheckPin() if (question.reference, question.pin) == (REFERENCE, PIN):
                return FollowedCase(1, "received", datetime(2026, 3, 3, tzinfo=UTC))
            case Save():
                wanted = not question.silent_event and not question.facts.get("followed_case")
                return REFERENCE if wanted else None
            case Anybody():
                return self.staffed and question.speaks is None
            case Ring():
                return RingTarget("k", 1, "+66810000100", "w", "s") if self.staffed else None
            case Taken():
                return self.taken
            case FindHints():
                return ()
            case Position():
                return 1
            case _:
                return None


def _district(code: str) -> DistrictFact:
    return DistrictFact(code, code[:2], "อำเภอ", "District", "อำเภอ", "จังหวัด", "Province")


class _Looked(dict[str, AnyNode]):
    """The nodes of a flow, which remember what the engine looked at."""

    def __init__(self, nodes: dict[str, AnyNode]) -> None:
        super().__init__(nodes)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> AnyNode:
        self.names.add(name)
        return super().__getitem__(name)


def node_names() -> list[str]:
    """All nodes of the flow, in its order, but those that other tests reach."""
    return [name for name in current_flow().nodes if name not in ELSEWHERE]


@cache
def ways() -> dict[str, Way]:
    """For every node of the flow the shortest way that stops there, or passes what never stops."""
    nodes = current_flow().nodes
    names = set(node_names())
    queues = {name for name in names if isinstance(nodes[name], Queue)}
    hidden = {"callback_ask_hidden"}
    return {
        **_search(Scene(), names - queues - hidden),
        **_search(Scene(staffed=True), queues),
        **_search(Scene(shown=False), hidden),
    }


def way(scene: Scene, *steps: str) -> Way:
    """Where these steps lead."""
    here = _start(current_flow(), scene)
    for step in steps:
        here = _after(current_flow(), here, step)
    return here


def _search(scene: Scene, wanted: set[str]) -> dict[str, Way]:
    """Breadth first, until the last wanted node is found."""
    nodes = _Looked(current_flow().nodes)
    flow = current_flow().model_copy(update={"nodes": nodes})
    passing = {name for name, node in nodes.items() if isinstance(node, Say | Check | Action)}
    start = _start(flow, scene)
    found = {start.state.node: start}
    waiting, seen = deque([start]), {_signature(start.state)}
    while waiting and not wanted <= set(found):
        here = waiting.popleft()
        for step in _steps(flow, here.state):
            nodes.names = set()
            after = _after(flow, here, step)
            for name in nodes.names & passing | {after.state.node}:
                found.setdefault(name, after)
            mark = _signature(after.state)
            if mark not in seen and not after.state.ended:
                seen.add(mark)
                waiting.append(after)
    return {name: found[name] for name in wanted}


def _start(flow: Flow, scene: Scene) -> Way:
    facts = {"lang": "th", "code": "42", "given_pin": "9173"}
    if scene.shown:
        facts |= {"from": CALLER, "caller": CALLER}
    return Way(scene, (), _drive(engine.begin(flow, facts, LINKS), Paper(scene.staffed)))


def _after(flow: Flow, here: Way, step: str) -> Way:
    reply = {
        SPEAK: Reply("#", recorded_s=5),
        SPEAK_AND_HEAR: Reply("*", recorded_s=5),
        SAY_NOTHING: Reply(""),
        MISSED: Reply("", dial_status="no-answer"),
        TAKEN: Reply("", dial_status="completed"),
    }.get(step, Reply(step))
    run = engine.advance(flow, here.state, reply, LINKS)
    state = _drive(run, Paper(here.scene.staffed, step == TAKEN))
    return Way(here.scene, (*here.steps, step), state)


def _drive(run: Run, paper: Paper) -> State:
    try:
        question = next(run)
        while True:
            question = run.send(paper.answer(question))
    except StopIteration as done:
        state: State = done.value.state
        return state


def _steps(flow: Flow, state: State) -> Iterator[str]:
    node = flow.nodes[state.node]
    match node:
        case Menu():
            yield from (*node.options, "", "0", "9", "#", "8")
        case AnyKey():
            yield from ("5", "")
        case DynamicMenu():
            yield from ("1", node.last_key, "")
        case Digits():
            yield from ENTRIES[node.rule]
        case Record():
            yield from (SPEAK, SPEAK_AND_HEAR, SAY_NOTHING)
        case Queue() if state.leg_key:
            yield from (MISSED, TAKEN)
        case Queue():
            yield from ("", *node.options, *(["5"] if node.any else []))


def _signature(state: State) -> tuple[Any, ...]:
    facts = state.facts
    told = ("danger", "quiet", "closed", "followed_case", "callback", "recording_consent")
    counts = (state.silences, state.misses, state.waited_s, sum(state.failures.values()))
    known = (
        "group" in facts,
        facts.get("subcat") == "V2",
        "subcat" in facts,
        "place" in facts,
        "number" in facts,
        facts["lang"] == "mfa",
    )
    return state.node, state.leg_key, *(facts.get(name) for name in told), *counts, *known
