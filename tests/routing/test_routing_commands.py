"""`directory load`, `directory check`, `route explain`: names, flags and JSON that programs use."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from core.runtime import Runtime
from routing.commands import directory_group, route_group


def run(*arguments: str) -> Result:
    app = Flask("commands")
    app.cli.add_command(directory_group)
    app.cli.add_command(route_group)
    return app.test_cli_runner().invoke(args=arguments)


def explain(*arguments: str) -> dict[str, Any]:
    """What `route explain --json` prints: JSON alone on stdout."""
    result = run("route", "explain", "--json", *arguments)
    assert result.exit_code == 0
    return json.loads(result.stdout)


def test_explain_gives_office_and_reasons_as_in_a_case(runtime: Runtime) -> None:
    answer = explain("--group", "V", "--district", "9209")
    assert answer["office"] == {
        "code": "ESA-9202",
        "name_th": "สพป.ตรัง เขต 2",
        "name_en": "Trang Primary Educational Service Area Office 2",
    }
    assert answer["candidates"] == []
    assert all(set(step) == {"rule", "th", "en"} for step in answer["reasons"])
    assert answer["reasons"][0]["rule"] == "place_district"


EXPLAINED = [
    ("--group V --district 9209 --staff-involved", "OBEC"),
    ("--group V --district 4001 --affiliation nonformal", "DOLE-4001"),
    ("--group A --district 4001 --level secondary", "SESA-22"),
    ("--group U --district 4001 --level primary", "ESA-4001"),
    ("--group R --district 4001 --level vocational --type R1", "OVEC"),
    ("--group X --province 40", "HQ"),
    ("--group V --district 9209 --at 2026-11-20T12:00", "ESA-9202"),
]


@pytest.mark.parametrize(("flags", "office"), EXPLAINED, ids=[one[0] for one in EXPLAINED])
def test_explain_takes_the_flags_of_the_interface(
    flags: str, office: str, runtime: Runtime
) -> None:
    assert explain(*flags.split())["office"]["code"] == office


def test_district_of_several_unknown_areas_lists_the_candidates(runtime: Runtime) -> None:
    answer = explain("--group", "V", "--district", "3001")
    assert answer["office"]["code"] == "HQ"
    assert answer["candidates"] == [f"ESA-300{n}" for n in range(1, 8)]
    assert "area_unknown" in [step["rule"] for step in answer["reasons"]]


def test_explain_for_people_names_office_reasons_and_candidates(runtime: Runtime) -> None:
    result = run("route", "explain", "--group", "V", "--district", "3001")
    assert result.stdout.startswith("HQ  ศูนย์ความปลอดภัย กระทรวงศึกษาธิการ")
    assert "อำเภอเมืองนครราชสีมา" in result.stdout
    assert "candidates: ESA-3001 ESA-3002" in result.stdout


def test_explain_refuses_what_it_cannot_read(runtime: Runtime) -> None:
    refused = run("route", "explain", "--group", "V", "--at", "someday")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "someday is not an ISO date or time" in refused.stderr
    assert run("route", "explain", "--group", "Z").exit_code == 2


def test_explain_on_an_empty_directory_says_what_to_do(empty_runtime: Runtime) -> None:
    result = run("route", "explain", "--group", "V", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "directory load" in result.stderr


def test_jurisdiction_that_ends_is_explained_for_the_moment_asked(
    own_runtime: Runtime, tmp_path: Path
) -> None:
    links = tmp_path / "links.csv"
    links.write_text(
        "office_code,affiliation,level,district_code,valid_to\n"
        "ESA-3002,basic,kindergarten_primary,3001,2027-05-16\n",
        encoding="utf-8",
    )
    assert run("directory", "load", str(links)).exit_code == 0
    asked = ("--group", "V", "--district", "3001", "--at")
    assert explain(*asked, "2027-05-15T23:59")["office"]["code"] == "ESA-3002"
    assert explain(*asked, "2027-05-16T00:00")["office"]["code"] == "HQ"


def test_load_without_a_file_brings_the_country_and_check_is_content(
    empty_runtime: Runtime,
) -> None:
    unchecked = run("directory", "check")
    assert unchecked.exit_code == 1
    assert "provinces: 77 expected, 0 found" in unchecked.stderr
    loaded = run("directory", "load")
    assert loaded.exit_code == 0
    assert "offices: 1270 added" in loaded.stdout
    checked = run("directory", "check")
    assert checked.exit_code == 0
    assert "districts 928" in checked.stdout


def test_refused_file_is_printed_line_by_line(runtime: Runtime, tmp_path: Path) -> None:
    bad = tmp_path / "offices.csv"
    bad.write_text("code,type,name_th,parent_code\nA,partner,ก,B\nB,partner,ข,A\n", "utf-8")
    result = run("directory", "load", str(bad))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "offices.csv:2: the parents form a cycle: A > B > A" in result.stderr
    assert "offices.csv:3: the parents form a cycle: B > A > B" in result.stderr
    assert "Nothing was loaded." in result.stderr


def test_dry_run_prints_the_difference_and_changes_nothing(
    own_runtime: Runtime, tmp_path: Path
) -> None:
    path = tmp_path / "offices.csv"
    text = "code,type,name_th,parent_code\nA,partner,ก,HQ\nOBEC,agency,ข,HQ\n"
    path.write_text(text, encoding="utf-8")
    for _ in range(2):
        result = run("directory", "load", "--dry-run", str(path))
        assert result.exit_code == 0
        assert "+ office A" in result.stdout
        assert "~ office OBEC  name_th: " in result.stdout
        assert "offices: 1 added, 1 changed, 0 removed" in result.stdout
    assert run("directory", "load", "--dry-run").exit_code == 2


def test_export_prints_a_file_that_load_reads_back(own_runtime: Runtime, tmp_path: Path) -> None:
    result = run("directory", "export", "jurisdictions")
    path = tmp_path / "links.csv"
    path.write_bytes(result.stdout_bytes)
    loaded = run("directory", "load", str(path))
    assert loaded.stdout == "jurisdictions: 0 added, 0 changed, 0 removed\n"
