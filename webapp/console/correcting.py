"""Putting right what a case is: a page of its own, whose choices survive a refusal."""

import re
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from calls.hastening import hasten_callbacks, shorten_callbacks
from calls.services import hold_owed
from cases.correcting import Corrected, correct, hazard_of, would_go_to
from cases.correction_rules import CORRECTABLE, GRADES, Correction
from cases.errors import CorrectionRefused, StaleCase
from cases.handover_rules import LONGEST_WORDS
from cases.inferring import INTENTS, ROLES
from cases.models import HazardType
from cases.place_search import districts_meant
from core import clock
from core.database import reading, transaction
from routing.directory import current_directory
from webapp.console import bp
from webapp.console.case_door import (
    OpenedFile,
    open_file,
    open_to_change,
    refusal_words,
    refused,
    stale,
)
from webapp.console.case_filters import GROUPS
from webapp.console.case_page import place_facts, report_facts
from webapp.console.case_words import in_language, word
from webapp.console.correction_words import hazard_word
from webapp.console.guard import action
from webapp.console.pages import named, page
from webapp.documents import office_names

CORRECT = "case.correct"
CODE = re.compile(r"[A-Za-z0-9-]{1,32}")
LONGEST_PLACE = 100
# Which part of the form a refusal is about.
FIELDS = {
    "hazard_unknown": "hazard",
    "severity_unknown": "severity",
    "district_missing": "district",
    "several_places": "district_code",
    "school_missing": "school",
    "intent_unknown": "intent",
    "role_unknown": "role",
    "reason_missing": "reason",
    "reason_too_long": "reason",
    "nothing_changed": "hazard",
}


@dataclass(frozen=True)
class Typed:
    """The form as it was sent; `district_code` is what was picked of several that a name fits."""

    hazard: str = ""
    severity: str = ""
    district: str = ""
    district_code: str = ""
    school: str = ""
    intent: str = ""
    role: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with the form, with which part of it, and what may be chosen from."""

    field: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Now:
    """What the case is now, and where the directory would send it."""

    hazard: str
    severity: str
    place: list[tuple[str, str]]
    report: list[tuple[str, str, str]]
    office: str
    directory_office: str

    @property
    def is_elsewhere(self) -> bool:
        """Whether the directory would send it to another office than the one that has it."""
        return self.office != self.directory_office


@bp.get("/cases/<reference>/correct")
@action(CORRECT)
def correct_form(reference: str) -> Response:
    """What the case is, and a form to put it right; the case itself where that is over."""
    with reading() as session:
        status = open_file(session, reference, CORRECT).file.case.status
    if status not in CORRECTABLE:
        return stale(reference)
    return _show(reference, Typed(), is_changed="changed" in request.args)


@bp.post("/cases/<reference>/correct")
@action(CORRECT)
def correct_case(reference: str) -> Answer:
    """Keep what it really is; then the case, or where the directory would send its new place."""
    typed = _typed()
    try:
        with transaction() as session:
            done = _corrected(session, open_to_change(session, reference, CORRECT), typed)
    except CorrectionRefused as refusal:
        if refusal.rule not in FIELDS:
            return refused(reference, "top", refusal)
        return _refused(reference, typed, refusal)
    except StaleCase:
        return stale(reference)
    if done.has_moved:
        address = url_for("desk.correct_form", reference=reference, changed="place")
    else:
        address = url_for("desk.one_case", reference=reference)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _corrected(session: Session, opened: OpenedFile, typed: Typed) -> Corrected:
    """A graver case, or one of another type, has its callbacks hurry as a report of it would."""
    case_id, now = opened.case_id, clock.now()
    wish = _wish(session, typed)
    hold_owed(session, case_id)
    done = correct(session, case_id, wish, viewer=opened.viewer, now=now)
    if done.is_graver:
        hasten_callbacks(session, case_id, done.severity, now=now)
    if done.has_other_type:
        shorten_callbacks(session, case_id, now=now)
    return done


def _wish(session: Session, typed: Typed) -> Correction:
    """What the form means; CorrectionRefused "several_places" where a name fits more than one."""
    return Correction(
        hazard=typed.hazard or None,
        severity=typed.severity or None,
        district_code=_district(session, typed),
        school_code=_school(typed),
        intent=typed.intent or None,
        role=typed.role or None,
        words=typed.reason,
    )


def _district(session: Session, typed: Typed) -> str | None:
    """What was picked counts among those that the text fits: who edits the text picks anew."""
    if not typed.district:
        return None
    found = districts_meant(typed.district, current_directory(session))
    if not found:
        raise CorrectionRefused("district_missing")
    meant = [one for one in found if one.code == typed.district_code] or found
    if len(meant) > 1:
        raise CorrectionRefused("several_places")
    return meant[0].code


def _school(typed: Typed) -> str | None:
    if typed.school and not CODE.fullmatch(typed.school):
        raise CorrectionRefused("school_missing")
    return typed.school or None


def _typed() -> Typed:
    def of(name: str, longest: int = 32) -> str:
        return request.form.get(name, "").strip()[:longest]

    return Typed(
        hazard=of("hazard"),
        severity=of("severity"),
        district=of("district", LONGEST_PLACE),
        district_code=of("district_code"),
        school=of("school", 33),
        intent=of("intent"),
        role=of("role"),
        # One letter too many stays, so that it is refused.
        reason=of("reason", LONGEST_WORDS + 1).replace("\r\n", "\n"),
    )


def _refused(reference: str, typed: Typed, refusal: CorrectionRefused) -> Response:
    with reading() as session:
        directory = current_directory(session)
    found = districts_meant(typed.district, directory)
    choices = tuple(
        (one.code, f"{named(one)} · {named(directory.provinces[one.province_code])}")
        for one in found
    )
    # Whatever was wrong: a name that fits several stays open to be picked, or as it was picked.
    several = choices if len(choices) > 1 else ()
    fault = Fault(FIELDS[refusal.rule], refusal_words(refusal), several)
    return _show(reference, typed, fault)


def _show(
    reference: str, typed: Typed, fault: Fault | None = None, *, is_changed: bool = False
) -> Response:
    with reading() as session:
        opened = open_file(session, reference, CORRECT)
        now, kinds = _now(session, opened), _kinds(session)
    return page(
        "cases/correct.html",
        status=HTTPStatus.BAD_REQUEST if fault else HTTPStatus.OK,
        reference=reference,
        typed=typed,
        fault=fault,
        now=now,
        is_changed=is_changed,
        kinds=kinds,
        severities=[(one, word("severity", one)) for one in GRADES],
        intents=[(one, word("intent", one)) for one in sorted(INTENTS)],
        roles=[(one, word("role", one)) for one in sorted(ROLES)],
        word=word,
    )


def _now(session: Session, opened: OpenedFile) -> Now:
    file, at = opened.file, clock.now()
    decision = would_go_to(session, file.case, file.place, now=at)
    codes = {file.assignment.office_code, decision.office_code}
    names = {code: named(one) for code, one in office_names(session, codes).items()}
    return Now(
        hazard=hazard_word(hazard_of(file.case)),
        severity=word("severity", file.case.severity),
        place=place_facts(session, file.place),
        report=report_facts(file.case, file.place),
        office=names[file.assignment.office_code],
        directory_office=names[decision.office_code],
    )


def _kinds(session: Session) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Every group with its types, by code and name."""
    rows = session.scalars(select(HazardType).order_by(HazardType.position, HazardType.code)).all()
    return [
        (
            group,
            word("group", group),
            [(one.code, in_language(one)) for one in rows if one.hazard_group == group],
        )
        for group in GROUPS
    ]
