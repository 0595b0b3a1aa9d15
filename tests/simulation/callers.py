"""Callers of the hotline: some press every key, most leave the same words without the keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.numbers import number_fingerprint
from calls import ledger as call_ledger
from cases.models import CaseCall
from cases.services import link_call
from core import runtime
from core.database import reading, transaction
from ivr.turns import State
from ivr.versions import current_flow
from ivr.world import World
from tests.simulation.agenda import Agenda
from tests.simulation.connections import Leg
from tests.simulation.ledger import Ledger, Promise
from tests.simulation.line import Line
from tests.simulation.phones import Telephones
from tests.simulation.reports import ANY_TIME, PERSON_DECIDES, THIS, Report

WITHHELD = "anonymous"
AGAIN_S = 70


@dataclass
class Callers:
    """Lets the reports of a plan happen."""

    agenda: Agenda
    line: Line
    telephones: Telephones
    ledger: Ledger
    calls: int = 0

    def expect(self, report: Report) -> None:
        """The report happens when its time comes."""
        self.agenda.at(report.at, lambda: self._phone(report))

    def _phone(self, report: Report) -> None:
        self.calls += 1
        leg = self.line.incoming(report.caller or WITHHELD, speaks=report.by_telephone)
        self.ledger.promises[leg.sid] = _promise(report, self.agenda.now)
        if report.by_telephone:
            self.telephones.calling[leg.sid] = report
        else:
            facts = report.facts(f"{10 + report.number % 90}")
            self._tell(leg, report, facts, followed=None)
            self.agenda.after(report.call_s, lambda: self.line.hang_up(leg))
        if report.rings_again is not None and report.caller is not None:
            again = self.agenda.now + timedelta(seconds=report.call_s) + report.rings_again
            self.agenda.at(again, lambda: self._phone_again(report, leg.sid))

    def _phone_again(self, report: Report, first_sid: str) -> None:
        """The caller follows the report up and asks for a call at any time."""
        with reading() as session:
            known = select(CaseCall.case_id).where(CaseCall.call_sid == first_sid)
            case_id = session.scalar(known)
        if case_id is None:
            return
        self.calls += 1
        leg = self.line.incoming(report.caller or WITHHELD, speaks=False)
        promise = Promise(report, report.caller, ANY_TIME, self.agenda.now)
        self.ledger.promises[leg.sid] = promise
        facts: dict[str, Any] = {
            "lang": report.language,
            "code": "77",
            "from": report.caller,
            "caller": report.caller,
            "followed_case": True,
            "followed_case_id": case_id,
            "callback": THIS,
            "callback_window": ANY_TIME,
        }
        self._tell(leg, report, facts, followed=case_id)
        self.agenda.after(AGAIN_S, lambda: self.line.hang_up(leg))

    def _tell(
        self, leg: Leg, report: Report, facts: dict[str, Any], *, followed: int | None
    ) -> None:
        """Write the call down with all that its keys would have told; its end comes by webhook."""
        now, account = self.agenda.now, runtime.current().settings.twilio_account_sid
        state = State(node="goodbye", facts=facts, visits={"conflict": 1}, ended=True)
        with transaction() as session:
            _open(session, leg, report, state, account=account, now=now, followed=followed)


def _open(
    session: Session,
    leg: Leg,
    report: Report,
    state: State,
    *,
    account: str,
    now: datetime,
    followed: int | None,
) -> None:
    case_id = followed
    if followed is None:
        case = World(session, leg.sid, account, now).ensure_case(state.facts, state.visits)
        state.facts["reference"], case_id = case.reference, case.id
    moment = call_ledger.Moment(
        state=state.as_dict(),
        answer=b"<Response/>",
        node=state.node,
        language=report.language,
        waiting=False,
        case_id=case_id,
        hangs_up=True,
    )
    told = {
        "account_sid": account,
        "status": "in_progress",
        "flow_version": current_flow().version,
        "caller_number": report.caller,
        "caller_fingerprint": number_fingerprint(report.caller),
    }
    call_ledger.open_call(session, leg.sid, moment, facts=told, now=now)
    if followed is not None:
        link_call(session, followed, leg.sid, now)


def _promise(report: Report, now: datetime) -> Promise:
    may_ring = report.granted and report.window != PERSON_DECIDES
    return Promise(
        report,
        report.line if may_ring else None,
        report.window if may_ring else None,
        now,
    )
