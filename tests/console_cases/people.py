"""Who looks at the desk in these tests: people with roles, signed in over HTTP, and their cases."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy import func, select

from agents.models import Staff, StaffRole, StaffSession
from agents.sessions import open_session
from agents.undertakings import current_undertaking
from calls.ledger import Moment, open_call
from calls.models import Callback, CallbackAttempt
from cases.access import Viewer
from cases.answers import CaseAnswers
from cases.exclusions import exclude_office
from cases.services import finish_case, open_case
from core import clock, runtime
from core.database import reading, transaction
from recordings import storage
from recordings.models import Recording
from recordings.sealing import seal_stream
from routing.rules import Decision, Reason
from webapp.console import cookies, forgery

ACCOUNT = "AC" + "0" * 32
CALLER = "+66810000042"
OTHER_NUMBER = "+66810000043"
PASSWORD_HASH = "not-a-hash-that-fits-any-password"
_numbers = count(1)


@dataclass(frozen=True)
class Made:
    """A case."""

    case_id: int
    reference: str
    call_sid: str


def hired(name: str, *roles: tuple[str, str], language: str = "th") -> Viewer:
    """A person with these (role, office) pairs."""
    with transaction() as session:
        staff = Staff(
            email=f"{name}{next(_numbers)}@desk.example",
            name=name,
            password_hash=PASSWORD_HASH,
            undertaking=current_undertaking().version,
            language=language,
            created_at=clock.now(),
        )
        session.add(staff)
        session.flush()
        session.add_all(
            StaffRole(staff_id=staff.id, office_code=office, role=role) for role, office in roles
        )
    return Viewer(staff.id, roles)


def opened_case(
    *,
    office: str = "ESA-9202",
    at: datetime | None = None,
    answers: dict[str, Any] | None = None,
    excluded: str | None = None,
    ended: bool = True,
    account: str = ACCOUNT,
) -> Made:
    """A case at an office, with a call that pressed three keys."""
    now = at or clock.now()
    sid = f"CA{next(_numbers):032x}"
    given = {
        "hazard_group": "V",
        "hazard_type": "V3",
        "district_code": "9209",
        "province_code": "92",
        "postal_code": "92160",
        "place_confirmed": True,
        "recording_consent": True,
        "caller_number": CALLER,
    }
    heard = CaseAnswers(**(given | (answers or {})))
    decision = Decision(office, (Reason("area_known", "เขตพื้นที่ดูแล", "The area serves it"),), ())
    with transaction() as session:
        case = open_case(session, heard, call_sid=sid, account_sid=account, now=now)
        finish_case(session, case.id, heard, decision, now=now, ended=ended)
        if excluded:
            exclude_office(session, case.id, excluded)
        _call(session, sid, case.id, now)
    return Made(case.id, case.reference, sid)


def _call(session: Any, sid: str, case_id: int, now: datetime) -> None:
    pressed = {"welcome": "report", "group": "violence", "sub_v": "bullying"}
    moment = Moment(
        state={"answers": pressed},
        answer=b"<Response/>",
        node="goodbye",
        language="th",
        waiting=False,
        case_id=case_id,
        hangs_up=True,
    )
    facts = {
        "account_sid": ACCOUNT,
        "status": "completed",
        "flow_version": "2",
        "caller_number": CALLER,
        "caller_fingerprint": None,
    }
    open_call(session, sid, moment, facts=facts, now=now)


def owed_callback(made: Made, state: str = "retry", *, office: str = "ESA-9202") -> None:
    """A callback with one attempt that nobody answered."""
    now = clock.now()
    with transaction() as session:
        callback = Callback(
            case_id=made.case_id,
            call_sid=made.call_sid,
            account_sid=ACCOUNT,
            office_code=office,
            state=state,
            consent=state != "decision",
            number=OTHER_NUMBER,
            window_start="08:00",
            window_end="12:00",
            language="th",
            severity="normal",
            waiting_since=now,
            due_at=now + timedelta(minutes=5),
            late_at=now + timedelta(hours=1),
        )
        session.add(callback)
        session.flush()
        session.add(
            CallbackAttempt(
                callback_id=callback.id,
                number=1,
                token=f"token-{made.call_sid}",
                outcome="no_answer",
                operator_leg_key="k",
                intent_at=now,
                started_at=now,
            )
        )


def kept_recording(made: Made, state: str = "stored", *, audio: bytes = b"RIFF-sound") -> int:
    """A recording of the case's call with its sealed copy; its id."""
    path = f"{made.call_sid}.sealed"
    with transaction() as session:
        recording = Recording(
            recording_sid="RE" + made.call_sid[2:],
            account_sid=ACCOUNT,
            call_sid=made.call_sid,
            case_id=made.case_id,
            state=state,
            duration_s=5,
            path=path,
            started_at=clock.now(),
        )
        session.add(recording)
        session.flush()
    sealed = b"".join(seal_stream([audio], runtime.current().keyring, recording.id))
    storage.keep(path, BytesIO(sealed))
    return recording.id


def token_of(viewer: Viewer) -> str:
    """Sign a person in; the token that their browser holds."""
    with transaction() as session:
        return open_session(
            session,
            viewer.staff_id,
            password_hash=PASSWORD_HASH,
            device="test",
            now=clock.now(),
        )


def form_token(app: Flask, viewer: Viewer) -> str:
    """What a page of the session opened last bears in its forms.

    Made here, for to read a page before each test costs more than most tests; that the pages bear
    just this is looked at in tests/console/test_guard.py.
    """
    of_theirs = StaffSession.staff_id == viewer.staff_id
    with reading() as session:
        session_id = session.scalar(select(func.max(StaffSession.id)).where(of_theirs))
    signer = URLSafeSerializer(str(app.secret_key), salt=forgery.SALT)
    return str(signer.dumps(f"session:{session_id}"))


class Desk:
    """A browser without JavaScript in which one person is signed in."""

    def __init__(self, app: Flask, viewer: Viewer) -> None:
        self.viewer = viewer
        self.client: FlaskClient = app.test_client()
        self.client.set_cookie(cookies.SESSION, token_of(viewer))
        self._form_token = form_token(app, viewer)

    def get(self, path: str, **headers: str) -> Any:
        """GET below /desk."""
        return self.client.get(f"/desk{path}", headers=headers)

    def post(self, path: str, **form: Any) -> Any:
        """POST a form below /desk, with the token that a page of this person bears."""
        return self.client.post(f"/desk{path}", data={forgery.FIELD: self._token()} | form)

    def _token(self) -> str:
        return self._form_token
