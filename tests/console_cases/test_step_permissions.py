"""The permission table, cell by cell over HTTP, for every step of a case and of a hand-over.

Each step is tried on a case in which it could be taken; who may not take it gets the 404 of a case
that does not exist.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from agents.permissions import ACTIONS, RELATIONS, Grant, grant
from agents.roles import ROLES
from cases.access import Viewer
from cases.beginning import begin
from cases.exclusions import exclude_office
from cases.handover_models import HandoverPerson
from cases.models import Assignment
from cases.result_rules import Result
from cases.results import close_case, report_result
from cases.stopping import StopWish, open_stop, stop_clock
from cases.taking import take_part
from core import clock
from core.database import reading, transaction
from tests.console_cases.handing import (
    AGENCY,
    DISTRICT,
    PROVINCE,
    REASON,
    asked,
    offered,
    once_had,
    taken_case,
    to_person,
)
from tests.console_cases.people import Desk, Made, hired, opened_case

# The person's office for each relation to a case of PROVINCE.
OFFICES = {
    "own": PROVINCE,
    "descendant": AGENCY,
    "ancestor": DISTRICT,
    "sibling": "DOLE-92",
    "unrelated": "ESA-9202",
    "assigned": "ESA-9202",
    "offered": DISTRICT,
    "former": "ESA-9202",
    "excluded": PROVINCE,
}
# What the person is to the case besides, by the office alone.
BESIDES = {"assigned": "unrelated", "offered": "ancestor", "former": "unrelated"}
RESULT = {"done": "ไปเยี่ยมบ้าน", "for_whom": "child", "measures": "prevent", "child_safe": "yes"}
STOP = {
    "stop_reason": "medical_report",
    "reason": "รอผลตรวจ",
    "until": (clock.now() + timedelta(days=3)).date().isoformat(),
}
Hire = Callable[..., Desk]


@dataclass(frozen=True)
class Prepared:
    """A case in which a step could be taken, and where its form goes."""

    made: Made
    address: str
    form: dict[str, Any]
    other: Made | None = None


@dataclass(frozen=True)
class Crew:
    """Who brought the case to where it is."""

    operator: Viewer
    head: Viewer
    officer: Viewer

    def at(self, step: str) -> Prepared:
        """A case in which this step could be taken now."""
        made: Made = getattr(self, f"_{step.replace('.', '_')}")()
        address, form = FORMS[step]
        address = f"/cases/{made.reference}/{address.format(stop=stop_of(made))}"
        if step != "case.duplicate":
            return Prepared(made, address, form)
        other = opened_case(office=PROVINCE)
        return Prepared(made, address, {"number": other.reference}, other)

    def _case_begin(self) -> Made:
        return opened_case(office=PROVINCE)

    def _case_junk(self) -> Made:
        return opened_case(office=PROVINCE)

    _case_refer = _case_unreachable = _case_duplicate = _case_junk

    def _case_send(self) -> Made:
        made = opened_case(office=PROVINCE)
        with transaction() as session:
            change = update(Assignment).where(Assignment.case_id == made.case_id)
            session.execute(change.values(candidates=["ESA-9201"]))
        return made

    def _case_not_ours(self) -> Made:
        return opened_case(office=PROVINCE)

    def _case_correct(self) -> Made:
        return taken_case(self.operator)

    def _case_conflict(self) -> Made:
        return opened_case(office=PROVINCE)

    def _handover_ask(self) -> Made:
        return taken_case(self.operator)

    def _case_report(self) -> Made:
        made = taken_case(self.operator)
        with transaction() as session:
            begin(session, made.case_id, viewer=self.operator, now=clock.now())
        return made

    def _case_close(self) -> Made:
        made = self._case_report()
        result = Result("ไปเยี่ยมบ้าน", ("child",), ("prevent",), "yes")
        with transaction() as session:
            viewer, now = self.operator, clock.now()
            report_result(session, made.case_id, result, viewer=viewer, now=now)
        return made

    def _case_reopen(self) -> Made:
        made = self._case_close()
        with transaction() as session:
            close_case(session, made.case_id, viewer=self.operator, now=clock.now())
        return made

    def _case_stop_clock(self) -> Made:
        return self._case_report()

    def _case_agree_stop(self) -> Made:
        made = self._case_report()
        wish = StopWish("legal", "รอคำสั่งศาล", clock.now() + timedelta(days=2))
        with transaction() as session:
            viewer, now = self.operator, clock.now()
            stop_clock(session, made.case_id, wish, viewer=viewer, is_head=False, now=now)
        return made

    def handed(self, step: str, desk: Desk, relation: str) -> Prepared:
        """A hand-over on which this step could be taken now."""
        wish, who = to_person(self.officer), {"asker": self.operator, "head": self.head}
        given = offered(wish, **who) if step == "handover.answer" else asked(wish, **who)
        if relation == "offered":
            with transaction() as session:
                change = update(HandoverPerson).values(staff_id=desk.viewer.staff_id)
                of_this = HandoverPerson.handover_id == given.handover_id
                session.execute(change.where(of_this))
        word, form = HANDED[step]
        return Prepared(given.made, f"{given.address}/{word}", form)


FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "case.begin": ("begin", {}),
    "case.junk": ("not-a-case", {}),
    "case.refer": ("refer", {"office": "DLA", "reason": REASON}),
    "case.unreachable": ("unreachable", {"reason": REASON}),
    "case.duplicate": ("duplicate", {}),
    "case.send": ("send", {"office_code": "ESA-9201"}),
    "case.not_ours": ("not-ours", {"office_code": PROVINCE, "why": "other_area"}),
    "case.correct": ("correct", {"hazard": "V2"}),
    "case.conflict": ("conflict", {"code": "ESA-9301", "reason": REASON}),
    "case.report": ("report", RESULT),
    "case.close": ("close", {}),
    "case.reopen": ("reopen", {"reason": REASON}),
    "case.stop_clock": ("clock", STOP),
    "case.agree_stop": ("clock/{stop}/agree", {}),
    "handover.ask": ("handovers", {"kind": "office", "office": DISTRICT, "reason": REASON}),
}
HANDED: dict[str, tuple[str, dict[str, Any]]] = {
    "handover.decide": ("approve", {}),
    "handover.answer": ("accept", {}),
    "handover.revoke": ("revoke", {}),
}


def stop_of(made: Made) -> int:
    """The stop that a head is asked about, if there is one."""
    with reading() as session:
        stop = open_stop(session, made.case_id)
    return stop.id if stop else 0


def stand_of_office(made: Made, relation: str) -> None:
    """Bring about what an office was to the case, or must not be."""
    if relation == "former":
        once_had(made, OFFICES[relation])
    if relation == "excluded":
        with transaction() as session:
            exclude_office(session, made.case_id, PROVINCE)


def relate(desk: Desk, made: Made, relation: str) -> None:
    """Bring about what the person is to the case besides."""
    if relation in ("assigned", "excluded"):
        with transaction() as session:
            take_part(session, made.case_id, desk.viewer.staff_id, now=clock.now())


class Tried:
    """One step on a case that stays until somebody took the step."""

    def __init__(self, crew: Crew, step: str, relation: str) -> None:
        self.crew, self.step, self.relation = crew, step, relation
        self.prepared: Prepared | None = None

    def by(self, desk: Desk) -> int:
        """The status that the person is answered, to whom the case stands as it should."""
        # A hand-over to a person waits for that person alone.
        if self.prepared is None or self.relation == "offered":
            self.prepared = self._prepare(desk)
            stand_of_office(self.prepared.made, self.relation)
        at = self.prepared
        for made in filter(None, (at.made, at.other)):
            relate(desk, made, self.relation)
        status = int(desk.post(at.address, **at.form).status_code)
        if status != 404:
            self.prepared = None
        return status

    def _prepare(self, desk: Desk) -> Prepared:
        if self.step in HANDED:
            return self.crew.handed(self.step, desk, self.relation)
        return self.crew.at(self.step)


def is_granted(role: str, step: str, relation: str) -> bool:
    if relation == "excluded":
        return False
    held = {relation, BESIDES.get(relation, relation)}
    # A case that is not there for the person has no steps either; an answer needs no case.
    alone = step in ("handover.answer", "handover.decide")
    knows = alone or any(grant(role, "case.view", one) > Grant.DENY for one in held)
    return knows and any(grant(role, step, one) > Grant.DENY for one in held)


def test_every_step_and_every_relation_is_tried() -> None:
    steps = {one for one in ACTIONS if one.startswith(("case.", "handover."))}
    elsewhere = {"case.list", "case.view", "case.acknowledge"}
    assert {*FORMS, *HANDED} == steps - elsewhere
    assert set(OFFICES) == set(RELATIONS)


@pytest.mark.parametrize("relation", OFFICES)
def test_a_step_is_taken_by_whom_the_table_grants_it(relation: str, desk_of: Hire) -> None:
    """Who may not try one case after another: it still stands where the step could be taken."""
    desks = {role: desk_of((role, OFFICES[relation])) for role in ROLES}
    crew = Crew(
        hired("ผู้ปฏิบัติ", ("operator", PROVINCE)),
        hired("หัวหน้า", ("head_operator", PROVINCE)),
        hired("ครู", ("action_officer", PROVINCE)),
    )
    found, expected = {}, {}
    for step in (*FORMS, *HANDED):
        may = {role for role in ROLES if is_granted(role, step, relation)}
        tried = Tried(crew, step, relation)
        for role in sorted(ROLES, key=may.__contains__):
            found[role, step] = tried.by(desks[role])
            expected[role, step] = 303 if role in may else 404
    assert found == expected
