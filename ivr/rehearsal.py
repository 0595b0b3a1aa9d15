"""Goes through a call on paper, to say how long it takes and how many answers it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import yaml_text
from core.spoken import seconds
from ivr import engine
from ivr.nodes import Flow, Record
from ivr.turns import (
    Anybody,
    DistrictFact,
    FindDistricts,
    Links,
    Question,
    Reply,
    Ring,
    RingTarget,
    Run,
    Save,
    Turn,
)
from ivr.verbs import Gather, Say, Verb

FILE = Path(__file__).parent / "flows" / "rehearsals.yaml"
LONGEST_CALL = 60
LINKS = Links(next_turn="", recording="", caller_id="")


@dataclass(frozen=True)
class Rehearsed:
    """One call: seconds of prompts that were spoken, keys or numbers that were entered."""

    name: str
    seconds: float
    answers: int


def rehearse_all(flow: Flow, lang: str) -> list[Rehearsed]:
    """Every call of the rehearsals file; a flow that leads elsewhere is a LookupError."""
    script = yaml_text.load(FILE.read_text(encoding="utf-8"))
    return [_rehearse(flow, lang, name, script) for name in script["calls"]]


def _rehearse(flow: Flow, lang: str, name: str, script: Mapping[str, Any]) -> Rehearsed:
    call = script["calls"][name]
    facts = {"lang": lang, "caller": script["caller"], "code": script["code"]}
    turn = _run(engine.begin(flow, facts | {"given_pin": script["pin"]}, LINKS), script)
    length, answers = _length(turn.verbs), 0
    for _ in range(LONGEST_CALL):
        node = turn.state.node
        if node == call["until"]:
            return Rehearsed(name, length, answers)
        if node not in call["keys"]:
            break
        is_record = isinstance(flow.nodes[node], Record)
        reply = Reply("#", recorded_s=1) if is_record else Reply(call["keys"][node])
        answers += bool(reply.keys) and not is_record
        turn = _run(engine.advance(flow, turn.state, reply, LINKS), script)
        length += _length(turn.verbs)
    raise LookupError(f"the rehearsal {name} stands at {turn.state.node} and knows no key")


def _run(run: Run, script: Mapping[str, Any]) -> Turn:
    try:
        question = next(run)
        while True:
            question = run.send(_answer(question, script))
    except StopIteration as done:
        turn: Turn = done.value
        return turn


def _answer(question: Question, script: Mapping[str, Any]) -> Any:
    """Somebody is there, the postal code is known, and the case gets its number."""
    if isinstance(question, FindDistricts):
        return (DistrictFact(**script["place"]),)
    if isinstance(question, Ring):
        return RingTarget("", 0, script["caller"], "", "")
    if isinstance(question, Save):
        return script["reference"]
    return True if isinstance(question, Anybody) else None


def _length(verbs: tuple[Verb, ...]) -> float:
    inside = [
        one for verb in verbs for one in (verb.prompts if isinstance(verb, Gather) else [verb])
    ]
    return sum(seconds(one.text) for one in inside if isinstance(one, Say))
