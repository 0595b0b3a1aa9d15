"""Plays documents on a leg, one after another, until nothing follows or the line closes."""

from xml.etree import ElementTree

from practice import verbs
from practice.dial import dial
from practice.documents import DocumentFailed, fetch
from practice.gather import gather
from practice.legs import DocumentRequest
from practice.record import record
from practice.stage import Diverted, LineClosed, Stage

# Longer calls go round and round: Twilio itself cuts a call after four hours.
MOST_DOCUMENTS = 1000
_VERBS: dict[str, verbs.Verb] = {
    "Say": verbs.say,
    "Play": verbs.play,
    "Pause": verbs.pause,
    "Redirect": verbs.redirect,
    "Hangup": verbs.hang_up,
    "Reject": verbs.reject,
    "Gather": gather,
    "Record": record,
    "Dial": lambda stage, element, here: dial(stage, element, here, perform=perform),
}


def perform(stage: Stage, first: DocumentRequest) -> None:
    """Play a leg from its first document on; return when a document ends, raise LineClosed else."""
    request: DocumentRequest | None = first
    while request is not None:
        try:
            request = _play_next(stage, request)
        except Diverted as diverted:
            if diverted.stage is not stage:
                raise
            request = diverted.request
        except DocumentFailed as failed:
            request = _fallback(stage, failed)


def _play_next(stage: Stage, request: DocumentRequest) -> DocumentRequest | None:
    if len(stage.leg.documents) >= MOST_DOCUMENTS:
        stage.note("system", "the call goes round and round")
        raise LineClosed(stage, "provider")
    document = fetch(stage, request)
    stage.heard.clear()
    if stage.leg.status == "ringing" and document.find("Reject") is None:
        stage.leg.status = "in-progress"
    stage.check()
    return _play(stage, document, request.url)


def _play(stage: Stage, document: ElementTree.Element, here: str) -> DocumentRequest | None:
    for element in document:
        stage.plan_hangup()
        request = _VERBS[element.tag](stage, element, here)
        if request is not None:
            return request
    stage.leave_if_heard_enough()
    return None


def _fallback(stage: Stage, failed: DocumentFailed) -> DocumentRequest:
    """The leg's second chance; it has only one."""
    chance, stage.leg.fallback = stage.leg.fallback, None
    if chance is None:
        stage.note("system", "an application error has occurred, goodbye")
        raise LineClosed(stage, "provider") from failed
    stage.note("system", "goes to the fallback address")
    about = {"ErrorCode": str(failed.code), "ErrorUrl": failed.url}
    return DocumentRequest(chance.url, chance.method, about)
