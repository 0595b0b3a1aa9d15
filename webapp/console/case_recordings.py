"""Recordings played at the desk: for a reason, with a trace, in the page only."""

from http import HTTPStatus

from flask import Response, abort, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from cases.timeline import note_reason
from core import clock
from core.database import reading, transaction
from core.errors import NotFoundError
from recordings.models import Recording
from recordings.playing import Access, begun, trace_access
from recordings.queries import heard_lately
from recordings.states import STORED
from webapp.console import bp
from webapp.console.case_door import OpenedFile, open_file, reason_of, show
from webapp.console.guard import action

PLAY = "recording.play"
PLAYED = "recording_played"


@bp.post("/cases/<reference>/recordings/<int:recording_id>")
@action(PLAY)
def listen(reference: str, recording_id: int) -> Answer:
    """Keep who listens and why; then the page bears the player for some minutes."""
    reason, refused = reason_of("recording", recording_id)
    with transaction() as session:
        opened = open_file(session, reference, PLAY)
        _stored(session, opened, recording_id)
        if refused is None:
            access, now = Access(opened.viewer.actor, reason, "play"), clock.now()
            trace_access(session, recording_id, access, now=now)
            actor = opened.viewer.actor
            note_reason(session, opened.case_id, PLAYED, reason=reason, actor=actor, now=now)
    if refused:
        return show(reference, said=refused)
    address = url_for("desk.one_case", reference=reference, _anchor="recordings")
    return redirect(address, HTTPStatus.SEE_OTHER)


@bp.get("/cases/<reference>/recordings/<int:recording_id>/audio")
@action(PLAY, renews=False)
def audio(reference: str, recording_id: int) -> Response:
    """The sound, for who gave a reason just now; never with a name to save it under."""
    now = clock.now()
    with reading() as session:
        opened = open_file(session, reference, PLAY)
        recording = _stored(session, opened, recording_id)
        if recording_id not in heard_lately(session, [recording_id], opened.viewer.actor, now=now):
            abort(404)
        path = recording.path or ""
    try:
        answer = Response(begun(recording_id, path), mimetype="audio/wav")
    except NotFoundError:
        abort(404)
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["Accept-Ranges"] = "none"
    return answer


def _stored(session: Session, opened: OpenedFile, recording_id: int) -> Recording:
    """A stored recording of this very case; 404 for any other."""
    recording = session.get(Recording, recording_id)
    of_this_case = recording is not None and recording.case_id == opened.case_id
    if recording is None or not of_this_case or recording.state != STORED:
        abort(404)
    return recording
