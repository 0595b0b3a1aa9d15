"""Parts of a recording, other people's reasons, headers of the sound (reliability.md B57, B63).

The sound is never given in parts and never under a name: there is no file name to inject into.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from agents.models import Staff
from core import clock
from core.database import reading, transaction
from recordings.models import RecordingAccess
from recordings.queries import REASON_HOLDS
from tests.console_cases.hostile import CONTROL, MARKUP, assert_harmless
from tests.console_cases.people import Desk, Made, kept_recording, opened_case

AUDIO = b"RIFF" + bytes(range(256)) * 300
HEAD = ("head_operator", "ESA-9202")
REASON = "ต้องฟังว่าเด็กอยู่ที่ไหน"
RANGES = (
    *("bytes=0-0", "bytes=0-9,5-20", "bytes=0-0,1-1,2-2,3-3", "bytes=-1", "bytes=-99999999999"),
    *("bytes=5-2", "bytes=--5", "bytes=99999999999999999999-", "bytes=0-99999999999999999999"),
    *("bytes=", "bytes", "items=0-5", "bytes=๑-๒", "bytes=0x0-0xF", "bytes=0-5;q=1", "\x01=0-1"),
    "bytes=" + ",".join(f"{one}-" for one in range(1300)),
)
Hire = Callable[..., Desk]


@pytest.fixture
def made() -> Made:
    """A case of the office."""
    return opened_case()


@pytest.fixture
def address(runtime: object, made: Made) -> str:
    """Where a recording of the case is asked for."""
    return f"/cases/{made.reference}/recordings/{kept_recording(made, audio=AUDIO)}"


@pytest.fixture
def listener(desk_of: Hire, address: str) -> Desk:
    """Somebody who gave a reason just now."""
    desk = desk_of(HEAD)
    assert desk.post(address, reason=REASON).status_code == 303
    return desk


def ask(desk: Desk, address: str, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {name: value.encode().decode("latin-1") for name, value in named.items()}
    return desk.client.get(f"/desk{address}/audio", headers=sent)


@pytest.mark.parametrize("wanted", RANGES, ids=lambda one: one[:24])
def test_whatever_part_is_asked_for_the_whole_is_given(
    wanted: str, listener: Desk, address: str
) -> None:
    for more in ({}, {"If_Range": '"x"'}, {"If_None_Match": "*"}):
        heard = ask(listener, address, Range=wanted, **more)
        assert (heard.status_code, heard.data) == (200, AUDIO)
        assert "Content-Range" not in heard.headers
        assert heard.headers["Accept-Ranges"] == "none"


@pytest.mark.parametrize("wanted", ["bytes=0-9", "bytes=-1", "bytes=99999999-"])
def test_a_reason_is_for_who_gave_it_alone(
    wanted: str, listener: Desk, address: str, desk_of: Hire
) -> None:
    """The colleague may listen as well, and has not said why."""
    colleague = desk_of(HEAD)
    for heard in (ask(colleague, address, Range=wanted), ask(colleague, address)):
        assert heard.status_code == 404
        assert b"RIFF" not in heard.data
    head = colleague.client.head(f"/desk{address}/audio")
    assert (head.status_code, head.data) == (404, b"")
    assert listener.client.head(f"/desk{address}/audio").status_code == 200


def test_a_reason_is_for_one_recording_and_for_some_minutes(
    listener: Desk, address: str, made: Made
) -> None:
    other = f"/cases/{made.reference}/recordings/{kept_recording_of_another_call(made)}"
    assert ask(listener, other).status_code == 404
    assert ask(listener, address).status_code == 200
    with time_machine.travel(clock.now() + REASON_HOLDS + timedelta(seconds=1)):
        assert ask(listener, address, Range="bytes=0-9").status_code == 404


def kept_recording_of_another_call(made: Made) -> int:
    """A second recording of the same case."""
    again = Made(made.case_id, made.reference, opened_case().call_sid)
    return kept_recording(again)


def test_a_disabled_listener_hears_no_further_part(listener: Desk, address: str) -> None:
    with transaction() as session:
        session.get_one(Staff, listener.viewer.staff_id).active = False
    heard = ask(listener, address, Range="bytes=10-")
    assert heard.status_code == 303
    assert b"RIFF" not in heard.data


def test_the_sound_bears_no_name_and_is_kept_nowhere(listener: Desk, address: str) -> None:
    heard = ask(listener, f"{address}", Accept="text/html, */*")
    assert heard.headers["Content-Type"] == "audio/wav"
    assert heard.headers["Content-Disposition"] == "inline"
    assert heard.headers["Cache-Control"] == "no-store"
    assert heard.headers["X-Content-Type-Options"] == "nosniff"
    assert heard.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "default-src 'self'" in heard.headers["Content-Security-Policy"]
    assert not {"ETag", "Last-Modified", "Content-Range"} & set(heard.headers.keys())


@pytest.mark.parametrize(
    "tail", ["?name=a%0d%0aSet-Cookie:%20a=b", "?filename=../../x.exe", "%0d%0a"]
)
def test_nothing_in_the_address_reaches_a_header(listener: Desk, address: str, tail: str) -> None:
    heard = listener.client.get(f"/desk{address}/audio{tail}")
    assert heard.status_code == (404 if tail.startswith("%") else 200)
    assert_harmless(heard)
    assert "Set-Cookie" not in heard.headers


@pytest.mark.parametrize("words", [MARKUP, CONTROL + " เพราะต้องฟัง", "=cmd|' /C calc'!A0 ต้องฟัง"])
def test_a_strange_reason_is_kept_as_it_is_and_shown_as_text(
    words: str, address: str, desk_of: Hire, made: Made
) -> None:
    desk = desk_of(HEAD)
    assert desk.post(address, reason=words).status_code == 303
    assert_harmless(desk.get(f"/cases/{made.reference}"))
    with reading() as session:
        [kept] = session.query(RecordingAccess)
    assert kept.reason == words.strip()


@pytest.mark.parametrize("words", ["", " ", "\x00" * 20, "๑๒๓๔๕๖๗๘๙๐๑๒", "aaaaaaaaaaaa", "ก" * 501])
def test_a_reason_that_says_nothing_opens_nothing(
    words: str, address: str, desk_of: Hire, made: Made
) -> None:
    desk = desk_of(HEAD)
    refused = desk.post(address, reason=words)
    assert refused.status_code == 400
    assert_harmless(refused)
    assert ask(desk, address, Range="bytes=0-9").status_code == 404
