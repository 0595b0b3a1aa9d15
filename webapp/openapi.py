"""The OpenAPI description, made from the very declarations that guard and fill the addresses."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from agents.roles import SCOPES
from webapp import schemas
from webapp.access import declared
from webapp.parameters import Parameters
from webapp.problems import MEDIA_TYPE

DESCRIBED = "api_description"
TITLE = "MOE Safety Center hotline"
VERSION = "1"
REF = "#/components/schemas/{model}"
PATH_ARGUMENT = re.compile(r"<([a-z_]+)>")
PROBLEMS = {
    "400": "A parameter cannot be used.",
    "401": "There is no token, or it is not in force.",
    "403": "The token lacks the scope.",
    "404": "There is no such thing.",
}

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Revealing:
    """The header that gives a reason to show a number, and the answer that then shows it."""

    header: str
    summary: str
    answer: type[BaseModel]


@dataclass(frozen=True)
class Description:
    """What an address answers and takes."""

    summary: str
    answer: type[BaseModel]
    parameters: type[Parameters]
    revealing: Revealing | None


def describe(
    summary: str,
    answer: type[BaseModel],
    parameters: type[Parameters],
    *,
    revealing: Revealing | None = None,
) -> Callable[[View], View]:
    """Declare what a view answers and which parameters it takes."""

    def declare(view: View) -> View:
        setattr(view, DESCRIBED, Description(summary, answer, parameters, revealing))
        return view

    return declare


def openapi_document(app: Flask) -> dict[str, Any]:
    """OpenAPI 3.1 of every described address of the application."""
    described = [
        (rule, view)
        for rule in app.url_map.iter_rules()
        if (view := getattr(app.view_functions[rule.endpoint], DESCRIBED, None))
    ]
    answers = {one for _, view in described for one in _answers(view)} | {schemas.Problem}
    _, defined = models_json_schema(
        [(one, "serialization") for one in sorted(answers, key=lambda one: one.__name__)],
        ref_template=REF,
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION},
        "paths": {
            PATH_ARGUMENT.sub(r"{\1}", rule.rule): {"get": _operation(app, rule, view)}
            for rule, view in described
        },
        "components": {
            "schemas": defined["$defs"],
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": f"Scopes: {', '.join(SCOPES)}",
                }
            },
        },
    }


def _operation(app: Flask, rule: Rule, view: Description) -> dict[str, Any]:
    return {
        "operationId": rule.endpoint.removeprefix("api."),
        "summary": view.summary,
        "security": [{"token": [declared(app, rule.endpoint)]}],
        "parameters": [
            *_path_parameters(rule),
            *_query_parameters(view),
            *_header_parameters(view),
        ],
        "responses": {
            "200": _content(view.summary, "application/json", *_answers(view)),
            **{
                status: _content(text, MEDIA_TYPE, schemas.Problem)
                for status, text in PROBLEMS.items()
            },
        },
    }


def _answers(view: Description) -> list[type[BaseModel]]:
    return [view.answer, view.revealing.answer] if view.revealing else [view.answer]


def _content(description: str, media_type: str, *models: type[BaseModel]) -> dict[str, Any]:
    found: list[dict[str, Any]] = [{"$ref": REF.format(model=one.__name__)} for one in models]
    schema = found[0] if len(found) == 1 else {"anyOf": found}
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _header_parameters(view: Description) -> list[dict[str, Any]]:
    if view.revealing is None:
        return []
    header, summary = view.revealing.header, view.revealing.summary
    schema = {"type": "string"}
    return [{"name": header, "in": "header", "description": summary, "schema": schema}]


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in PATH_ARGUMENT.findall(rule.rule)
    ]


def _query_parameters(view: Description) -> list[dict[str, Any]]:
    """The model's fields as parameters; definitions that they share are written out."""
    schema = view.parameters.model_json_schema(mode="validation")
    shared = schema.get("$defs", {})
    return [
        {"name": name, "in": "query", "schema": _one_of(field, shared)}
        for name, field in schema.get("properties", {}).items()
    ]


def _one_of(field: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """A field's schema without the null that stands for "left out"."""
    kinds = [one for one in field.get("anyOf", [field]) if one.get("type") != "null"]
    found = kinds[0]
    if "$ref" in found:
        found = shared[found["$ref"].rsplit("/", 1)[-1]]
    return {name: value for name, value in found.items() if name not in ("title", "default")}
