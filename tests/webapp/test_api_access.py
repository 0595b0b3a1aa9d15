"""Nobody reads without a token in force and its scope, and every error is a problem document."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Blueprint, Flask
from sqlalchemy import update

from agents.models import ApiToken
from core.database import transaction
from core.runtime import Runtime
from tests.webapp.building import Api, made_case
from webapp import doors
from webapp.access import PUBLIC, Undeclared, check_declared, declared

Clients = Callable[..., Api]
SID = f"CA{1:032x}"
ADDRESSES = {
    f"/calls/{SID}": "calls:read",
    "/cases": "cases:read",
    "/cases/000000000": "cases:read",
    "/callbacks": "callbacks:read",
    "/offices/HQ": "offices:read",
}
OTHERS = ("cases:read", "calls:read", "callbacks:read", "offices:read", "identity:read")


def problem(answer: Any, status: int) -> Any:
    """The problem document of an answer, checked for its form (RFC 9457)."""
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == "about:blank"
    assert answer.json["status"] == status
    assert answer.json["title"]
    return answer.json


@pytest.mark.parametrize("path", ADDRESSES)
def test_without_a_token_nothing_is_read(api: Clients, path: str) -> None:
    answer = api().get(path)
    problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="hotline"'


@pytest.mark.parametrize(
    "shown", ["Bearer nonsense", "Bearer ", "Basic dTpw", "bearer", "Bearer a b"]
)
def test_a_token_that_is_not_in_force_opens_nothing(api: Clients, shown: str) -> None:
    client = api()
    client.headers["Authorization"] = shown
    answer = client.get("/cases")
    problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_opens_nothing_from_the_next_request_on(api: Clients) -> None:
    client = api("cases:read")
    assert client.get("/cases").status_code == 200
    with transaction() as session:
        session.execute(update(ApiToken).values(revoked_at=datetime(2026, 11, 20, tzinfo=UTC)))
    problem(client.get("/cases"), 401)


@pytest.mark.parametrize(("path", "needed"), ADDRESSES.items())
def test_every_address_asks_for_its_own_scope(api: Clients, path: str, needed: str) -> None:
    answer = api(*(scope for scope in OTHERS if scope != needed)).get(path)
    problem(answer, 403)
    assert f'scope="{needed}"' in answer.headers["WWW-Authenticate"]
    assert api(needed).get(path).status_code in (200, 404)


def test_every_api_address_declares_its_scope(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    scopes = {rule.rule: declared(app, rule.endpoint) for rule in rules}
    assert {path for path, scope in scopes.items() if scope == PUBLIC} == {"/api/v1/openapi.json"}
    assert all(scope in (*OTHERS, PUBLIC) for scope in scopes.values())


def test_an_address_without_a_scope_stops_the_start(runtime: Runtime) -> None:
    app = Flask("hotline-test")
    careless = Blueprint("careless", __name__, url_prefix="/api/v1")
    careless.get("/secrets")(lambda: "all of them")
    app.register_blueprint(careless)
    with pytest.raises(Undeclared, match="/api/v1/secrets"):
        check_declared(app)


@pytest.mark.parametrize(
    "path",
    [
        "/cases/123456789",
        "/cases/000000000",
        "/cases/%00",
        "/cases/12345678%C2%B2",
        f"/calls/{SID}",
        "/calls/CA%00",
        "/calls/../../etc",
        "/offices/NOWHERE",
        "/offices/%00",
        "/nothing",
    ],
)
def test_what_is_not_there_is_a_404_of_one_kind(api: Clients, path: str) -> None:
    client = api("cases:read", "calls:read", "offices:read")
    assert problem(client.get(path), 404) == problem(client.get("/cases/999999999"), 404)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/cases?limit=1000000000", "limit"),
        ("/cases?sort=password", "sort"),
        ("/cases?page=-1", "page"),
        ("/cases?status=open", "status"),
        ("/cases?office=%25%25%25", "office"),
        ("/cases?office=' OR 1=1 --", "office"),
        ("/cases?call_sid=CA1", "call_sid"),
        ("/cases?since=yesterday", "since"),
        ("/cases?since=2569-11-20", "since"),
        ("/cases?since=0001-01-01T00:00:00", "since"),
        ("/cases?cursor=zzz", "cursor"),
        ("/cases?cursor=%00", "cursor"),
        ("/cases?cursor=YmVmb3JlOi0x", "cursor"),
        ("/callbacks?state=ringing", "state"),
        ("/callbacks?reference=12", "reference"),
        ("/cases/000000000?x=1", "x"),
    ],
)
def test_a_bad_parameter_is_named_and_never_repeated(api: Clients, path: str, name: str) -> None:
    client = api("cases:read", "callbacks:read")
    found = problem(client.get(path), 400)
    assert [error["name"] for error in found["errors"]] == [name]
    assert path.split("=")[1] not in found["errors"][0]["reason"]


def test_a_reason_longer_than_a_page_is_refused(api: Clients) -> None:
    made = made_case()
    client = api("cases:read", "identity:read")
    problem(client.get(f"/cases/{made.reference}", **{"Reveal-Reason": "x" * 501}), 400)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(api: Clients, method: str) -> None:
    client = api("cases:read")
    answer = getattr(client.client, method)("/api/v1/cases", headers=client.headers)
    problem(answer, 405)
    assert "GET" in answer.headers["Allow"]


def test_a_crash_tells_nothing_of_itself(runtime: Runtime) -> None:
    app = Flask("hotline-test")

    def break_down() -> str:
        raise RuntimeError("caller +66810000001")

    app.get("/api/v1/broken")(break_down)
    doors.problems.register(app)
    answer = app.test_client().get("/api/v1/broken")
    assert "810000001" not in str(problem(answer, 500))


def test_other_doors_keep_their_own_errors(app: Flask) -> None:
    assert app.test_client().get("/ivr/nothing").content_type.startswith("text/html")


def test_answers_are_never_stored_on_the_way(api: Clients) -> None:
    made = made_case()
    answer = api("cases:read").get(f"/cases/{made.reference}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
