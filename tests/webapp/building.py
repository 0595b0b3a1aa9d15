"""What the web tests work on: a client with a token, a call with its finished case."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from calls.ledger import Moment, open_call
from calls.models import Callback, CallbackAttempt
from cases.answers import CaseAnswers
from cases.services import finish_case, open_case
from core.database import transaction
from recordings.models import Recording
from routing.rules import Decision, Reason

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
ACCOUNT = "AC" + "0" * 32
CALLER = "+66810000042"


@dataclass
class Api:
    """A client that shows a token, and makes what it asks for."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Any:
        """GET below /api/v1."""
        return self.client.get(f"/api/v1{path}", headers=self.headers | headers)


@dataclass(frozen=True)
class Made:
    """A call and its case."""

    call_sid: str
    reference: str
    case_id: int


def made_case(number: int = 1, *, office: str = "ESA-9202", at: datetime = NOW) -> Made:
    """A call with a finished case at an office, a callback with an attempt, a recording."""
    sid = f"CA{number:032x}"
    answers = CaseAnswers(
        hazard_group="V",
        hazard_type="V3",
        district_code="9209",
        province_code="92",
        postal_code="92160",
        place_confirmed=True,
        recording_consent=True,
        caller_number=CALLER,
    )
    decision = Decision(office, (Reason("area_known", "เขต", "the area"),), ())
    with transaction() as session:
        case = open_case(session, answers, call_sid=sid, account_sid=ACCOUNT, now=at)
        finish_case(session, case.id, answers, decision, now=at, ended=True)
        _add_call(session, sid, case.id, at)
        _add_parts(session, sid, case.id, office, at)
    return Made(sid, case.reference, case.id)


def _add_call(session: Any, sid: str, case_id: int, at: datetime) -> None:
    state = {"answers": {"welcome": "report", "group": "violence", "sub_v": "bullying"}}
    moment = Moment(
        state=state,
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
    open_call(session, sid, moment, facts=facts, now=at)


def _add_parts(session: Any, sid: str, case_id: int, office: str, at: datetime) -> None:
    callback = Callback(
        case_id=case_id,
        call_sid=sid,
        account_sid=ACCOUNT,
        office_code=office,
        state="retry",
        consent=True,
        number=CALLER,
        window_start="08:00",
        window_end="12:00",
        language="th",
        severity="normal",
        waiting_since=at,
        due_at=at + timedelta(minutes=5),
        late_at=at + timedelta(hours=1),
    )
    session.add(callback)
    session.flush()
    session.add(
        CallbackAttempt(
            callback_id=callback.id,
            number=1,
            token=f"token-{sid}",
            outcome="no_answer",
            operator_leg_key="k",
            intent_at=at,
            started_at=at,
        )
    )
    session.add(
        Recording(
            recording_sid="RE" + sid[2:],
            account_sid=ACCOUNT,
            call_sid=sid,
            case_id=case_id,
            state="stored",
            duration_s=5,
            started_at=at,
        )
    )
    session.flush()
