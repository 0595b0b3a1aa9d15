"""Whether a document is TwiML: every verb, attribute and nesting against twilio-python's classes.

The classes are asked, not copied: each method of a verb class makes one kind of child, whose
attributes are those that the method takes.
"""

import inspect
import re
from dataclasses import dataclass
from functools import cache
from xml.etree import ElementTree

from twilio.twiml import TwiML
from twilio.twiml.voice_response import VoiceResponse

SAY_LIMIT = 4096  # https://www.twilio.com/docs/voice/twiml/say
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_BOOLEAN = re.compile(r"true|false")
_VALUES = {
    "method": re.compile(r"GET|POST"),
    "timeout": re.compile(r"\d{1,3}|auto"),
    "length": re.compile(r"\d{1,4}"),
    "numDigits": re.compile(r"[1-9]\d*"),
    "maxLength": re.compile(r"[1-9]\d{0,4}"),
    "timeLimit": re.compile(r"[1-9]\d{0,4}"),
    "finishOnKey": re.compile(r"[0-9#*]*"),
    "input": re.compile(r"dtmf|speech|dtmf speech|speech dtmf"),
    # https://www.twilio.com/docs/api/errors/13330
    "hints": re.compile(r"([^,]{1,100}(,[^,]{1,100}){0,499})?"),
    "speechTimeout": re.compile(r"[1-9]\d?|auto"),
    "trim": re.compile(r"trim-silence|do-not-trim"),
    "reason": re.compile(r"rejected|busy"),
    "playBeep": _BOOLEAN,
    "actionOnEmptyResult": _BOOLEAN,
    "profanityFilter": _BOOLEAN,
    "bargeIn": _BOOLEAN,
    "answerOnBridge": _BOOLEAN,
    "hangupOnStar": _BOOLEAN,
    "sequential": _BOOLEAN,
    "machineDetection": re.compile(r"Enable|DetectMessageEnd"),
}


@dataclass(frozen=True)
class Shape:
    """What one kind of element may hold; `made_by` is its class."""

    made_by: type
    attributes: frozenset[str]
    has_text: bool


@cache
def children_of(parent: type) -> dict[str, Shape]:
    """The elements that may stand in an element made by this class, by tag."""
    shapes: dict[str, Shape] = {}
    for name, method in inspect.getmembers(parent, inspect.isfunction):
        if name.startswith("_") or hasattr(TwiML, name):
            continue
        child = method(_blank(parent), **dict.fromkeys(_parameters(method), "x"))
        shapes[child.name] = Shape(type(child), frozenset(child.attrs), child.value is not None)
    return shapes


def _blank(kind: type) -> TwiML:
    blank: TwiML = object.__new__(kind)
    TwiML.__init__(blank)  # type: ignore[no-untyped-call]
    return blank


def _parameters(method: object) -> list[str]:
    found = inspect.signature(method).parameters.values()  # type: ignore[arg-type]
    return [p.name for p in found if p.name != "self" and p.kind is not p.VAR_KEYWORD]


def check(root: ElementTree.Element) -> list[str]:
    """Name everything that is wrong with a document; an empty list means it is TwiML."""
    if root.tag != "Response":
        return [f"{root.tag} is no Response"]
    problems = [f"Response@{name} unknown attribute" for name in root.attrib]
    return problems + _check_children(root, Shape(VoiceResponse, frozenset(), has_text=False))


def _check_children(element: ElementTree.Element, shape: Shape) -> list[str]:
    problems = _check_text(element, shape)
    allowed = children_of(shape.made_by)
    for child in element:
        if child.tag not in allowed:
            problems.append(f"{element.tag}/{child.tag} not allowed here")
            continue
        problems += _check_attributes(child, allowed[child.tag])
        problems += _check_children(child, allowed[child.tag])
    return problems


def _check_text(element: ElementTree.Element, shape: Shape) -> list[str]:
    own = [element.text or "", *(child.tail or "" for child in element)]
    if any(piece.strip() for piece in own) and not shape.has_text:
        return [f"{element.tag} holds text"]
    if element.tag == "Say" and len("".join(element.itertext())) > SAY_LIMIT:
        return [f"Say holds more than {SAY_LIMIT} characters"]
    return []


def _check_attributes(element: ElementTree.Element, shape: Shape) -> list[str]:
    problems = []
    for raw, value in element.attrib.items():
        name = "xml:lang" if raw == _XML_LANG else raw
        if name not in shape.attributes:
            problems.append(f"{element.tag}@{name} unknown attribute")
        elif name in _VALUES and not _VALUES[name].fullmatch(value):
            problems.append(f"{element.tag}@{name} has a wrong value")
    return problems


def unreachable(root: ElementTree.Element) -> list[str]:
    """Name the verbs that always end a document although others stand behind them."""
    ends = [
        verb.tag
        for verb in list(root)[:-1]
        if verb.tag in ("Redirect", "Hangup", "Reject")
        or (verb.tag == "Dial" and verb.get("action") is not None)
    ]
    return [f"what stands behind {tag} never plays" for tag in ends]
