"""Dial: other telephones ring, a whisper asks the one that answers, then both are bridged.

https://www.twilio.com/docs/voice/twiml/dial and https://www.twilio.com/docs/voice/twiml/number
"""

from dataclasses import dataclass, field
from xml.etree import ElementTree

from practice import child_legs
from practice.child_legs import Child, Perform
from practice.documents import next_request, notify
from practice.legs import DocumentRequest, Leg
from practice.ringing import close_leg
from practice.stage import Diverted, LineClosed, Stage

INVALID_CALLER_ID = 13214


@dataclass
class Result:
    """How a Dial went; `leg` is the one that was talked to, or the last one tried."""

    status: str = "failed"
    leg: Leg | None = None
    bridged: bool = False

    def action_params(self) -> dict[str, str]:
        """What the action is told."""
        told = {"DialCallStatus": self.status, "DialBridged": str(self.bridged).lower()}
        if self.leg is not None:
            told["DialCallSid"] = self.leg.sid
            if self.leg.duration is not None:
                told["DialCallDuration"] = str(self.leg.duration)
        return told


@dataclass
class Dialling:
    """One Dial while it goes on."""

    stage: Stage
    element: ElementTree.Element
    here: str
    perform: Perform
    result: Result = field(default_factory=Result)

    def request(self) -> DocumentRequest:
        """The request to the action."""
        return next_request(self.element, self.here, self.result.action_params())


def dial(
    stage: Stage, element: ElementTree.Element, here: str, *, perform: Perform
) -> DocumentRequest | None:
    """Ring the numbers of a Dial; without an action the next verb follows."""
    stage.leave_if_heard_enough()
    dialling = Dialling(stage, element, here, perform)
    try:
        _ring_all(dialling)
    except LineClosed as closed:
        _tell_after_hangup(dialling, closed)
        raise
    return dialling.request() if element.get("action") is not None else None


def _ring_all(dialling: Dialling) -> None:
    if not _may_show(dialling):
        sid = dialling.stage.leg.sid
        text = "callerId is neither the caller's nor the account's number"
        dialling.stage.exchange.ledger.add_problem(INVALID_CALLER_ID, sid, text)
        return
    for group in _groups(dialling.element):
        _ring_group(dialling, group)
        if dialling.result.status == "completed":
            return


def _may_show(dialling: Dialling) -> bool:
    leg = dialling.stage.leg
    own = (None, "", dialling.stage.exchange.settings.number, leg.number_from, leg.number_to)
    return dialling.element.get("callerId") in own


def _groups(element: ElementTree.Element) -> list[list[ElementTree.Element]]:
    """The numbers that ring at the same time, group after group."""
    nouns = list(element)
    if not nouns and (element.text or "").strip():
        noun = ElementTree.Element("Number")
        noun.text = element.text
        nouns = [noun]
    one_by_one = element.get("sequential") == "true"
    return [[noun] for noun in nouns] if one_by_one else [nouns] if nouns else []


def _ring_group(dialling: Dialling, group: list[ElementTree.Element]) -> None:
    stage = dialling.stage
    caller_id = dialling.element.get("callerId") or stage.leg.number_from
    children = [child_legs.make(stage, n, dialling.here, caller_id=caller_id) for n in group]
    try:
        _play_group(dialling, children)
    except (LineClosed, Diverted) as news:
        for child in children:
            _cut(child, news.by if isinstance(news, LineClosed) else "api")
        raise


def _play_group(dialling: Dialling, children: list[Child]) -> None:
    element, result = dialling.element, dialling.result
    for child in children:
        child_legs.ring(child, float(element.get("timeout", "30")))
    first = _wait_for_answer(dialling.stage, children)
    result.leg = (first or children[-1]).stage.leg
    if first is None:
        result.status = _worst(children)
        return
    result.status = "completed"
    limit = float(element.get("timeLimit", "14400"))
    result.bridged = child_legs.talk(first, dialling.perform, talk_limit_s=limit)


def _wait_for_answer(stage: Stage, children: list[Child]) -> Child | None:
    """Let them ring; the first one that answers has it, the others stop ringing."""
    start = stage.now
    for child in sorted(children, key=lambda found: found.outcome[0]):
        seconds, status = child.outcome
        if _is_broken_off(child, start + seconds):
            continue
        if status == "in-progress":
            for other in children:
                if other is not child:
                    _cut(other, "provider")
            return child
        child.stage.note(child.name, status)
        close_leg(child.stage, status, "provider")
    return None


def _is_broken_off(child: Child, until: float) -> bool:
    """Let one phone ring until then; whether the REST side ended that ring alone meanwhile."""
    try:
        child.stage.tick(max(until - child.stage.now, 0.0))
    except LineClosed as closed:
        if closed.stage is not child.stage:
            raise
        child.stage.note(child.name, "stops ringing")
        close_leg(child.stage, "canceled", closed.by)
        return True
    return False


def _cut(child: Child, by: str) -> None:
    was_answered = child.stage.answered_s is not None
    close_leg(child.stage, "completed" if was_answered else "canceled", by)


def _worst(children: list[Child]) -> str:
    found = {child.stage.leg.status for child in children}
    return next((s for s in ("no-answer", "busy", "canceled") if s in found), "failed")


def _tell_after_hangup(dialling: Dialling, closed: LineClosed) -> None:
    """Twilio asks the action of a caller who hung up too; its answer is not played."""
    stage, result = dialling.stage, dialling.result
    left = closed.stage is stage and closed.by in ("caller", "phone")
    if dialling.element.get("action") is None or not left:
        return
    if stage.leg.children:
        result.leg = stage.leg.children[-1]
        result.status, result.bridged = result.leg.status, result.leg.bridged
    stage.leg.status = "completed"
    notify(stage, dialling.request())
