"""What every test of the whole service shares.

The practice provider checks each document that it is given against twilio-python's verb classes,
and each repeated webhook for the same answer; whatever it finds fails the test that caused it.
"""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from sqlalchemy import update

from agents.models import Staff
from tests.support.stack import Stack

# The practice people have the lower numbers, the stories that are kept as text 0200 to 0299.
FIRST, LAST = 300, 999
_numbers = count()


@pytest.fixture
def stack(stack: Stack) -> Iterator[Stack]:
    """The running service with its people rested; afterwards every document was sound."""
    people(stack, active=True)
    yield stack
    health = stack.practice("/practice/health")
    assert health["problems"] == []
    assert health["differences"] == []


@pytest.fixture
def nobody_on_duty(stack: Stack) -> Iterator[None]:
    """Nobody can be rung, not even the on-call list."""
    people(stack, active=False)
    yield
    people(stack, active=True)


@pytest.fixture
def caller() -> Callable[[], str]:
    """A caller's number that nobody used before."""
    return new_number


def new_number() -> str:
    """A number that belongs to nobody."""
    return f"+6681000{FIRST + next(_numbers) % (LAST + 1 - FIRST):04d}"


def people(stack: Stack, *, active: bool) -> None:
    """Everybody is there, or nobody; who was rung last is forgotten."""
    with stack.database() as engine, engine.execution_options(immediate=True).begin() as connection:
        connection.execute(update(Staff).values(active=active, last_rung_at=None))
