"""The report of what was done on a case: a page of its own, whose words survive a refusal."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from cases.errors import CaseRefused, IllegalTransition, ResultRefused, StaleCase
from cases.result_rules import (
    CHILD_SAFE,
    FOR_WHOM,
    LONGEST_DONE,
    LONGEST_REFERRAL,
    MEASURES,
    STEPS,
    Result,
)
from cases.results import report_result
from cases.states import OVER, RECEIVED, REPORTED
from core import clock
from core.database import reading, transaction
from webapp.console import bp
from webapp.console.case_door import open_file, open_to_change, refusal_words, refused, stale
from webapp.console.case_words import word
from webapp.console.guard import action
from webapp.console.pages import page

REPORT = "case.report"
# Which part of the form a refusal is about.
FIELDS = {
    "done_missing": "done",
    "too_long": "done",
    "for_whom": "for_whom",
    "measures": "measures",
    "steps": "steps",
    "child_safe": "child_safe",
    "referral_missing": "referral",
}
NOTHING_TO_REPORT = OVER | {RECEIVED, REPORTED}
GROUPS = (("for_whom", FOR_WHOM), ("measures", MEASURES), ("steps", STEPS))


@dataclass(frozen=True)
class Fault:
    """What is wrong with the form, and with which part of it."""

    field: str
    text: str


@bp.get("/cases/<reference>/report")
@action(REPORT)
def report_form(reference: str) -> Response:
    """An empty report; the case itself where there is nothing to report."""
    with reading() as session:
        status = open_file(session, reference, REPORT).file.case.status
    if status in NOTHING_TO_REPORT:
        return stale(reference)
    return _form(reference, Result("", (), (), ""))


@bp.post("/cases/<reference>/report")
@action(REPORT)
def report(reference: str) -> Answer:
    """Keep the report; a refused one comes back as it was typed."""
    result = typed_result()
    try:
        with transaction() as session:
            opened = open_to_change(session, reference, REPORT)
            viewer, now = opened.viewer, clock.now()
            report_result(session, opened.case_id, result, viewer=viewer, now=now)
    except ResultRefused as refusal:
        fault = Fault(FIELDS.get(refusal.rule, "done"), refusal_words(refusal))
        return _form(reference, result, fault)
    except CaseRefused as refusal:
        return refused(reference, "top", refusal)
    except (StaleCase, IllegalTransition):
        return stale(reference)
    address = url_for("desk.one_case", reference=reference, _anchor="result")
    return redirect(address, HTTPStatus.SEE_OTHER)


def _form(reference: str, typed: Result, fault: Fault | None = None) -> Response:
    with reading() as session:
        open_file(session, reference, REPORT)
    return result_form(
        reference,
        typed,
        fault,
        send_to=url_for("desk.report", reference=reference),
        back_to=url_for("desk.one_case", reference=reference),
    )


def result_form(
    reference: str, typed: Result, fault: Fault | None, *, send_to: str, back_to: str
) -> Response:
    """The form of a report, of a case or of a part of one, as it was typed so far."""
    return page(
        "cases/report.html",
        status=HTTPStatus.BAD_REQUEST if fault else HTTPStatus.OK,
        reference=reference,
        typed=typed,
        fault=fault,
        send_to=send_to,
        back_to=back_to,
        choices={name: [(code, word(name, code)) for code in codes] for name, codes in GROUPS},
        child_safe=[(code, word("child_safe", code)) for code in CHILD_SAFE],
    )


def typed_result() -> Result:
    """The report that a form holds."""
    sent = request.form
    # Never a megabyte back to the browser; one letter too many stays, so that it is refused.
    return Result(
        done=sent.get("done", "").replace("\r\n", "\n")[: LONGEST_DONE + 1],
        for_whom=tuple(sent.getlist("for_whom")[: len(FOR_WHOM)]),
        measures=tuple(sent.getlist("measures")[: len(MEASURES)]),
        child_safe=sent.get("child_safe", ""),
        steps=tuple(sent.getlist("steps")[: len(STEPS)]),
        referral=sent.get("referral", "").replace("\r\n", "\n")[: LONGEST_REFERRAL + 1] or None,
    )
