"""Looking at what the webhooks have written."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import inspect, select, text

from agents.person import Person as StaffPerson
from agents.services import add_staff
from calls.ledger import LiveCall, find_call
from calls.models import Call, Callback, Leg
from cases.models import Assignment, Case, CaseCall
from core import runtime
from core.database import reading, transaction
from tests.support.databases import filled_tables

# Filled once for all tests; no webhook may write there.
DIRECTORY = {"province", "district", "postal_code", "office", "jurisdiction", "hazard_types"}
AGENT_PHONES = tuple(f"+6681000{100 + number:04d}" for number in range(20))


def dump() -> dict[str, list[str]]:
    """Every row of every table that has one, as text."""
    engine = runtime.current().engine
    names = filled_tables(engine) - DIRECTORY
    with engine.connect() as connection:
        return {
            name: sorted(
                str(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{name}"'))
            )
            for name in names
        }


def rows(model: Any) -> Sequence[Any]:
    """All rows of one table, by its key."""
    with reading() as session:
        return session.scalars(select(model).order_by(*inspect(model).primary_key)).all()


def the_case() -> Case:
    """The only case there is."""
    (case,) = rows(Case)
    assert isinstance(case, Case)
    return case


def the_callback() -> Callback:
    """The only callback there is."""
    (callback,) = rows(Callback)
    assert isinstance(callback, Callback)
    return callback


def lead(case_id: int) -> Assignment:
    """The office that owns a case, and why."""
    with reading() as session:
        wanted = select(Assignment).where(Assignment.case_id == case_id, Assignment.is_lead)
        return session.scalars(wanted).one()


def cases_of(sid: str) -> list[int]:
    """The ids of the cases that a call belongs to."""
    with reading() as session:
        return list(session.scalars(select(CaseCall.case_id).where(CaseCall.call_sid == sid)))


def call_row(sid: str) -> Call:
    """A call's row."""
    with reading() as session:
        return session.get_one(Call, sid)


def live(sid: str) -> LiveCall:
    """A call with its sealed state opened."""
    with reading() as session:
        found = find_call(session, sid)
    assert found is not None
    return found


def legs() -> list[Leg]:
    """All legs, the oldest first."""
    return sorted(rows(Leg), key=lambda leg: leg.created_at)


def agent(number: int = 0, *, always: bool = True, **more: Any) -> int:
    """Somebody who answers the hotline, on duty at every hour; gives the staff id."""
    person = StaffPerson(
        email=f"agent{number}@example.org",
        name="Malee",
        role=more.pop("role", "agent"),
        office_code=more.pop("office", "HQ"),
        phone=more.pop("phone", AGENT_PHONES[number]),
        always_on_duty=always,
        **more,
    )
    with transaction() as session:
        return add_staff(session, person, now=datetime.now(UTC)).id
