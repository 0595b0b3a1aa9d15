"""`staff add` and `token add` as administrators and scripts use them."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from agents.commands import COMMANDS
from agents.models import Staff, StaffRole
from agents.services import find_token
from core.database import reading
from core.runtime import Runtime
from routing.commands import directory_group

STAFF = ("staff", "add", "a@example.org", "--name", "ก", "--role", "agent", "--office", "HQ")


def run(*arguments: str, **more: Any) -> Result:
    """Run one of the commands."""
    app = Flask("hotline-test")
    for command in (*COMMANDS, directory_group):
        app.cli.add_command(command)
    return app.test_cli_runner().invoke(args=arguments, **more)


def only_person() -> Staff:
    """The one person there is."""
    with reading() as session:
        return session.scalars(select(Staff)).one()


def test_a_person_is_added_with_every_flag(runtime: Runtime) -> None:
    flags = ("--phone", "+66810000001", "--always-on-duty", "--on-call", "--password-stdin")
    result = run(*STAFF, *flags, input="a long password\n")
    assert result.exit_code == 0
    assert result.stdout == ""
    staff = only_person()
    assert (staff.phone, staff.always_on_duty, staff.on_call) == ("+66810000001", True, True)
    assert str(staff.password_hash).startswith("$argon2id$")
    assert "a long password" not in result.output


def test_a_deputy_is_added_and_made_a_full_head(runtime: Runtime) -> None:
    head = ("staff", "add", "h@example.org", "--name", "ห", "--role", "head_operator")
    found = []
    for flag in ("--deputy", "--no-deputy"):
        assert run(*head, "--office", "HQ", flag).exit_code == 0
        with reading() as session:
            found.append(session.scalars(select(StaffRole.deputy)).one())
    assert found == [True, False]


def test_safety_rule_09_the_last_on_call_telephone_stays(runtime: Runtime) -> None:
    run(*STAFF, "--phone", "0810000002", "--on-call")
    refused = run(*STAFF, "--no-on-call")
    assert refused.exit_code == 1
    assert "must stay on the hotline's on-call list" in refused.stderr
    assert only_person().on_call


def test_the_same_command_again_is_an_update(runtime: Runtime) -> None:
    run(*STAFF, "--on-call")
    assert run(*STAFF, "--phone", "0810000002").exit_code == 0
    staff = only_person()
    assert (staff.phone, staff.on_call) == ("+66810000002", True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--phone", "1300"), "the phone must be a Thai fixed or mobile number"),
        (("--office", "NOWHERE"), "there is no office NOWHERE"),
        (("--role", "king"), "'king' is not one of"),
    ],
)
def test_what_is_wrong_ends_with_a_plain_message(
    runtime: Runtime, arguments: tuple[str, ...], message: str
) -> None:
    result = run(*STAFF, *arguments)
    assert result.exit_code != 0
    assert message in result.stderr
    assert result.stdout == ""


def test_a_token_stands_alone_on_standard_output(runtime: Runtime) -> None:
    scopes = ("--scope", "cases:read", "--scope", "calls:read")
    result = run("token", "add", "report", *scopes)
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1
    with reading() as session:
        token = find_token(session, result.stdout.strip())
    assert token is not None
    assert token.scopes == ["calls:read", "cases:read"]


@pytest.mark.parametrize(
    "arguments", [("token", "add", "x"), ("token", "add", "x", "--scope", "y")]
)
def test_a_token_without_a_known_scope_is_refused(
    runtime: Runtime, arguments: tuple[str, ...]
) -> None:
    result = run(*arguments)
    assert result.exit_code != 0
    assert result.stdout == ""


def test_directory_load_takes_people_too(own_runtime: Runtime, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,name,role,office_code\na@example.org,ก,agent,HQ\n")
    result = run("directory", "load", str(file))
    assert result.exit_code == 0
    assert "people: 1 added" in result.output
    assert only_person().email == "a@example.org"
    file.write_text("email,name,role,office_code\na@example.org,ก,king,HQ\n")
    refused = run("directory", "load", str(file))
    assert refused.exit_code == 1
    assert "people.csv:2: the role must be one of agent" in refused.stderr
