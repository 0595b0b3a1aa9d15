"""The lead's page of further parts: asking another office for its share, taking it back."""

import re
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from cases.errors import CaseRefused, PartRefused, StaleCase
from cases.part_access import part_file
from cases.part_asking import ask_part, withdraw_part
from cases.part_rules import LONGEST_BRIEFING, PartWish
from cases.place_search import districts_meant
from cases.states import OVER, RECEIVED
from core import clock, runtime
from core.database import reading, transaction
from routing.directory import current_directory
from routing.models import Office
from routing.vocabulary import AFFILIATIONS, LEVELS
from webapp.console import bp
from webapp.console.case_door import (
    LONGEST_REASON,
    open_file,
    open_to_change,
    refusal_words,
    stale,
)
from webapp.console.case_words import word
from webapp.console.guard import action
from webapp.console.lead_parts import leads_parts
from webapp.console.pages import named, page

ASK = "part.ask"
LONGEST_CODE = 32
CODE = re.compile(r"[A-Za-z0-9-]+")
LONGEST_PLACE = 100


@dataclass(frozen=True)
class Typed:
    """The form as it was sent; `chosen` is what was picked of several that a place fits."""

    district: str = ""
    level: str = ""
    affiliation: str = ""
    office: str = ""
    briefing: str = ""
    chosen: str = ""
    district_code: str = ""


@dataclass(frozen=True)
class AskSaid:
    """What the page says back: about the form, or about one part; what may be chosen from."""

    rule: str
    text: str
    part_id: int | None = None
    field: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    typed: str = ""


FIELDS = {
    "briefing_missing": "briefing",
    "briefing_too_long": "briefing",
    "place_missing": "district",
    "several_places": "district_code",
    "several_offices": "chosen",
    "office_closed": "office",
    "is_lead": "office",
    "has_part": "office",
}


@bp.get("/cases/<reference>/parts")
@action(ASK)
def case_parts(reference: str) -> Response:
    """The parts of a case, and the form for another one."""
    return _show(reference, Typed())


@bp.post("/cases/<reference>/parts")
@action(ASK)
def ask_for_part(reference: str) -> Answer:
    """Ask another office for its share of the case."""
    typed = _typed()
    try:
        with transaction() as session:
            opened = open_to_change(session, reference, ASK)
            practice = runtime.current().settings.is_practice
            ask_part(
                session,
                opened.case_id,
                _wish(session, typed),
                viewer=opened.viewer,
                now=clock.now(),
                around_clock=practice,
            )
    except PartRefused as refusal:
        return _refused(reference, typed, refusal)
    return _to_parts(reference)


@bp.post("/cases/<reference>/parts/<int:part_id>/withdraw")
@action(ASK)
def withdraw_one_part(reference: str, part_id: int) -> Answer:
    """Take a part back and say why."""
    reason = request.form.get("reason", "")
    try:
        with transaction() as session:
            opened = open_to_change(session, reference, ASK)
            file = part_file(session, part_id)
            if file is None or file.case.id != opened.case_id:
                return stale(reference)
            withdraw_part(session, part_id, reason=reason, viewer=opened.viewer, now=clock.now())
    except CaseRefused as refusal:
        text = refusal_words(refusal)
        said = AskSaid(refusal.rule, text, part_id=part_id, typed=reason[:LONGEST_REASON])
        return _show(reference, Typed(), said)
    except StaleCase:
        return stale(reference)
    return _to_parts(reference)


def _wish(session: Session, typed: Typed) -> PartWish:
    """What the form means; PartRefused "several_places" where a name fits more than one."""
    code = typed.chosen or typed.office
    if code and not CODE.fullmatch(code):
        raise PartRefused("office_closed")
    if code:
        return PartWish(typed.briefing, office_code=code)
    meant = typed.district_code or typed.district
    districts = districts_meant(meant, current_directory(session))
    if len(districts) > 1:
        raise PartRefused("several_places", tuple(one.code for one in districts))
    return PartWish(
        typed.briefing,
        district_code=districts[0].code if districts else None,
        affiliation=typed.affiliation if typed.affiliation in AFFILIATIONS else None,
        level=typed.level if typed.level in LEVELS else None,
    )


def _typed() -> Typed:
    def of(name: str, longest: int = LONGEST_CODE) -> str:
        return request.form.get(name, "").strip()[:longest]

    return Typed(
        district=of("district", LONGEST_PLACE),
        level=of("level"),
        affiliation=of("affiliation"),
        office=of("office"),
        # One letter too many stays, so that it is refused.
        briefing=of("briefing", LONGEST_BRIEFING + 1).replace("\r\n", "\n"),
        chosen=of("chosen"),
        district_code=of("district_code"),
    )


def _refused(reference: str, typed: Typed, refusal: PartRefused) -> Response:
    with reading() as session:
        choices = _choices(session, refusal)
    field = FIELDS.get(refusal.rule, "briefing")
    said = AskSaid(refusal.rule, refusal_words(refusal), field=field, choices=choices)
    return _show(reference, typed, said)


def _choices(session: Session, refusal: PartRefused) -> tuple[tuple[str, str], ...]:
    """What the place may mean, by code and name."""
    if refusal.rule == "several_places":
        directory = current_directory(session)
        found = [directory.districts[one] for one in refusal.candidates]
        provinces = directory.provinces
        return tuple(
            (one.code, f"{named(one)} · {named(provinces[one.province_code])}") for one in found
        )
    offices = select(Office).where(Office.code.in_(refusal.candidates)).order_by(Office.code)
    return tuple((one.code, named(one)) for one in session.scalars(offices))


def _show(reference: str, typed: Typed, said: AskSaid | None = None) -> Response:
    now = clock.now()
    with reading() as session:
        opened = open_file(session, reference, ASK)
        case, reads = opened.file.case, opened.standing.may("note.read")
        parts = leads_parts(session, case.id, reads=reads, now=now)
    return page(
        "parts/asking.html",
        status=HTTPStatus.BAD_REQUEST if said else HTTPStatus.OK,
        reference=reference,
        parts=parts,
        may_ask=case.status not in OVER and case.status != RECEIVED,
        typed=typed,
        said=said,
        levels=[(one, word("level", one)) for one in LEVELS],
        affiliations=[(one, word("affiliation", one)) for one in AFFILIATIONS],
        word=word,
    )


def _to_parts(reference: str) -> Answer:
    return redirect(url_for("desk.case_parts", reference=reference), HTTPStatus.SEE_OTHER)
