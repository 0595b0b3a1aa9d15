"""The OpenAPI description is valid and true: real answers fit it, and nothing is left out."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.webapp.building import Api, made_case

Clients = Callable[..., Api]


@pytest.fixture
def description(app: Flask) -> dict[str, Any]:
    """The description as programs fetch it, without a token."""
    found: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").json
    return found


def test_the_description_is_valid(description: dict[str, Any]) -> None:
    assert list(OpenAPIV31SpecValidator(description).iter_errors()) == []


def test_every_address_and_parameter_is_described(description: dict[str, Any]) -> None:
    named = {
        path: [one["name"] for one in found["get"]["parameters"]]
        for path, found in description["paths"].items()
    }
    assert named == {
        "/api/v1/calls/{call_sid}": ["call_sid"],
        "/api/v1/cases/{reference}": ["reference", "Reveal-Reason"],
        "/api/v1/cases": ["call_sid", "office", "status", "since", "practice", "cursor"],
        "/api/v1/callbacks": ["reference", "state", "practice", "cursor"],
        "/api/v1/offices/{code}": ["code"],
    }


def test_every_address_names_its_scope(description: dict[str, Any]) -> None:
    scopes = {
        path: found["get"]["security"][0]["token"] for path, found in description["paths"].items()
    }
    assert scopes["/api/v1/cases"] == ["cases:read"]
    assert all(len(scope) == 1 for scope in scopes.values())


def test_real_answers_fit_their_description(api: Clients, description: dict[str, Any]) -> None:
    made = made_case()
    client = api("cases:read", "calls:read", "callbacks:read", "offices:read", "identity:read")
    reveal = {"Reveal-Reason": "a test"}
    answers = {
        "/api/v1/calls/{call_sid}": [client.get(f"/calls/{made.call_sid}")],
        "/api/v1/cases/{reference}": [
            client.get(f"/cases/{made.reference}"),
            client.get(f"/cases/{made.reference}", **reveal),
            client.get("/cases/123456789"),
        ],
        "/api/v1/cases": [client.get("/cases"), client.get("/cases?cursor=x"), api().get("/cases")],
        "/api/v1/callbacks": [client.get("/callbacks"), api("cases:read").get("/callbacks")],
        "/api/v1/offices/{code}": [client.get("/offices/ESA-9202")],
    }
    assert set(answers) == set(description["paths"])
    for path, found in answers.items():
        responses = description["paths"][path]["get"]["responses"]
        for answer in found:
            content = responses[str(answer.status_code)]["content"][answer.content_type]
            schema = content["schema"] | {"components": description["components"]}
            Draft202012Validator(schema).validate(answer.json)
