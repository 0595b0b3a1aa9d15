"""The pure decisions about recordings."""

import struct
from datetime import UTC, datetime, timedelta

import pytest

from recordings import rules, states
from recordings.audio import Inspector, read_head
from recordings.errors import IllegalMove, MediaRejected

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
ALL = (
    *(states.REGISTERED, states.STORED, states.ABSENT, states.FAILED),
    *(states.WITHDRAWN, states.PURGED),
)
FORM = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)


def _wave(*chunks: bytes) -> bytes:
    return b"RIFF\x00\x00\x00\x00WAVE" + b"".join(chunks)


def _data(claimed: int, sound: bytes) -> bytes:
    return b"data" + struct.pack("<I", claimed) + sound


def test_every_state_of_the_design_has_its_row_in_the_table() -> None:
    """registered, stored, absent, failed, withdrawn, purged and no other (design.md §4)."""
    assert set(states.MOVES) == set(ALL)
    assert set().union(*states.MOVES.values()) <= set(ALL)


@pytest.mark.parametrize("current", ALL)
@pytest.mark.parametrize("target", ALL)
def test_only_the_moves_of_the_table_are_made(current: str, target: str) -> None:
    """Any other is an error with a name."""
    if target in states.MOVES[current]:
        assert states.moved(current, target) == target
    else:
        with pytest.raises(IllegalMove):
            states.moved(current, target)


def test_what_was_let_go_never_comes_back() -> None:
    """Purged is the end."""
    assert states.MOVES[states.PURGED] == frozenset()


def test_audio_is_let_go_ninety_days_after_the_case_was_closed() -> None:
    """Retention of audio (reliability.md §4.3)."""
    assert rules.purge_after(NOW, legal_hold=False) == NOW + timedelta(days=90)


@pytest.mark.parametrize(("closed_at", "hold"), [(None, False), (NOW, True), (None, True)])
def test_audio_of_an_open_case_or_under_a_hold_is_kept(
    closed_at: datetime | None, hold: bool
) -> None:
    """No date at all, however long ago the case was closed."""
    assert rules.purge_after(closed_at, legal_hold=hold) is None


@pytest.mark.parametrize("reason", sorted(rules.LASTING))
def test_trouble_with_the_recording_itself_ends_after_the_last_try(reason: str) -> None:
    """First within seconds, then ever more slowly, at last visibly failed."""
    pauses = []
    for tries in range(1, len(rules.PAUSES_S) + 1):
        due_at = rules.after_trouble(reason, tries, NOW)
        assert due_at is not None
        pauses.append(due_at - NOW)
    assert pauses == sorted(pauses)
    assert pauses[0] <= timedelta(seconds=5)
    assert rules.after_trouble(reason, len(rules.PAUSES_S) + 1, NOW) is None


@pytest.mark.parametrize("reason", ["unknown", "busy", "storage", "copy_broken", "too_slow"])
def test_trouble_with_the_world_never_gives_a_recording_up(reason: str) -> None:
    """A day without disk or network: still asked for, at most ten minutes apart."""
    due_at = rules.after_trouble(reason, 1000, NOW)
    assert due_at is not None
    assert due_at - NOW <= timedelta(minutes=10)


def test_people_are_told_once_that_it_takes_long() -> None:
    """Not at the first hitch and not again and again."""
    told = [rules.is_taking_long(tries) for tries in range(1, 50)]
    assert (told.count(True), told[0]) == (1, False)


@pytest.mark.parametrize(
    "reason",
    ["asked for by the school board", "ตรวจสอบตามคำขอของผู้อำนวยการเขต", "Evidence for the court"],
)
def test_a_reason_says_something_in_thai_or_english(reason: str) -> None:
    """Thai has no spaces between words."""
    assert rules.is_reason(reason)


@pytest.mark.parametrize(
    "reason", ["", "   ", "x", "because", "aaaaaaaaaaaaaaa", "1234567890 123", "ตรวจ"]
)
def test_a_reason_that_says_nothing_is_none(reason: str) -> None:
    """Neither empty nor one word nor one key held down."""
    assert not rules.is_reason(reason)


