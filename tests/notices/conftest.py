"""A world of notices, on the databases that the test names."""

import pytest

from core.runtime import Runtime
from tests.notices.world import World


@pytest.fixture
def world(runtime: Runtime) -> World:
    """Nobody there yet, nothing owed, Friday morning."""
    return World()
