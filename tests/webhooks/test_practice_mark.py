"""The mark of practice is set at the door, by the account that a call came in by."""

from collections.abc import Iterator
from typing import Any

import pytest

from calls.models import Call
from cases.models import Case
from core.runtime import Runtime
from tests.webhooks.looking import rows
from tests.webhooks.serving import serving
from tests.webhooks.telephone import Caller, Provider

pytestmark = pytest.mark.backends("postgresql", "sqlite")


@pytest.fixture
def real_call(runtime: Runtime) -> Iterator[Caller]:
    """A caller at a service that real people phone."""
    settings = runtime.settings.model_copy(update={"telephony": "twilio"})
    with serving(settings) as app:
        caller = Caller(Provider(app))
        caller.dial()
        yield caller


def marks() -> list[Any]:
    """The marks of every call and of every case."""
    return [[row.is_practice for row in rows(kind)] for kind in (Call, Case)]


def test_a_practice_call_and_its_case_bear_the_mark(call: Caller) -> None:
    call.press("2", "1")
    assert marks() == [[True], [True]]


def test_a_real_call_and_its_case_do_not(real_call: Caller) -> None:
    real_call.press("2", "1")
    assert marks() == [[False], [False]]
