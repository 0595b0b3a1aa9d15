"""What no document of a call may be, whatever the caller did."""

from typing import Any
from xml.etree import ElementTree

from ivr.flow_texts import emergency_numbers
from ivr.loader import FLOW_FILE, load_flow
from ivr.nodes import Flow
from ivr.turns import Turn
from ivr.twiml import render
from ivr.verbs import Dial, Gather, Hangup, Record, Redirect, Say
from practice.twiml_check import check, unreachable

FLOW = load_flow(FLOW_FILE.read_text(encoding="utf-8"))
LARGEST_DOCUMENT = 64_000


def says(verbs: tuple[Any, ...]) -> list[Say]:
    """Everything that a document says."""
    found = []
    for verb in verbs:
        inside = verb.prompts if isinstance(verb, Gather) else (verb,)
        found += [one for one in inside if isinstance(one, Say)]
    return found


def document_problems(turn: Turn, flow: Flow = FLOW) -> list[str]:
    """What no document may be: malformed, too long, a dead end, unsafe, digits in Thai."""
    body = render(turn.verbs, flow.languages)
    root = ElementTree.fromstring(body)
    problems = check(root) + unreachable(root)
    if len(body) > LARGEST_DOCUMENT:
        problems.append("the document is too large")
    if not isinstance(turn.verbs[-1], Gather | Dial | Redirect | Hangup):
        problems.append("the call would end in the middle")
    if turn.state.ended != isinstance(turn.verbs[-1], Hangup):
        problems.append("the state and the document disagree about the end")
    return problems + _unsafe(turn)


def _unsafe(turn: Turn) -> list[str]:
    problems = []
    for verb in turn.verbs:
        said = says((verb,)) if isinstance(verb, Gather) else []
        problems += [f"{n} while keys count" for one in said for n in emergency_numbers(one.text)]
        if isinstance(verb, Record) and turn.state.facts.get("recording_consent") is not True:
            problems.append("records without a yes")
    for one in says(turn.verbs):
        if one.lang == "th" and any(char.isdigit() for char in one.text):
            problems.append(f"digits in Thai: {one.text}")
        if "{" in one.text:
            problems.append(f"a blank is not filled: {one.text}")
        if not one.text.strip():
            problems.append("says nothing")
    return problems
