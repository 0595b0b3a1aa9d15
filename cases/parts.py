"""Who has a part in a case: the lead passes from office to office, people begin and end theirs."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.queries import OPERATORS, active_with_roles, members
from cases.holding import lead_of
from cases.lateness import end_step
from cases.models import Assignment, CasePerson
from cases.part_moves import join_lead
from cases.taking import OPERATOR, take_part
from routing.catalogue import Catalogue
from routing.models import Office

REASONS = Path(__file__).parent / "data" / "reasons.yaml"
ACTION_PARTS = ("action", "chair", "member")
Reason = dict[str, str]


def pass_lead(
    session: Session,
    case_id: int,
    office_code: str,
    reason: Reason,
    *,
    accepted: bool,
    due_at: datetime,
    now: datetime,
) -> None:
    """Give the lead to another office; the old one's part is done, and stays to be seen.

    What is not `accepted` yet is offered; either way its deadline is watched. A further part that
    the office still has of the case becomes one with it.
    """
    end_step(session, case_id, now=now)
    join_lead(session, case_id, office_code, now=now)
    old = lead_of(session, case_id)
    old.is_lead, old.state, old.escalate_at, old.look_at = False, "done", None, None
    session.flush()
    session.add(
        Assignment(
            case_id=case_id,
            office_code=office_code,
            is_lead=True,
            state="accepted" if accepted else "offered",
            due_at=due_at,
            escalate_at=due_at,
            reasons=[reason],
            candidates=[],
            created_at=now,
            case_status=old.case_status,
        )
    )
    session.flush()


def reason_of(session: Session, rule: str, office_code: str) -> Reason:
    """Why an office has a case, as a case keeps it; the text may name another office."""
    office = session.execute(
        select(Office.name_th, Office.name_en).where(Office.code == office_code)
    ).first()
    th, en = (office.name_th, office.name_en) if office else (office_code, office_code)
    text = _catalogue().fill(rule, {"office": th}, {"office": en})
    return {"rule": rule, "th": text.th, "en": text.en}


def begin_parts(session: Session, case_id: int, parts: Mapping[int, str], *, now: datetime) -> None:
    """Give people their parts; who has the case already has the new part from now on."""
    for staff_id, part in parts.items():
        take_part(session, case_id, staff_id, now=now, part=part)
    for person in _at_work(session, case_id):
        person.part = parts.get(person.staff_id, person.part)
    session.flush()


def end_office(session: Session, case_id: int, old: str, new: str, *, now: datetime) -> None:
    """The people of the office that passed a case on no longer have it, nor who solved it there.

    Whoever works at the new office as well keeps it.
    """
    leaving, staying = members(session, [old]), members(session, [new])
    for person in _at_work(session, case_id):
        is_leaving = person.staff_id in leaving or person.part in ACTION_PARTS
        if is_leaving and person.staff_id not in staying:
            person.ended_at = now
    session.flush()


def end_actions(
    session: Session, case_id: int, office_code: str, *, keep: Collection[int] = (), now: datetime
) -> None:
    """Who solved the case until now does so no longer; the office's operators stay operators."""
    acting = [
        one
        for one in _at_work(session, case_id)
        if one.part in ACTION_PARTS and one.staff_id not in keep
    ]
    operators = active_with_roles(session, (one.staff_id for one in acting), OPERATORS)
    for person in acting:
        if office_code in operators.get(person.staff_id, frozenset()):
            person.part = OPERATOR
        else:
            person.ended_at = now
    session.flush()


def _at_work(session: Session, case_id: int) -> list[CasePerson]:
    wanted = select(CasePerson).where(CasePerson.case_id == case_id, CasePerson.ended_at.is_(None))
    people = wanted.order_by(CasePerson.id).execution_options(populate_existing=True)
    return list(session.scalars(people))


@cache
def _catalogue() -> Any:
    return Catalogue(REASONS)
