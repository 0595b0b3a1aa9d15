"""What the page of a practice call shows: its lines, its webhooks, and the case that came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from xml.dom import minidom
from xml.parsers.expat import ExpatError

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.models import Assignment, Case, CaseCall
from routing.models import Office
from webapp.console.language import gettext, marked
from webapp.console.phone_words import in_words

HOTLINE: Final = "hotline"
DOING: Final = {
    "ringing": marked("Ringing …"),
    "speaking": marked("The hotline speaks, or rings somebody"),
    "listening": marked("The hotline waits for you"),
    "recording": marked("Recording: speak now, then press #"),
    "over": marked("The call is over"),
}
WHO: Final = {
    "hotline": marked("Hotline"),
    "caller": marked("You"),
    "system": marked("Line"),
}
PHONE: Final = marked("Telephone %(number)s")
# What a webhook says that is worth a line; the rest is the same in each.
TELLING: Final = (
    "Digits",
    "SpeechResult",
    "CallStatus",
    "DialCallStatus",
    "AnsweredBy",
    "RecordingStatus",
    "RecordingDuration",
)


@dataclass(frozen=True)
class Said:
    """One line of the conversation; `number` counts them, `spoken` is read aloud."""

    number: int
    at: str
    who: str
    text: str
    language: str | None
    is_hotline: bool


@dataclass(frozen=True)
class Sent:
    """One webhook and what the hotline answered."""

    number: int
    kind: str
    path: str
    told: list[tuple[str, str]]
    status: str
    ms: int
    document: str


@dataclass(frozen=True)
class Made:
    """The case that came of a call: its number and its office."""

    reference: str
    office: Any


@dataclass(frozen=True)
class Shown:
    """A practice call as it stands; `mark` changes with whatever is shown of it."""

    mark: str
    doing: str
    doing_text: str
    is_over: bool
    lines: list[Said]
    webhooks: list[Sent]
    case: Made | None


def shown(call: dict[str, Any], sent: Sequence[dict[str, Any]], case: Made | None) -> Shown:
    """A call of the practice provider in the reader's words."""
    doing = "over" if call["over"] else "ringing" if call["status"] == "ringing" else call["doing"]
    return Shown(
        mark=mark_of(call, sent),
        doing=doing,
        doing_text=gettext(DOING[doing]),
        is_over=call["over"],
        lines=[_said(number, line) for number, line in enumerate(call["transcript"])],
        webhooks=[_sent(number, one) for number, one in enumerate(sent, start=1)],
        case=case,
    )


def mark_of(call: dict[str, Any], sent: Sequence[dict[str, Any]]) -> str:
    """What changes when the call goes on: a browser that shows this needs nothing new."""
    answered = sum(one["status"] is not None or one["failure"] is not None for one in sent)
    return f"{call['status']}.{call['doing']}.{len(call['transcript'])}.{len(sent)}.{answered}"


def case_of(session: Session, sid: str) -> Made | None:
    """The case of a call and the office that has it: nobody real is in it, so anyone may know."""
    found = session.execute(
        select(Case.reference, Office)
        .join(CaseCall, CaseCall.case_id == Case.id)
        .join(Assignment, (Assignment.case_id == Case.id) & Assignment.is_lead)
        .join(Office, Office.code == Assignment.office_code)
        .where(CaseCall.call_sid == sid)
    ).first()
    return Made(found[0], found[1]) if found else None


def _said(number: int, line: dict[str, Any]) -> Said:
    who = WHO.get(line["who"])
    phone = line["who"].removeprefix("phone ")
    is_hotline = line["who"] == HOTLINE and not line["text"].startswith("[")
    words = None if is_hotline else in_words(line["text"])
    return Said(
        number=number,
        at=f"{int(line['at']) // 60}:{int(line['at']) % 60:02}",
        who=gettext(who) if who else gettext(PHONE) % {"number": f"…{phone[-4:]}"},
        text=words or line["text"],
        language=line["lang"] if is_hotline else None if words else "en",
        is_hotline=is_hotline,
    )


def _sent(number: int, webhook: dict[str, Any]) -> Sent:
    told = webhook["params"]
    return Sent(
        number=number,
        kind=webhook["kind"],
        path=urlsplit(webhook["url"]).path,
        told=[(name, told[name]) for name in TELLING if told.get(name)],
        status=str(webhook["status"] or webhook["failure"] or "…"),
        ms=round(webhook["ms"]),
        document=_pretty(webhook["body"]),
    )


def _pretty(body: str) -> str:
    """A document with one verb a line."""
    try:
        lines = minidom.parseString(body).toprettyxml(indent="  ").splitlines()[1:]
    except ExpatError:
        return body
    return "\n".join(line for line in lines if line.strip())
