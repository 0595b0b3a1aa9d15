"""The legs that a Dial makes: one for each number, from the first ring to the last word."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree import ElementTree

from practice.legs import Callback, DocumentRequest, Leg
from practice.person import answerer
from practice.phones import Phone
from practice.ringing import answer, begin_ringing, close_leg, outcome_s, send_verdict
from practice.stage import Diverted, LineClosed, Stage

Perform = Callable[[Stage, DocumentRequest], None]


@dataclass
class Child:
    """One number of a Dial; `outcome` says after how many seconds what happens."""

    stage: Stage
    phone: Phone
    noun: ElementTree.Element
    here: str
    outcome: tuple[float, str] = (0.0, "failed")

    @property
    def name(self) -> str:
        """How the conversation calls this phone."""
        return self.stage.person.name

    def url(self, attribute: str) -> str | None:
        """An address of the noun, which may be relative to its document."""
        value = self.noun.get(attribute)
        return urljoin(self.here, value) if value else None


def make(parent: Stage, noun: ElementTree.Element, here: str, *, caller_id: str) -> Child:
    """Make the leg for one Number, before anything rings."""
    number = (noun.text or "").strip()
    phone = parent.exchange.phones.pick(number)
    leg = Leg("outbound-dial", caller_id, number, parent=parent.leg)
    parent.leg.children.append(leg)
    parent.exchange.ledger.add_leg(leg)
    person = answerer(f"phone {number}", phone)
    child = Child(Stage(parent.exchange, leg, person, parent=parent), phone, noun, here)
    url = child.url("statusCallback")
    if url:
        events = frozenset(noun.get("statusCallbackEvent", "completed").split())
        leg.callback = Callback(url, noun.get("statusCallbackMethod", "POST"), events)
    return child


def ring(child: Child, timeout_s: float) -> None:
    """Let the phone ring and learn what will come of it."""
    begin_ringing(child.stage, child.phone)
    if child.stage.leg.rang_at is not None:
        child.stage.note(child.name, "rings")
    child.outcome = outcome_s(child.stage, child.phone, timeout_s)


def talk(child: Child, perform: Perform, *, talk_limit_s: float) -> bool:
    """Answer, hear the whisper, be bridged, hang up; return whether both were bridged."""
    stage = child.stage
    answer(stage, child.phone)
    stage.note(child.name, "answers")
    verdict_url = child.url("amdStatusCallback")
    if verdict_url and child.noun.get("machineDetection"):
        method = child.noun.get("amdStatusCallbackMethod", "POST")
        send_verdict(stage, verdict_url, method=method, phone=child.phone)
    by = _whisper_and_bridge(child, perform, talk_limit_s)
    close_leg(stage, "completed", by)
    return stage.leg.bridged


def _whisper_and_bridge(child: Child, perform: Perform, talk_limit_s: float) -> str:
    stage, whisper = child.stage, child.url("url")
    try:
        if whisper:
            perform(stage, DocumentRequest(whisper, child.noun.get("method", "POST")))
        _bridge(child, talk_limit_s)
    except LineClosed as closed:
        if closed.stage is not stage:
            raise
        return closed.by
    except Diverted as diverted:
        if diverted.stage is not stage:
            raise
        return _alone(stage, perform, diverted.request)
    return "phone" if child.phone.talk_s <= talk_limit_s else "provider"


def _bridge(child: Child, talk_limit_s: float) -> None:
    stage = child.stage
    parent = stage.parent
    stage.leg.bridged = True
    if parent:
        parent.leg.bridged = True
        parent.note("system", f"{parent.person.name} and {child.name} talk")
        parent.plan_hangup()
    stage.plan_hangup()
    stage.tick(min(child.phone.talk_s, talk_limit_s))
    stage.note(child.name, "hangs up")


def _alone(stage: Stage, perform: Perform, request: DocumentRequest) -> str:
    """The REST side took the phone out of the talk and sent it to a document of its own."""
    try:
        perform(stage, request)
    except LineClosed as closed:
        if closed.stage is not stage:
            raise
        return closed.by
    return "hotline"
