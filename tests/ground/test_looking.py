"""A look asks each thing once, and forgets it as soon as it changes something itself."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from agents.models import Staff
from agents.names import names_of
from core.database import reading, transaction
from core.looking import learnt
from core.runtime import Runtime

BOTH = pytest.mark.backends("postgresql", "sqlite")
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("runtime")


def somebody(number: int) -> Staff:
    """A person who is not there yet."""
    return Staff(email=f"{number}@example.org", name=f"ครู {number}", created_at=NOW)


def people(session: Session) -> int:
    """How many people a session takes there to be."""
    return learnt(
        session, "people", lambda: session.scalar(select(func.count()).select_from(Staff)) or 0
    )


def add_row(session: Session) -> None:
    """One person more, that the session has not written yet."""
    session.add(somebody(1))


def add_and_flush(session: Session) -> None:
    """One person more, written."""
    session.add(somebody(1))
    session.flush()


def add_by_statement(session: Session) -> None:
    """One person more, past the session's rows."""
    session.execute(insert(Staff).values(email="1@example.org", name="ครู", created_at=NOW))


@BOTH
def test_a_look_asks_once(runtime: Runtime) -> None:
    asked: list[int] = []
    with reading() as session:
        for _ in range(3):
            assert learnt(session, "a question", lambda: len(asked) or asked.append(1)) is None
        assert learnt(session, "another", lambda: "another answer") == "another answer"
    with reading() as session:
        assert learnt(session, "a question", lambda: "of the next look") == "of the next look"
    assert len(asked) == 1


@pytest.mark.parametrize("change", [add_row, add_and_flush, add_by_statement])
@BOTH
def test_what_a_look_changes_itself_it_sees(change: Callable[[Session], None]) -> None:
    with reading() as session:
        assert people(session) == 0
        change(session)
        assert people(session) == 1
        session.rollback()
        assert people(session) == 0


@BOTH
def test_who_changes_something_asks_every_time() -> None:
    with transaction() as session:
        assert people(session) == 0
        session.connection().execute(
            insert(Staff).values(email="1@example.org", name="ครู", created_at=NOW)
        )
        assert people(session) == 1


@BOTH
def test_names_are_those_of_the_people_who_are_known() -> None:
    with transaction() as session:
        session.add_all(staff := [somebody(1), somebody(2)])
    first, second = (one.id for one in staff)
    with reading() as session:
        assert names_of(session, []) == {}
        assert names_of(session, [first, None, 999_999]) == {first: "ครู 1"}
        assert names_of(session, [second, first]) == {first: "ครู 1", second: "ครู 2"}
