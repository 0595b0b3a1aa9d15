"""`cases show` tells in plain text what, where, whose, why and what comes next, and no number."""

import re

import pytest
from click.testing import Result
from flask import Flask

from core.runtime import Runtime
from tests.webapp.building import CALLER, made_case
from webapp.commands import COMMANDS

pytestmark = pytest.mark.backends("postgresql", "sqlite")


AREA = "สพป.ตรัง เขต 2 / Trang Primary Educational Service Area Office 2"


def show(reference: str) -> Result:
    """Run the command."""
    app = Flask("hotline-test")
    for command in COMMANDS:
        app.cli.add_command(command)
    return app.test_cli_runner().invoke(args=("cases", "show", reference))


def test_a_case_is_told_in_plain_words(runtime: Runtime) -> None:
    made = made_case()
    result = show(made.reference)
    assert result.exit_code == 0
    *lines, recording = result.stdout.splitlines()
    assert lines == [
        f"Case {made.reference}  received, opened 2026-11-20 10:00",
        "What        V3 การกลั่นแกล้งรังแก / Bullying",
        "Report      petition, by unknown",
        "  intent: มีคนเดือดร้อนและต้องการความช่วยเหลือ",
        "     somebody suffers and wants help",
        "Severity    normal",
        "Place       รัษฎา ตรัง / Ratsada, Trang 92160",
        f"Office      ESA-9202  {AREA}",
        "Why",
        "  1. เขต",
        "     the area",
        "Next step   acknowledge, ESA-9202, by 2026-11-23 16:30",
        f"Calls       {made.call_sid}",
        "Callback    retry, permitted, window 08:00-12:00, due 2026-11-20 10:05",
        "  1. 2026-11-20 10:00  no_answer, identity unconfirmed",
    ]
    assert re.fullmatch(r"Recording   \d+, stored, 5 s, basis consent", recording)
    assert CALLER[3:] not in result.stdout


@pytest.mark.parametrize("reference", ["123456789", "", "x", "%"])
def test_a_case_that_is_not_there_ends_with_a_plain_message(
    runtime: Runtime, reference: str
) -> None:
    result = show(reference)
    assert result.exit_code == 1
    assert result.stderr == "Error: there is no such case\n"
