"""`route rules …` and `route explain --at`: what people type to change and to ask the rules."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from agents import commands as agent_commands
from core.runtime import Runtime, configure
from routing.rule_commands import route_group
from tests.routing.corpus import BOOKS

MAIN, EVERYTHING = str(BOOKS / "main.yaml"), str(BOOKS / "everything.yaml")
ASKED = ("--group", "V", "--district", "4001")


def run(*arguments: str) -> Result:
    app = Flask("commands")
    app.cli.add_command(route_group)
    return app.test_cli_runner().invoke(args=("route", *arguments))


def ok(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_checking_publishes_nothing(own_runtime: Runtime) -> None:
    assert ok("rules", "check", MAIN) == "main.yaml: 8 rules, no fault.\n"
    assert ok("rules", "show") == "rules: []\n"
    assert ok("rules", "history") == ""


@pytest.mark.parametrize("command", ["check", "publish"])
def test_bad_rule_is_refused_with_its_line_in_both_languages(
    command: str, tmp_path: Path, own_runtime: Runtime
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("rules:\n  - {name: a, send_to: ESA-4099, th: ก, en: k}\n", "utf-8")
    result = run("rules", command, str(bad))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "bad.yaml:2: ไม่มีหน่วยงานรหัส ESA-4099 / there is no office ESA-4099" in result.stderr
    assert ok("rules", "history") == ""


def test_published_version_is_shown_as_a_file_that_can_be_published(
    tmp_path: Path, own_runtime: Runtime
) -> None:
    assert ok("rules", "publish", MAIN) == "Version 1: 8 rules are in force.\n"
    shown = tmp_path / "shown.yaml"
    shown.write_text(ok("rules", "show"), "utf-8")
    assert "เขต 1 ดูแลโรคระบาด" in shown.read_text("utf-8")
    assert ok("rules", "publish", str(shown)) == "Version 2: 8 rules are in force.\n"
    assert ok("rules", "show", "1") == ok("rules", "show", "2")


def test_history_and_rollback(own_runtime: Runtime) -> None:
    ok("rules", "publish", MAIN)
    ok("rules", "publish", EVERYTHING)
    assert ok("rules", "rollback") == "Version 3 is in force.\n"
    lines = ok("rules", "history").splitlines()
    assert [line.split("  ")[0] for line in lines] == ["3", "2", "1"]
    assert "8 rules  restores 1" in lines[0]
    assert "what the corpus tries" in lines[2]
    assert run("rules", "rollback", "9").exit_code == 1
    assert run("rules", "show", "9").exit_code == 1


def test_file_that_is_no_text_is_refused(tmp_path: Path, runtime: Runtime) -> None:
    path = tmp_path / "excel.yaml"
    path.write_bytes("rules: ก".encode("cp874"))
    assert "UTF-8" in run("rules", "check", str(path)).stderr


def test_explain_tells_of_the_rules_now_and_then(own_runtime: Runtime) -> None:
    ok("rules", "publish", EVERYTHING)
    now = ok("explain", *ASKED)
    assert now.startswith("HQ ")
    assert "rule_fired" in now
    assert now.endswith("candidates: ESA-4001\nrules: version 1\n")
    then = ok("explain", *ASKED, "--at", "2026-05-01T10:00")
    assert then.startswith("ESA-4001 ")
    assert "rules" not in then.splitlines()[-1]


def test_explain_takes_severity_and_language(own_runtime: Runtime) -> None:
    ok("rules", "publish", MAIN)
    assert ok("explain", *ASKED, "--language", "en").startswith("HQ ")
    assert ok("explain", *ASKED, "--language", "th").startswith("ESA-4001 ")
    assert run("explain", *ASKED, "--severity", "grave").exit_code == 2
    assert run("explain", *ASKED, "--language", "xx").exit_code == 2


def test_explain_in_practice_takes_the_offices_as_open(runtime: Runtime) -> None:
    night = ("--severity", "emergency", "--at", "2026-11-20T23:00")
    assert ok("explain", *ASKED, *night).startswith("ESA-4001 ")


def test_explain_knows_the_offices_hours(runtime: Runtime) -> None:
    """Importing the commands of people has taught it."""
    assert agent_commands.route_group is route_group
    configure(runtime.settings.model_copy(update={"telephony": "twilio"}), runtime.engine)
    night = ("--severity", "emergency", "--at", "2026-11-20T23:00")
    told = ok("explain", *ASKED, *night)
    assert told.startswith("HQ ")
    assert "closed_now_superior" in told
    assert ok("explain", *ASKED, "--severity", "emergency", "--at", "2026-11-20T10:00").startswith(
        "ESA-4001 "
    )
