"""The API's documents have exactly the fields that outside programs wait for (design.md §5)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cases.queries import timeline
from cases.services import move_case
from core.database import reading, transaction
from tests.webapp.building import CALLER, NOW, Api, made_case

pytestmark = pytest.mark.backends("postgresql", "sqlite")
Clients = Callable[..., Api]

CASE_FIELDS = {
    *(
        "reference",
        "call_sids",
        "channel",
        "intent",
        "role",
        "inferred",
        "hazard_group",
        "hazard_type",
        "severity",
    ),
    *("status", "danger", "anonymous", "recording_consent", "place", "office", "reasons"),
    *("next_step", "opened_at", "due_at", "late", "practice", "callbacks", "recordings"),
}
CALL_FIELDS = {
    *("call_sid", "direction", "status", "ended_by", "language", "answers", "flow_version"),
    *("started_at", "ended_at", "case_reference", "practice"),
}
CALLBACK_FIELDS = {"id", "state", "consent", "due_at", "window", "attempts"}
ATTEMPT_FIELDS = {"number", "outcome", "identity", "started_at"}
RECORDING_FIELDS = {"id", "state", "basis", "duration_s", "started_at"}


def test_a_call_shows_what_was_chosen_in_order(api: Clients) -> None:
    made = made_case()
    call = api("calls:read").get(f"/calls/{made.call_sid}").json
    assert set(call) == CALL_FIELDS
    assert list(call["answers"].items()) == [
        ("welcome", "report"),
        ("group", "violence"),
        ("sub_v", "bullying"),
    ]
    assert call["case_reference"] == made.reference


def test_a_case_has_its_place_office_reasons_callbacks_and_recordings(api: Clients) -> None:
    made = made_case()
    case = api("cases:read").get(f"/cases/{made.reference}").json
    assert set(case) == CASE_FIELDS
    assert case["call_sids"] == [made.call_sid]
    assert case["place"] == {
        "district_code": "9209",
        "province_code": "92",
        "postal_code": "92160",
        "school_code": None,
        "text": None,
    }
    assert case["office"]["code"] == "ESA-9202"
    assert set(case["office"]) == {"code", "name_th", "name_en"}
    assert case["reasons"] == [{"rule": "area_known", "th": "เขต", "en": "the area"}]
    assert case["next_step"]["what"] == "acknowledge"
    assert case["next_step"]["office"] == case["office"]
    assert case["next_step"]["due_at"] == case["due_at"]
    assert case["opened_at"] == "2026-11-20T03:00:00Z"
    [callback], [recording] = case["callbacks"], case["recordings"]
    assert set(callback) == CALLBACK_FIELDS
    assert callback["window"] == "08:00-12:00"
    assert set(callback["attempts"][0]) == ATTEMPT_FIELDS
    assert callback["attempts"][0]["number"] == 1
    assert set(recording) == RECORDING_FIELDS
    assert (recording["basis"], recording["duration_s"]) == ("consent", 5)


def test_an_office_is_found_by_its_code(api: Clients) -> None:
    office = api("offices:read").get("/offices/ESA-9202").json
    assert office["code"] == "ESA-9202"
    assert office["type"] == "area_primary"
    assert office["parent_code"] == "OBEC"


def test_a_case_that_was_late_says_so_also_when_its_step_is_done(api: Clients) -> None:
    late, fine = made_case(1), made_case(2, at=NOW + timedelta(days=30))
    with transaction() as session:
        move_case(
            session, late.case_id, "acknowledged", now=NOW + timedelta(days=9), actor="staff:1"
        )
    client = api("cases:read")
    assert [one["late"] for one in client.get("/cases").json["items"]] == [False, True]
    assert client.get(f"/cases/{fine.reference}").json["late"] is False


def test_numbers_stay_away_without_the_scope_for_them(api: Clients) -> None:
    made = made_case()
    client = api("cases:read", "calls:read", "callbacks:read")
    for path in (f"/cases/{made.reference}", f"/calls/{made.call_sid}", "/cases", "/callbacks"):
        assert CALLER[3:] not in client.get(path, **{"Reveal-Reason": "curious"}).text


def test_a_number_is_shown_for_a_reason_and_leaves_a_trace(api: Clients) -> None:
    made = made_case()
    client = api("cases:read", "identity:read")
    path = f"/cases/{made.reference}"
    assert CALLER[3:] not in client.get(path).text
    shown = client.get(path, **{"Reveal-Reason": "โรงเรียนถาม".encode().decode("latin-1")}).json
    assert shown["caller_number"] == CALLER
    with reading() as session:
        [trace] = [one for one in timeline(session, made.case_id) if one.kind.endswith("revealed")]
    assert trace.actor.startswith("token:")
    assert trace.words == "โรงเรียนถาม"


def items(answer: Any) -> list[str]:
    """The references of one page."""
    return [item["reference"] for item in answer.json["items"]]


def test_a_list_is_read_page_by_page_and_nothing_twice(api: Clients) -> None:
    made = [made_case(number).reference for number in range(1, 53)]
    client = api("cases:read")
    first = client.get("/cases")
    second = client.get(f"/cases?cursor={first.json['next_cursor']}")
    assert len(items(first)) == 50
    assert items(first) + items(second) == made[::-1]
    assert second.json["next_cursor"] is None


def test_every_filter_narrows_the_list(api: Clients) -> None:
    old = made_case(1, at=NOW - timedelta(days=2))
    here = made_case(2, office="ESA-4001")
    with transaction() as session:
        move_case(session, here.case_id, "acknowledged", now=NOW, actor="staff:1")
    client = api("cases:read")
    assert items(client.get(f"/cases?call_sid={old.call_sid}")) == [old.reference]
    assert items(client.get("/cases?office=ESA-4001")) == [here.reference]
    assert items(client.get("/cases?status=received")) == [old.reference]
    assert items(client.get("/cases?since=2026-11-19")) == [here.reference]
    assert items(client.get("/cases?since=2026-11-20T10:00:00%2B07:00")) == [here.reference]
    assert items(client.get("/cases?since=2026-11-20T10:00:01+07:00")) == []
    assert items(client.get("/cases?office=&status=")) == [here.reference, old.reference]


def test_callbacks_are_found_by_case_and_state(api: Clients) -> None:
    made, other = made_case(1), made_case(2)
    client = api("callbacks:read")
    both = client.get("/callbacks?state=retry").json["items"]
    mine = client.get(f"/callbacks?reference={made.reference}").json["items"]
    assert len(both) == 2
    assert len(mine) == 1
    assert set(mine[0]) == CALLBACK_FIELDS
    assert client.get(f"/callbacks?state=due&reference={other.reference}").json["items"] == []
