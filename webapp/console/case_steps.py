"""Steps of a case that take one tap or a few words: begin, send on, name a conflict of interest,
close, reopen, put aside, stop the clock and let it run again."""

from collections.abc import Callable
from datetime import date, datetime, time
from http import HTTPStatus

from flask import redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from agents.hours import office_hours
from calls.services import follow_case, hold_owed
from cases.beginning import begin
from cases.conflicts import shut_out
from cases.junk import DONE, mark_not_a_case
from cases.not_ours import NotOurs, pass_up
from cases.results import close_case, reopen_case
from cases.sending import send_to_candidate
from cases.stopping import StopWish, agree, refuse, resume
from cases.stopping import stop_clock as stop
from core import clock
from core.zones import BANGKOK
from recordings.expiry import case_closed, case_reopened
from recordings.queries import of_case
from recordings.states import ABSENT
from webapp.console import bp
from webapp.console.always import is_offered
from webapp.console.case_done import done as _done
from webapp.console.case_door import OpenedFile
from webapp.console.conflict_form import ConflictForm
from webapp.console.guard import action


@bp.post("/cases/<reference>/begin")
@action("case.begin")
def begin_case(reference: str) -> Answer:
    """Help at once as SC-Action; nobody has to approve that."""

    def step(session: Session, opened: OpenedFile) -> None:
        begin(session, opened.case_id, viewer=opened.viewer, now=clock.now())

    return _done(reference, "case.begin", step)


@bp.post("/cases/<reference>/send")
@action("case.send")
def send_case(reference: str) -> Answer:
    """Send a case whose place fits several offices to one of them, its callbacks with it."""
    code = request.form.get("office_code", "")

    def step(session: Session, opened: OpenedFile) -> None:
        now = clock.now()
        send_to_candidate(session, opened.case_id, code, viewer=opened.viewer, now=now)
        follow_case(session, opened.case_id, code, now=now)

    answer = _done(reference, "case.send", step)
    if answer.status_code == HTTPStatus.SEE_OTHER and is_offered(reference):
        return redirect(url_for("desk.always", reference=reference), HTTPStatus.SEE_OTHER)
    return answer


@bp.post("/cases/<reference>/conflict")
@action("case.conflict")
def name_conflict(reference: str) -> Answer:
    """Shut an office or a person out of the case; its callbacks go where the case goes."""
    form = ConflictForm.sent()

    def step(session: Session, opened: OpenedFile) -> None:
        case_id, now = opened.case_id, clock.now()
        hold_owed(session, case_id)
        moved = shut_out(session, case_id, form.conflict(), viewer=opened.viewer, now=now)
        if moved.office_code is not None:
            follow_case(session, case_id, moved.office_code, now=now)
        if moved.reopened:
            case_reopened(session, case_id)

    typed, kept = form.reason, form.shortened()
    return _done(
        reference, "case.conflict", step, place="conflict", typed=typed, form=kept, gone="conflict"
    )


@bp.post("/cases/<reference>/not-ours")
@action("case.not_ours")
def not_ours(reference: str) -> Answer:
    """Give a case that came to the wrong office to the one above, its callbacks with it."""
    words = request.form.get("reason", "")
    wish = NotOurs(request.form.get("why", ""), words, request.form.get("office_code", ""))

    def step(session: Session, opened: OpenedFile) -> None:
        case_id, now = opened.case_id, clock.now()
        new = pass_up(session, case_id, wish, viewer=opened.viewer, now=now)
        follow_case(session, case_id, new, now=now)

    form = wish.why[:32]
    return _done(reference, "case.not_ours", step, place="not_ours", typed=words, form=form)


@bp.post("/cases/<reference>/close")
@action("case.close")
def close(reference: str) -> Answer:
    """Close a case whose result was reported; the time of its recordings begins to run."""

    def step(session: Session, opened: OpenedFile) -> None:
        now = clock.now()
        viewer, seen = opened.viewer, "places_seen" in request.form
        close_case(session, opened.case_id, viewer=viewer, places_seen=seen, now=now)
        case_closed(session, opened.case_id, now=now)

    return _done(reference, "case.close", step)


@bp.post("/cases/<reference>/reopen")
@action("case.reopen")
def reopen(reference: str) -> Answer:
    """Reopen a case that is over, for a reason."""
    reason = request.form.get("reason", "")

    def step(session: Session, opened: OpenedFile) -> None:
        viewer, now = opened.viewer, clock.now()
        reopen_case(session, opened.case_id, reason=reason, viewer=viewer, now=now)
        case_reopened(session, opened.case_id)

    return _done(reference, "case.reopen", step, place="reopen", typed=reason)


@bp.post("/cases/<reference>/not-a-case")
@action("case.junk")
def not_a_case(reference: str) -> Answer:
    """Put aside what is none of ours; where that may hurt, a second person is asked."""

    def step(session: Session, opened: OpenedFile) -> None:
        case_id, viewer, now = opened.case_id, opened.viewer, clock.now()
        recorded = any(one.state != ABSENT for one in of_case(session, case_id))
        said = mark_not_a_case(session, case_id, viewer=viewer, has_recording=recorded, now=now)
        if said == DONE:
            case_closed(session, case_id, now=now)

    return _done(reference, "case.junk", step)


@bp.post("/cases/<reference>/clock")
@action("case.stop_clock")
def stop_clock(reference: str) -> Answer:
    """Stop the clock of the step that is owed, for a reason, until the morning of a day."""
    form = {"reason": request.form.get("stop_reason", ""), "until": request.form.get("until", "")}
    words = request.form.get("reason", "")

    def step(session: Session, opened: OpenedFile) -> None:
        now = clock.now()
        wish = StopWish(form["reason"], words, _morning(form["until"]) or now)
        is_head = opened.standing.may("case.agree_stop")
        stop(session, opened.case_id, wish, viewer=opened.viewer, is_head=is_head, now=now)

    return _done(reference, "case.stop_clock", step, place="clock", typed=words, form=form)


@bp.post("/cases/<reference>/clock/<int:stop_id>/agree")
@action("case.agree_stop")
def agree_stop(reference: str, stop_id: int) -> Answer:
    """Agree as head that the clock stands still."""
    return _answered(reference, "case.agree_stop", agree, stop_id)


@bp.post("/cases/<reference>/clock/<int:stop_id>/refuse")
@action("case.agree_stop")
def refuse_stop(reference: str, stop_id: int) -> Answer:
    """Do not let the clock stand still."""
    return _answered(reference, "case.agree_stop", refuse, stop_id)


@bp.post("/cases/<reference>/clock/<int:stop_id>/resume")
@action("case.stop_clock")
def resume_clock(reference: str, stop_id: int) -> Answer:
    """Let the clock run again before its time."""
    return _answered(reference, "case.stop_clock", resume, stop_id)


def _answered(reference: str, name: str, answer: Callable[..., None], stop_id: int) -> Answer:
    def step(session: Session, opened: OpenedFile) -> None:
        answer(session, opened.case_id, stop_id, viewer=opened.viewer, now=clock.now())

    return _done(reference, name, step)


def _morning(text: str) -> datetime | None:
    """When the offices usually open on a day; None for what is no day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    usual = office_hours().working_days
    return datetime.combine(day, usual[0] if usual else time.min, BANGKOK)