@pytest.mark.parametrize(
    "sid",
    [
        "",
        "RE",
        "RE../../" + "a" * 26,
        "re" + "a" * 32,
        "RE" + "A" * 32,
        "RE" + "a" * 33,
        "RE" + "a" * 31 + "๑",
        "RE" + "a" * 32 + "\n",
        "CA" + "a" * 32,
    ],
)
def test_only_a_recording_sid_is_one(sid: str) -> None:
    """It becomes part of an address, so nothing else may pass (B30)."""
    assert not rules.is_recording_sid(sid)


@pytest.mark.parametrize(
    ("said", "kept"), [(None, None), (-1, None), (10**9, None), (0, 0), (7, 7)]
)
def test_an_impossible_length_is_no_length(said: int | None, kept: int | None) -> None:
    """What the provider says is checked before it is believed (B28)."""
    assert rules.announced_length(said) == kept


def _inspect(body: bytes, announced_s: int | None = None) -> int:
    inspector = Inspector(announced_s)
    for _ in inspector.watch(body[at : at + 100] for at in range(0, len(body), 100)):
        pass
    return inspector.finish().duration_s


def test_the_length_is_measured_and_other_chunks_are_stepped_over() -> None:
    """Also with a list of notes, of an odd length, before the sound."""
    notes = b"LIST" + struct.pack("<I", 5) + b"INFO!" + b"\x00"
    assert _inspect(_wave(FORM, notes, _data(48000, bytes(48000))), 3) == 3


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF])
def test_a_head_that_does_not_know_its_length_is_measured_by_what_came(claimed: int) -> None:
    """Writers of streams leave nought or the largest number there."""
    assert _inspect(_wave(FORM, _data(claimed, bytes(32000))), 2) == 2


BROKEN = {
    "nothing": (b"", "empty"),
    "no sound": (_wave(FORM, _data(0, b"")), "empty"),
    "a page": (b"<!doctype html><title>Sorry</title>" * 9, "not_audio"),
    "a program named so": (b"MZ\x90\x00" + bytes(400), "not_audio"),
    "music with a tag": (b"ID3\x04<script>" + bytes(400), "not_audio"),
    "a head alone": (b"RIFF\x00\x00\x00\x00WAVE", "not_audio"),
    "half a head": (b"RIFF", "not_audio"),
    "sound before its form": (_wave(_data(4, b"abcd"), FORM), "not_audio"),
    "a speed of nought": (_wave(FORM[:16] + bytes(8), _data(4, b"abcd")), "not_audio"),
    "less than it says": (_wave(FORM, _data(48000, bytes(40000))), "wrong_length"),
}


@pytest.mark.parametrize(("body", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_not_the_recording_is_rejected(body: bytes, reason: str) -> None:
    """Each kind with its own word (F39, B56)."""
    with pytest.raises(MediaRejected) as caught:
        _inspect(body)
    assert caught.value.reason == reason


@pytest.mark.parametrize(("seconds", "announced"), [(60, 64), (60, 56), (1, 30), (30, 1)])
def test_a_length_unlike_the_announced_one_is_rejected(seconds: int, announced: int) -> None:
    """More than two seconds and a twentieth away."""
    with pytest.raises(MediaRejected, match="wrong_length"):
        _inspect(_wave(FORM, _data(seconds * 16000, bytes(seconds * 16000))), announced)


def test_rounding_of_the_announced_length_is_no_fault() -> None:
    """The provider says whole seconds."""
    sound = bytes(16000 * 3 + 8000)
    assert {_inspect(_wave(FORM, _data(len(sound), sound)), said) for said in (3, 4)} == {4}


def test_reading_a_head_needs_nothing_behind_it() -> None:
    """Where the sound begins, how fast it is and how much of it there should be."""
    head = read_head(_wave(FORM, _data(4711, b"")))
    assert (head.begins_at, head.bytes_per_second, head.sound_bytes) == (44, 16000, 4711)
