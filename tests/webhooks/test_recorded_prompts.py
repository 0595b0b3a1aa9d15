"""A recorded prompt is played where its text would be spoken, and never at the caller's cost."""

import csv
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from core.runtime import Runtime
from ivr.commands import ivr_group
from ivr.prompt_files import file_of, folder_in
from ivr.prompt_list import Line, prompt_lines
from ivr.versions import current_flow
from tests.recordings.media_server import wav
from tests.webhooks.serving import serving
from tests.webhooks.telephone import Caller, Provider


def line(name: str, lang: str = "th") -> Line:
    """One prompt of the built-in flow."""
    return next(one for one in prompt_lines(current_flow()) if (one.name, one.lang) == (name, lang))


def place(prompt: Line, var_dir: Path) -> Path:
    """Where the recording of a prompt belongs."""
    voice = current_flow().languages[prompt.lang].voice
    return folder_in(var_dir) / file_of(prompt, voice)


def record(prompt: Line, var_dir: Path, sound: bytes | None = None) -> Path:
    """Lay a recording into the folder; by default one of about the right length."""
    path = place(prompt, var_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wav(max(1, round(prompt.seconds))) if sound is None else sound)
    return path


@pytest.fixture
def service(runtime: Runtime, tmp_path: Path) -> Iterator[Callable[[], Flask]]:
    """Starts the service on a folder of its own, once the recordings lie there."""
    settings = runtime.settings.model_copy(update={"var_dir": tmp_path})
    with ExitStack() as started:
        yield lambda: started.enter_context(serving(settings))


def answered(app: Flask) -> Caller:
    """A caller who hears the first question after the welcome."""
    caller = Caller(Provider(app))
    caller.dial()
    caller.press("2")
    return caller


def sounds(caller: Caller) -> list[str]:
    """What is played."""
    return [play.text or "" for play in caller.heard.tree.iter("Play")]


def test_a_recording_is_played_inside_the_gather_and_the_rest_is_spoken(
    service: Callable[[], Flask], tmp_path: Path
) -> None:
    question = line("group")
    recording = record(question, tmp_path)
    app = service()
    caller = answered(app)
    (address,) = sounds(caller)
    gather = caller.heard.tree.find("Gather")
    assert gather is not None
    assert gather.find("Play") is not None
    assert question.text not in caller.heard.spoken
    assert line("group.head").text in caller.heard.spoken
    path = address.removeprefix(caller.provider.settings.public_url)
    with app.test_client().get(path) as fetched:
        assert (fetched.status_code, fetched.mimetype) == (200, "audio/wav")
        assert fetched.data == recording.read_bytes()
        assert "immutable" in fetched.headers["Cache-Control"]


@pytest.mark.parametrize(
    "sound",
    [b"", b"RIFFxxxx", wav(4)[:9000], wav(300), wav(1)[:44]],
    ids=["empty", "torn", "cut", "long", "silent"],
)
def test_a_file_that_is_broken_or_of_another_length_is_not_played(
    sound: bytes, service: Callable[[], Flask], tmp_path: Path
) -> None:
    question = line("group")
    path = record(question, tmp_path, sound)
    caller = answered(service())
    assert sounds(caller) == []
    assert question.text in caller.heard.spoken
    told = run("check", "--var-dir", str(tmp_path))
    assert told.exit_code == 1
    assert path.name in told.output
    assert "1 faults in the recorded prompts" in told.output


def test_a_text_that_was_changed_since_is_spoken(
    service: Callable[[], Flask], tmp_path: Path
) -> None:
    old = Line("group", "th", line("group").text + " old")
    record(old, tmp_path)
    assert sounds(answered(service())) == []


def test_an_address_of_no_recording_is_not_found(
    service: Callable[[], Flask], tmp_path: Path
) -> None:
    record(line("group"), tmp_path)
    client = service().test_client()
    for path in ("/ivr/prompt/0000.wav", "/ivr/prompt/..%2f..%2fhotline.db", "/ivr/prompt/x.mp3"):
        assert client.get(path).status_code == 404


def test_the_studio_list_names_the_file_of_every_prompt_that_can_be_recorded(
    tmp_path: Path,
) -> None:
    record(line("group"), tmp_path)
    table = tmp_path / "list.csv"
    assert run("prompts", "--var-dir", str(tmp_path), "--export", str(table)).exit_code == 0
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = {(row["prompt"], row["language"]): row for row in csv.DictReader(file)}
    assert rows["group", "th"]["recorded"] == "recorded"
    assert rows["group", "en"]["recorded"] == "not recorded"
    assert folder_in(tmp_path) / rows["group", "th"]["file"] == place(line("group"), tmp_path)
    assert ("reference.pin_line.own", "th") not in rows
    assert all("{" not in row["text"] for row in rows.values())


def test_check_counts_what_is_recorded(tmp_path: Path) -> None:
    record(line("group"), tmp_path)
    told = run("check", "--var-dir", str(tmp_path))
    assert told.exit_code == 0, told.output
    assert ": 1 of " in told.output


def run(*arguments: str) -> Result:
    """An `ivr` command."""
    return CliRunner().invoke(ivr_group, list(arguments))
