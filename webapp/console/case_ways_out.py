"""Ways out of an office's own work: refer to a partner, say that nobody can be reached, name the
case that tells the same."""

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from calls.services import hold_owed, owes_call
from cases.duplicates import mark_duplicate
from cases.handover_rules import LONGEST_WORDS
from cases.referring import cannot_reach, refer
from core import clock
from core.phones import DIGITS
from recordings.expiry import case_closed
from webapp.console import bp
from webapp.console.case_done import done
from webapp.console.case_door import OpenedFile
from webapp.console.guard import action
from webapp.console.refer_form import ReferForm

LONGEST_NUMBER = 40


@bp.post("/cases/<reference>/refer")
@action("case.refer")
def refer_case(reference: str) -> Answer:
    """Keep which partner was asked for help; the case stays, and the referral is followed up."""
    form = ReferForm.sent()

    def step(session: Session, opened: OpenedFile) -> None:
        refer(
            session,
            opened.case_id,
            form.partner,
            reason=form.reason,
            viewer=opened.viewer,
            now=clock.now(),
        )

    kept = form.shortened()
    return done(reference, "case.refer", step, place="refer", typed=form.reason, form=kept)


@bp.post("/cases/<reference>/unreachable")
@action("case.unreachable")
def unreachable(reference: str) -> Answer:
    """Keep that nobody could be reached; another try is owed."""
    reason = request.form.get("reason", "").replace("\r\n", "\n").strip()

    def step(session: Session, opened: OpenedFile) -> None:
        cannot_reach(session, opened.case_id, reason=reason, viewer=opened.viewer, now=clock.now())

    kept = reason[:LONGEST_WORDS]
    return done(reference, "case.unreachable", step, place="unreachable", typed=reason, form=kept)


@bp.post("/cases/<reference>/duplicate")
@action("case.duplicate")
def duplicate(reference: str) -> Answer:
    """Leave a case for another one that tells the same; the time of its recordings begins to run.

    Its callbacks are held first, so that none is asked for between the look and the step.
    """
    typed = request.form.get("number", "")[:LONGEST_NUMBER]
    number = "".join(typed.translate(DIGITS).replace("-", " ").split())

    def step(session: Session, opened: OpenedFile) -> None:
        case_id, viewer, now = opened.case_id, opened.viewer, clock.now()
        hold_owed(session, case_id)
        owed = owes_call(session, case_id)
        mark_duplicate(session, case_id, number, viewer=viewer, owes_call=owed, now=now)
        case_closed(session, case_id, now=now)

    return done(reference, "case.duplicate", step, place="duplicate", typed=typed)
