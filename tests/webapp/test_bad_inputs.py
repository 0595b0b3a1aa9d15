"""The API with what strangers send (reliability.md B44–B48, B53, B58), beside test_api_access.

It reads only: nothing can be set by it (B49–B51), and a token has neither office nor session (B52).
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import func, select

from cases.models import Case
from cases.queries import timeline
from core.database import reading
from tests.webapp.building import CALLER, Api, made_case
from tests.webapp.test_api_access import problem

Clients = Callable[..., Api]
SCOPES = ("cases:read", "calls:read", "callbacks:read", "offices:read", "identity:read")
SQL = (
    "' OR '1'='1' --",
    "'; DROP TABLE cases; --",
    "1) UNION SELECT token_hash FROM api_tokens --",
    "%' AND pg_sleep(5) AND '%'='",
)
STRANGE = (*SQL, "%%%%%%", "____", "<b-ad>", "a\x00b", "\r\nX-Bad: 1", "๙" * 900, "é", "[]", "null")
FILTERS = {
    "/cases": ("call_sid", "office", "status", "since", "cursor"),
    "/callbacks": ("reference", "state", "cursor"),
}
OTHERS = ("limit", "page", "offset", "sort", "order_by", "fields", "q", "office_code", "closed_at")


def cursor(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("value", STRANGE)
def test_every_parameter_refuses_what_it_cannot_be(api: Clients, value: str) -> None:
    """B44, B45: named, never repeated, and every row is still there."""
    made_case()
    client = api(*SCOPES)
    for path, names in FILTERS.items():
        for name in (*names, *OTHERS):
            answer = client.get(f"{path}?{urlencode({name: value})}")
            found = problem(answer, 400)
            assert [one["name"] for one in found["errors"]] == [name]
            assert value not in json.dumps(found, ensure_ascii=False)
            assert "X-Bad" not in answer.headers
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1


@pytest.mark.parametrize("value", STRANGE)
def test_every_address_with_anything_for_an_id_is_not_there(api: Clients, value: str) -> None:
    client = api(*SCOPES)
    for kind in ("cases", "calls", "offices"):
        assert client.get(f"/{kind}/{quote(value, safe='')}").status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        *("before:", "before:-1", "before:1 OR 1=1", "after:1", "before:1\n", "before:1e9"),
        *("before:" + "9" * 19, "before:" + "9" * 18, f"before:{2**31}"),
        *("before:" + "9" * 5000, "\x00", "before:1\x00", "BEFORE:1"),
    ],
)
def test_a_cursor_that_was_never_given_is_refused(api: Clients, text: str) -> None:
    client = api(*SCOPES)
    for path in FILTERS:
        assert problem(client.get(f"{path}?cursor={cursor(text)}"), 400)["errors"]


@pytest.mark.parametrize("text", ["before:0", "before:1", f"before:{2**31 - 1}"])
@pytest.mark.backends("postgresql", "sqlite")
def test_a_cursor_of_any_number_is_a_place_in_the_list(api: Clients, text: str) -> None:
    """B46: before the first row, far behind the last one; a page is never longer."""
    made_case()
    client = api(*SCOPES)
    for path in FILTERS:
        answer = client.get(f"{path}?cursor={cursor(text)}")
        assert answer.status_code == 200
        assert len(answer.json["items"]) <= 1


@pytest.mark.parametrize(
    "since",
    [
        *("2569-01-01", "1999-12-31", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00"),
        *("２０２６-11-20", "๒๐๒๖-๑๑-๒๐", "2026-11-20T24:00:01", "2026-13-01", "2026-02-30", "now"),
        *("1e9", "1795132800", "2026-11-20T10:00:00+99:99", "-2026-11-20"),
    ],
)
def test_a_moment_of_another_era_or_none_is_refused(api: Clients, since: str) -> None:
    problem(api(*SCOPES).get(f"/cases?{urlencode({'since': since})}"), 400)


def reveal(client: Api, reference: str, reason: str) -> Any:
    """Ask for the number, with a reason as a header bears it."""
    written = reason.encode().decode("latin-1")
    return client.get(f"/cases/{reference}", **{"Reveal-Reason": written})


@pytest.mark.parametrize(
    "reason", ["{{7*7}} <b-ad> %(x)s {0}", "=1+1|cmd", "'; DROP TABLE cases;--"]
)
def test_a_strange_reason_is_kept_as_words(api: Clients, reason: str) -> None:
    """B58: sealed, to the last character."""
    made = made_case()
    answer = reveal(api(*SCOPES), made.reference, reason)
    assert answer.json["caller_number"] == CALLER
    assert reason not in answer.text
    with reading() as session:
        [trace] = [one for one in timeline(session, made.case_id) if one.kind == "number_revealed"]
    assert trace.words == reason


def test_a_reason_for_a_case_that_is_not_there_leaves_nothing(api: Clients) -> None:
    """B48: with a reason or without, known and unknown differ in nothing but the case."""
    client = api(*SCOPES)
    answers = [reveal(client, "000000000", "why"), client.get("/cases/000000000")]
    assert problem(answers[0], 404) == problem(answers[1], 404)


@pytest.mark.parametrize("token", ["", "x", "é" * 40, "' OR 1=1 --", "x" * 9000, "null", "\x7f"])
def test_a_token_that_is_guessed_is_told_nothing(api: Clients, token: str) -> None:
    """B53: the same refusal whatever stands there, for every address that exists or does not."""
    client = api()
    client.headers["Authorization"] = f"Bearer {token}".encode().decode("latin-1")
    answers = [client.get(path) for path in ("/cases", "/cases/000000000", "/callbacks")]
    assert {one.status_code for one in answers} == {401}
    assert len({one.data for one in answers}) == 1
    assert len(token) < 2 or token not in answers[0].text
