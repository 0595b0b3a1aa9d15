"""What no document of a call may be, whatever the caller did."""

from functools import cache
from typing import Any
from xml.etree import ElementTree

from core.spoken import emergency_numbers
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
    problems = [*_of_document(render(turn.verbs, flow.languages)), *_unsafe(turn.verbs)]
    if not isinstance(turn.verbs[-1], Gather | Dial | Redirect | Hangup):
        problems.append("the call would end in the middle")
    if turn.state.ended != isinstance(turn.verbs[-1], Hangup):
        problems.append("the state and the document disagree about the end")
    records = any(isinstance(verb, Record) for verb in turn.verbs)
    if records and turn.state.facts.get("recording_consent") is not True:
        problems.append("records without a yes")
    return problems


# The same words are heard in many states: each document is looked at once.
@cache
def _of_document(body: bytes) -> tuple[str, ...]:
    root = ElementTree.fromstring(body)
    too_large = ["the document is too large"] if len(body) > LARGEST_DOCUMENT else []
    return (*check(root), *unreachable(root), *too_large)


@cache
def _unsafe(verbs: tuple[Any, ...]) -> tuple[str, ...]:
    problems = []
    for verb in verbs:
        said = says((verb,)) if isinstance(verb, Gather) else []
        problems += [f"{n} while keys count" for one in said for n in emergency_numbers(one.text)]
    for one in says(verbs):
        if one.lang == "th" and any(char.isdigit() for char in one.text):
            problems.append(f"digits in Thai: {one.text}")
        if "{" in one.text:
            problems.append(f"a blank is not filled: {one.text}")
        if not one.text.strip():
            problems.append("says nothing")
    return tuple(problems)
