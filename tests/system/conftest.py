"""What every test of the whole service shares.

The practice provider checks each document that it is given against twilio-python's verb classes,
and each repeated webhook for the same answer; whatever it finds fails the test that caused it.
"""

from collections.abc import Iterator

import pytest

from core import runtime
from tests.support.stack import Stack
from tests.system.people import people


@pytest.fixture
def stack(stack: Stack) -> Iterator[Stack]:
    """The running service with its people rested; afterwards every document was sound."""
    people(stack, active=True)
    yield stack
    people(stack, active=True)
    health = stack.practice("/practice/health")
    assert health["problems"] == []
    assert health["differences"] == []


@pytest.fixture
def inside(stack: Stack) -> Iterator[Stack]:
    """This process on the database of the running service, as one of its doors."""
    made = runtime.configure(stack.settings)
    yield stack
    made.engine.dispose()
