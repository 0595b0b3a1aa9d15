"""Stories by their pure rules: likeness, bursts, and what callers may be told by everybody."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.announcement_rules import LONGEST, Announcement, fault, tidied
from cases.story_rules import (
    BURST,
    WITHIN,
    Report,
    StoryWish,
    bursts,
    by_hour,
    is_alike,
    places_of,
    tidy_title,
    title_fault,
)
from core.spoken import emergency_numbers, spoken_keys

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TH, EN = "ทราบเรื่องน้ำท่วมแล้ว เจ้าหน้าที่กำลังช่วยเหลือ", "We know about the flood."
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("th", "en", "expected"),
    [
        (TH, EN, None),
        (TH, "We know about the flood of 2026.", None),
        (TH, "", "language_missing"),
        ("", EN, "language_missing"),
        ("ก" * (LONGEST + 1), EN, "announcement_too_long"),
        (TH, "a" * (LONGEST + 1), "announcement_too_long"),
        (EN, EN, "wrong_language"),
        (TH, TH, "wrong_language"),
        (f"{TH} Trang", EN, "wrong_language"),
        (f"{TH} 3 วัน", EN, "digits_in_thai"),
        (f"{TH} ๓ วัน", EN, "digits_in_thai"),
        (f"{TH} โทร หนึ่ง หก หก เก้า", EN, "emergency_number"),
        (TH, f"{EN} Call 1669.", "emergency_number"),
        (TH, f"{EN} Call one nine one.", "emergency_number"),
        (f"{TH} กด สอง", EN, "names_key"),
        (TH, f"{EN} Press 2.", "names_key"),
        (f"{TH} {{ref}}", EN, "wrong_language"),
        (TH, f"{EN} {{ref}}", "unspoken"),
        (TH, f"{EN} <Dial>", "unspoken"),
    ],
)
def test_what_may_not_be_announced(th: str, en: str, expected: str | None) -> None:
    assert fault(tidied(th, en)) == expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_typed_what_passes_is_safe_while_keys_are_taken(th: str, en: str) -> None:
    said = tidied(f"ก{th}", en)
    if fault(said) is None:
        assert not emergency_numbers(said.th + said.en)
        assert not spoken_keys(said.th, "th") | spoken_keys(said.en, "en")
        assert not any(char.isdecimal() and char.isascii() for char in said.th)
        assert "\n" not in said.th + said.en


def test_a_preview_says_how_long_it_takes() -> None:
    assert Announcement("ก" * 50, "a b " * 20).seconds == {"th": 5, "en": 4}


def report(
    number: int, minutes: int, *, kind: str | None = "A1", district: str | None = "9209"
) -> Report:
    at = NOW + minutes * MINUTE
    province = district[:2] if district else None
    return Report(number, f"ref{number}", at, "A", kind, district, province)


@pytest.mark.parametrize(
    ("minutes", "found"),
    [((0, 20, 40), 1), ((0, 59, 60), 1), ((0, 30), 0), ((0, 40, 61), 0), ((0, 90, 100, 110), 1)],
)
def test_three_within_an_hour_are_told_as_one(minutes: tuple[int, ...], found: int) -> None:
    assert len(bursts(report(place, one) for place, one in enumerate(minutes))) == found


def test_another_kind_another_place_and_no_place_count_for_themselves() -> None:
    assert bursts([report(1, 0), report(2, 1), report(3, 2, kind="A2")]) == []
    assert bursts([report(1, 0), report(2, 1), report(3, 2, district="9201")]) == []
    assert bursts(report(one, one, district=None) for one in range(9)) == []


@given(st.lists(st.integers(0, 300), max_size=12))
def test_a_burst_holds_three_that_came_within_an_hour(minutes: list[int]) -> None:
    made = [report(place, one) for place, one in enumerate(minutes)]
    ordered = sorted(one.opened_at for one in made)
    expected = any(
        ordered[place + BURST - 1] - ordered[place] <= WITHIN
        for place in range(len(ordered) - BURST + 1)
    )
    assert bool(bursts(made)) == expected


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (StoryWish("ก", "a", "A"), True),
        (StoryWish("ก", "a", "A", "A1"), True),
        (StoryWish("ก", "a", "A", "A2"), False),
        (StoryWish("ก", "a", "V"), False),
        (StoryWish("ก", "a", "A", places=("9209",)), True),
        (StoryWish("ก", "a", "A", places=("92",)), True),
        (StoryWish("ก", "a", "A", places=("40", "9201")), False),
    ],
)
def test_which_report_is_like_a_story(wish: StoryWish, expected: bool) -> None:
    assert is_alike(wish, report(1, 0)) == expected


def test_a_report_of_no_known_type_may_belong_to_a_story_of_a_type() -> None:
    assert is_alike(StoryWish("ก", "a", "A", "A1"), report(1, 0, kind=None))


def test_a_story_begins_where_its_first_report_was() -> None:
    assert places_of(report(1, 0)) == ("9209",)
    assert places_of(report(1, 0, district=None)) == ()


@pytest.mark.parametrize(
    ("th", "en", "expected"),
    [
        ("น้ำท่วม", "Flood", None),
        (" ", "Flood", "title_missing"),
        ("\x00\u200b", "Flood", "title_missing"),
        ("น้ำท่วม", "", "title_missing"),
        ("ก" * 121, "Flood", "title_too_long"),
    ],
)
def test_what_a_story_may_be_called(th: str, en: str, expected: str | None) -> None:
    assert title_fault(StoryWish(tidy_title(th), tidy_title(en), "A")) == expected


def test_bars_count_what_falls_into_each_span() -> None:
    moments = [NOW + one * MINUTE for one in (-1, 0, 59, 60, 179, 180)]
    assert by_hour(moments, NOW, 3, timedelta(hours=1)) == [2, 1, 1]
