"""Health pages tell what works, and which process may go on without what."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from agents.person import Person
from agents.services import add_staff
from core import clock
from core.database import transaction
from core.heartbeats import BEAT, WORKER, Throttle, beat
from core.runtime import Runtime, configure
from tests.webapp.building import made_case
from webapp import doors

pytestmark = pytest.mark.backends("postgresql", "sqlite")


def ask(app: Flask, path: str = "/readyz") -> Any:
    """GET a page."""
    return app.test_client().get(path)


def states(answer: Any) -> dict[str, str]:
    """Each check's state."""
    return {name: check["state"] for name, check in answer.json["checks"].items()}


@pytest.fixture
def alive(runtime: Runtime) -> None:
    """Worker and beat have just given signs of life."""
    with transaction() as session:
        for name in (WORKER, BEAT):
            beat(session, name, clock.now())


def lose(runtime: Runtime, **settings: str) -> None:
    """Point this process at a server that is not there."""
    configure(runtime.settings.model_copy(update=settings))


NO_BROKER = {"redis_url": "redis://127.0.0.1:1"}
NO_DATABASE = {"database_url": "postgresql:///none?host=/nonexistent"}


def test_alive_says_only_that(app: Flask) -> None:
    assert ask(app, "/healthz").json == {"status": "alive"}


def test_a_service_with_an_empty_on_call_list_is_ready_and_warns(app: Flask, alive: None) -> None:
    answer = ask(app)
    assert answer.status_code == 200
    assert answer.json["warnings"] == ["on_call"]
    assert states(answer) == {
        "database": "ok",
        "broker": "ok",
        "worker": "ok",
        "beat": "ok",
        "oldest_due": "ok",
        "telephone": "ok",
        "on_call": "warning",
        "flow": "ok",
    }


def test_somebody_on_call_ends_the_warning(app: Flask, alive: None) -> None:
    person = Person("a@example.org", "A", "agent", "HQ", phone="+66810000001", on_call=True)
    with transaction() as session:
        add_staff(session, person, now=clock.now())
    assert ask(app).json["warnings"] == []


@pytest.mark.parametrize("name", [WORKER, BEAT])
def test_a_process_that_has_not_been_heard_of_for_long_fails(
    app: Flask, alive: None, name: str
) -> None:
    with transaction() as session:
        beat(session, name, clock.now() - timedelta(seconds=95))
    answer = ask(app)
    assert answer.status_code == 503
    assert states(answer)[name] == "failed"
    assert answer.json["checks"][name]["age_s"] >= 95


def test_a_process_that_was_never_heard_of_fails(app: Flask) -> None:
    answer = ask(app)
    assert answer.status_code == 503
    assert states(answer)["worker"] == "failed"


def test_a_row_that_is_due_for_long_warns(app: Flask, alive: None) -> None:
    made_case(at=clock.now() - timedelta(hours=1))
    answer = ask(app)
    assert answer.status_code == 200
    assert "oldest_due" in answer.json["warnings"]
    assert answer.json["checks"]["oldest_due"]["age_s"] > 3000


def test_a_dead_broker_fails_the_console_process(app: Flask, alive: None, runtime: Runtime) -> None:
    lose(runtime, **NO_BROKER)
    answer = ask(app)
    assert answer.status_code == 503
    assert states(answer)["broker"] == "failed"
    assert states(answer)["database"] == "ok"


def test_a_dead_broker_never_takes_the_telephone_out_of_rotation(runtime: Runtime) -> None:
    voice = Flask("hotline-voice", static_folder=None)
    doors.register(voice, "voice")
    lose(runtime, **NO_BROKER)
    answer = ask(voice)
    assert answer.status_code == 200
    assert states(answer) == {"database": "ok"}


def test_a_dead_database_fails_every_process(app: Flask, runtime: Runtime) -> None:
    voice = Flask("hotline-voice", static_folder=None)
    doors.register(voice, "voice")
    lose(runtime, **NO_DATABASE)
    for process in (app, voice):
        answer = ask(process)
        assert answer.status_code == 503
        assert states(answer)["database"] == "failed"
        assert "nonexistent" not in answer.text


def test_a_voice_process_has_no_api_and_no_figures(runtime: Runtime) -> None:
    voice = Flask("hotline-voice", static_folder=None)
    doors.register(voice, "voice")
    assert ask(voice, "/api/v1/openapi.json").status_code == 404
    assert ask(voice, "/metrics").status_code == 404


def test_signs_of_life_are_written_once_in_a_while() -> None:
    throttle = Throttle(10)
    asked = (0.0, 2.0, 9.9, 10.0, 12.0, 20.5)
    assert [throttle.is_time(second) for second in asked] == [True, False, False, True, False, True]
