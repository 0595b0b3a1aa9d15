"""Publishing a flow and going back: new calls take it at once, a running call keeps its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import insert, select

from calls.flow_models import FlowRelease, FlowVersion
from core import clock
from core.database import reading, transaction
from ivr.versions import built_in_source, current_flow
from tests.webhooks.looking import call_row
from tests.webhooks.telephone import Caller

pytestmark = pytest.mark.backends("postgresql", "sqlite")
Phone = Callable[..., Caller]
Command = Callable[..., Result]
ASKED = "เรื่องอะไรคะ"
CHANGED = "อยากแจ้งเรื่องใดคะ"


@pytest.fixture
def command(app: Flask) -> Command:
    """Runs `./hotline ivr …`."""
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=["ivr", *map(str, words)])


@pytest.fixture
def new_flow(tmp_path: Path) -> Path:
    """A flow file with one new sentence."""
    file = tmp_path / "new.yaml"
    file.write_text(built_in_source().replace(ASKED, CHANGED), encoding="utf-8")
    return file


def number(told: Result) -> str:
    """The number of the release that was made."""
    assert told.exit_code == 0, told.output
    return told.output.split()[1]


def hears_new_words(caller: Caller) -> bool:
    """Whether the question for the group is the published one."""
    spoken = caller.press("2").spoken
    assert (ASKED in spoken) != (CHANGED in spoken), spoken
    return CHANGED in spoken


def test_a_running_call_ends_on_its_version_and_the_next_begins_with_the_new_one(
    phone: Phone, command: Command, new_flow: Path
) -> None:
    running = phone()
    published = command("publish", new_flow, "--note", "clearer words")
    assert published.exit_code == 0, published.output
    later = phone("+66810000002")
    assert (hears_new_words(running), hears_new_words(later)) == (False, True)
    assert call_row(running.sid).flow_version == current_flow().version
    assert published.output.endswith(f"is in force: {call_row(later.sid).flow_version}\n")


def test_going_back_holds_from_the_next_call_on_and_is_a_release_too(
    phone: Phone, command: Command, new_flow: Path
) -> None:
    first = number(command("publish", new_flow, "--note", "clearer words"))
    on_new = phone("+66810000002")
    second = number(command("rollback", "--note", "too long"))
    assert not hears_new_words(phone("+66810000003"))
    assert hears_new_words(on_new)
    third = number(command("rollback", first))
    assert hears_new_words(phone("+66810000004"))
    lines = [line.split("\t") for line in command("versions").output.splitlines()]
    assert [(line[0], line[4], line[5]) for line in lines[:3]] == [
        (third, f"in force, back to {first}", ""),
        (second, "-", "too long"),
        (first, "-", "clearer words"),
    ]
    assert all(line[3].startswith("shell:") for line in lines[:3])
    assert lines[3] == ["-", current_flow().version, "built-in", "published"]


def test_a_flow_with_a_fault_is_not_published_and_the_fault_is_told(
    command: Command, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(built_in_source().replace("next: sub_v", "next: nowhere"), encoding="utf-8")
    refused = command("publish", bad, "--note", "x")
    assert refused.exit_code == 1
    assert '"nowhere"' in refused.output
    assert releases() == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("publish", "--note", "x"), "--builtin"),
        (("rollback",), "nothing was published"),
        (("rollback", "0"), "no release 0"),
    ],
)
def test_what_cannot_be_put_in_force_says_why(
    words: tuple[str, ...], told: str, command: Command
) -> None:
    refused = command(*words)
    assert refused.exit_code != 0
    assert told in refused.output
    assert releases() == []


def test_the_file_of_any_release_can_be_had_again(command: Command, new_flow: Path) -> None:
    assert command("show").output == built_in_source()
    first = number(command("publish", new_flow, "--note", "new"))
    number(command("rollback"))
    assert command("show").output == built_in_source()
    assert command("show", first).output == new_flow.read_text(encoding="utf-8")
    assert "no release 0" in command("show", "0").output


def test_what_is_in_force_is_not_published_twice(command: Command) -> None:
    assert command("publish", "--builtin", "--note", "as it came").exit_code == 0
    assert "in force already" in command("publish", "--builtin", "--note", "again").output
    assert len(releases()) == 1


@pytest.mark.parametrize("source", ["no: flow", "a: [", "[" * 5000])
def test_a_version_that_cannot_be_loaded_leaves_the_last_good_one_and_says_so(
    source: str, phone: Phone, app: Flask, command: Command, new_flow: Path
) -> None:
    good = number(command("publish", new_flow, "--note", "good"))
    spoil(source)
    assert hears_new_words(phone("+66810000002"))
    assert "refused" in command("versions").output.splitlines()[0]
    assert "flow" in app.test_client().get("/readyz").json["warnings"]
    assert command("rollback", good).exit_code == 0
    phone("+66810000003")
    assert "flow" not in app.test_client().get("/readyz").json["warnings"]


def test_with_no_good_version_at_all_the_built_in_flow_answers(phone: Phone) -> None:
    spoil("nothing: here")
    caller = phone()
    assert caller.heard.spoken
    assert call_row(caller.sid).flow_version == current_flow().version


def releases() -> list[FlowRelease]:
    """Every release."""
    with reading() as session:
        return list(session.scalars(select(FlowRelease)))


def spoil(source: str) -> None:
    """A release that an older service published and this one cannot read."""
    now = clock.now()
    version = f"spoilt-{abs(hash(source)) % 10**8}"
    with transaction() as session:
        session.execute(
            insert(FlowVersion).values(version=version, source=source, first_used_at=now)
        )
        session.execute(
            insert(FlowRelease).values(version=version, at=now, by="shell:x", note="spoilt")
        )
