"""A world with one callback, on the databases that the test names."""

import pytest

from core.runtime import Runtime
from tests.calls.callback_world import World


@pytest.fixture
def world(runtime: Runtime) -> World:
    """Nobody on duty, nothing owed yet, Friday morning."""
    return World()
