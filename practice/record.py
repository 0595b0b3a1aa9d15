"""Record: the caller speaks, a recording is made and told about.

https://www.twilio.com/docs/voice/twiml/record
"""

from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree import ElementTree

from practice import params
from practice.documents import next_request, notify
from practice.keys import Speaking
from practice.legs import RECORDING, SPEAKING, DocumentRequest, Recording
from practice.postman import Post
from practice.stage import Stage

ALL_KEYS = "1234567890*#"


@dataclass(frozen=True)
class Take:
    """How a recording went: seconds of sound and the Digits that Twilio tells about it."""

    seconds: int
    digits: str


def record(stage: Stage, element: ElementTree.Element, here: str) -> DocumentRequest | None:
    """Record the person; nothing said goes on with the next verb."""
    found = Recording(stage.leg.root.sid)
    stage.exchange.ledger.add_recording(found)
    if element.get("playBeep", "true") == "true":
        stage.note("system", "beep")
    _tell(stage, element, here, found)
    stage.leg.doing = RECORDING
    plan = _plan(stage, element)
    take = _listen(stage, element, plan)
    stage.leg.doing = SPEAKING
    _close(stage, found, take)
    stage.after(1.0, lambda: _tell(stage, element, here, found), survives=True)
    given = _action_params(stage, found, take)
    request = next_request(element, here, given) if found.seconds else None
    if plan.hangs_up:
        _leave(stage, request)
    return request


def _plan(stage: Stage, element: ElementTree.Element) -> Speaking:
    if stage.has_heard_enough():
        return Speaking(0, "", hangs_up=True)
    return stage.person.speak_at_recording(float(element.get("maxLength", "3600")))


def _listen(stage: Stage, element: ElementTree.Element, plan: Speaking) -> Take:
    longest = int(element.get("maxLength", "3600"))
    seconds = min(plan.seconds, longest)
    if seconds:
        stage.note(stage.person.name, f"speaks for {seconds} seconds")
    if plan.waited_s is None:
        stage.tick(seconds)
    else:
        stage.passed(plan.waited_s)
    if plan.hangs_up:
        return Take(seconds, "hangup")
    if seconds == longest:
        return Take(seconds, "")
    if seconds and plan.key and plan.key in element.get("finishOnKey", ALL_KEYS):
        stage.note(stage.person.name, f"presses {plan.key}")
        return Take(seconds, plan.key)
    silence = int(element.get("timeout", "5")) if plan.waited_s is None else 0
    stage.tick(silence)
    keeps = bool(seconds) and element.get("trim", "trim-silence") == "do-not-trim"
    return Take(min(seconds + silence, longest) if keeps else seconds, "")


def _close(stage: Stage, found: Recording, take: Take) -> None:
    found.seconds = take.seconds if found.said_s is None else found.said_s
    is_lost = not found.seconds or stage.exchange.faults.makes_absent()
    found.status = "absent" if is_lost else "completed"


def _action_params(stage: Stage, found: Recording, take: Take) -> dict[str, str]:
    return {
        "RecordingUrl": params.recording_url(found, stage.exchange.settings),
        "RecordingSid": found.sid,
        "RecordingDuration": str(found.seconds),
        "Digits": take.digits,
    }


def _tell(stage: Stage, element: ElementTree.Element, here: str, found: Recording) -> None:
    url = element.get("recordingStatusCallback")
    wanted = element.get("recordingStatusCallbackEvent", "completed").split()
    if not url or found.status not in wanted:
        return
    sent = params.recording(found, stage.exchange.settings)
    method = element.get("recordingStatusCallbackMethod", "POST")
    stage.exchange.postman.tell(stage.leg, Post("recording", urljoin(here, url), sent, method))


def _leave(stage: Stage, request: DocumentRequest | None) -> None:
    if request is not None:
        # Twilio still asks the action of a caller who hung up; what it answers is not played.
        stage.leg.status = "completed"
        notify(stage, request)
    stage.hang_up()
