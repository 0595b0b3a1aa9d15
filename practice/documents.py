"""Fetches a leg's next document and refuses everything that is not proper TwiML."""

from collections.abc import Mapping
from urllib.parse import urljoin
from xml.etree import ElementTree

from practice import params, twiml_check
from practice.delivery import BODY_LIMIT, Reply
from practice.ledger import NOTICED
from practice.legs import DocumentRequest
from practice.postman import Post
from practice.stage import Stage

# https://www.twilio.com/docs/api/errors
UNREACHABLE, BAD_STATUS, TOO_LARGE = 11205, 11200, 11750
NOT_XML, WRONG_TYPE, NOT_TWIML = 12100, 12300, 12200
_XML_TYPES = ("text/xml", "application/xml")
PLAYED = {
    "Say",
    "Play",
    "Pause",
    "Gather",
    "Record",
    "Redirect",
    "Hangup",
    "Reject",
    "Dial",
}

# What practice would leave out without a word, and the value that changes nothing.
_NOT_PLAYED = {
    ("Dial", "record"): "do-not-record",
    ("Dial", "hangupOnStar"): "false",
    ("Gather", "partialResultCallback"): "",
    ("Record", "transcribe"): "false",
}


class DocumentFailed(Exception):
    """A document could not be had or is no TwiML; `code` is Twilio's error number."""

    def __init__(self, code: int, url: str, text: str) -> None:
        """Say what failed where."""
        super().__init__(text)
        self.code = code
        self.url = url


def fetch(stage: Stage, request: DocumentRequest) -> ElementTree.Element:
    """Get the document that a request leads to; raise DocumentFailed, after writing it down."""
    try:
        text = _text(stage, request)
        stage.leg.documents.append(text)
        return _parse(text, request.url, stage)
    except DocumentFailed as failed:
        stage.exchange.ledger.add_problem(failed.code, stage.leg.sid, str(failed))
        stage.note("system", f"error {failed.code}: {failed}")
        raise


def notify(stage: Stage, request: DocumentRequest) -> Reply:
    """Make a voice request and return what came back, whatever it is."""
    settings = stage.exchange.settings
    found = params.voice(stage.leg, settings) | dict(request.params)
    post = Post("voice", request.url, found, request.method)
    broken = stage.broken(len(stage.leg.documents) + 1)
    return stage.exchange.postman.ask(stage.leg, post, broken)


def _text(stage: Stage, request: DocumentRequest) -> str:
    if request.inline is not None:
        return request.inline
    reply = notify(stage, request)
    if reply.status is None or reply.failure in ("rt", "ct", "partial"):
        code = TOO_LARGE if len(reply.body) > BODY_LIMIT else UNREACHABLE
        raise DocumentFailed(code, request.url, f"no answer ({reply.failure})")
    if len(reply.body) > BODY_LIMIT:
        raise DocumentFailed(TOO_LARGE, request.url, "document over 64 kB")
    if not 200 <= reply.status < 300:
        raise DocumentFailed(BAD_STATUS, request.url, f"answered {reply.status}")
    if reply.content_type.split(";")[0].strip().lower() not in _XML_TYPES:
        raise DocumentFailed(WRONG_TYPE, request.url, "content type is not XML")
    try:
        return reply.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentFailed(NOT_XML, request.url, "document is not UTF-8") from error


def _parse(text: str, url: str, stage: Stage) -> ElementTree.Element:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DocumentFailed(NOT_XML, url, "document declares a type")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise DocumentFailed(NOT_XML, url, f"document is not XML: {error}") from error
    problems = twiml_check.check(root) or _not_played(root, stage)
    if problems:
        raise DocumentFailed(NOT_TWIML, url, "; ".join(problems))
    for lost in twiml_check.unreachable(root):
        stage.exchange.ledger.add_problem(NOTICED, stage.leg.sid, lost)
    return root


def _not_played(root: ElementTree.Element, stage: Stage) -> list[str]:
    strange = [f"practice does not play {verb.tag}" for verb in root if verb.tag not in PLAYED]
    if stage.leg.parent is not None:
        # Twilio allows no Dial in the document that a Number's url leads to.
        strange += ["Dial not allowed in a whisper" for verb in root if verb.tag == "Dial"]
    nouns = {noun.tag for dial in root.iter("Dial") for noun in dial}
    strange += [
        f"practice does not play {tag}@{name}"
        for (tag, name), harmless in _NOT_PLAYED.items()
        for verb in root.iter(tag)
        if verb.get(name, harmless) != harmless
    ]
    return strange + [f"practice does not dial {noun}" for noun in sorted(nouns - {"Number"})]


def next_request(
    element: ElementTree.Element, here: str, given: Mapping[str, str] | None = None
) -> DocumentRequest:
    """The request that a verb's action and method lead to; by default to the document itself."""
    url = urljoin(here, element.get("action", "").strip() or here)
    return DocumentRequest(url, element.get("method", "POST"), given or {})
