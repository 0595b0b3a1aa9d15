"""Numbers, telephone numbers and dates as they are read aloud."""

import re
from datetime import UTC, datetime

import pytest

from core.zones import BANGKOK
from ivr import spoken_times, words
from ivr.nodes import Flow
from tests.ivr.documents import FLOW

DIGITS = ["ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"]
PLACES = {"พัน": 1000, "ร้อย": 100, "สิบ": 10}
TERM = re.compile(rf"({'|'.join([*DIGITS, 'ยี่'])})?(พัน|ร้อย|สิบ)|({'|'.join(DIGITS)}|เอ็ด)")


def value_of(text: str) -> int:
    """A Thai number in words read back, by the rules of the language and not of our code."""
    total, position = 0, 0
    for term in TERM.finditer(text):
        assert term.start() == position, f"{text} does not read as a number"
        position = term.end()
        factor, place, single = term.groups()
        if place:
            total += PLACES[place] * {None: 1, "ยี่": 2}.get(factor, _digit(factor))
        else:
            total += 1 if single == "เอ็ด" else _digit(single)
    assert position == len(text)
    return total


def _digit(word: str | None) -> int:
    return DIGITS.index(word) if word in DIGITS else 0


def test_every_thai_number_to_9999_reads_back_as_itself():
    assert [value_of(words.number(value, "th")) for value in range(10_000)] == list(range(10_000))


@pytest.mark.parametrize(
    ("value", "thai"),
    [
        (0, "ศูนย์"),
        (1, "หนึ่ง"),
        (10, "สิบ"),
        (11, "สิบเอ็ด"),
        (12, "สิบสอง"),
        (20, "ยี่สิบ"),
        (21, "ยี่สิบเอ็ด"),
        (22, "ยี่สิบสอง"),
        (31, "สามสิบเอ็ด"),
        (100, "หนึ่งร้อย"),
        (101, "หนึ่งร้อยเอ็ด"),
        (111, "หนึ่งร้อยสิบเอ็ด"),
        (1001, "หนึ่งพันเอ็ด"),
        (2000, "สองพัน"),
        (2569, "สองพันห้าร้อยหกสิบเก้า"),
        (9999, "เก้าพันเก้าร้อยเก้าสิบเก้า"),
    ],
)
def test_thai_numbers(value, thai):
    assert words.number(value, "th") == thai


@pytest.mark.parametrize(
    ("value", "english"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (20, "twenty"),
        (42, "forty-two"),
        (100, "one hundred"),
        (115, "one hundred fifteen"),
        (2026, "two thousand twenty-six"),
        (9999, "nine thousand nine hundred ninety-nine"),
    ],
)
def test_english_numbers(value, english):
    assert words.number(value, "en") == english


def test_every_english_number_to_9999_is_its_own():
    assert len({words.number(value, "en") for value in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    ("text", "lang", "groups", "spoken"),
    [
        ("42", "th", (), "สี่ สอง"),
        ("482913704", "en", (3, 3, 3), "four eight two, nine one three, seven zero four"),
        ("0810000456", "th", (3, 3, 4), "ศูนย์ แปด หนึ่ง, ศูนย์ ศูนย์ ศูนย์, ศูนย์ สี่ ห้า หก"),
        ("02-100 0123", "en", (2, 3, 4), "zero two, one zero zero, zero one two three"),
        ("", "th", (3, 3), ""),
        ("x²y", "th", (), ""),
    ],
)
def test_digits_one_by_one_in_groups(text, lang, groups, spoken):
    assert words.digits(text, lang, groups) == spoken


@pytest.mark.parametrize(
    ("national", "groups"),
    [("0810000456", (3, 3, 4)), ("021000123", (2, 3, 4)), ("075000123", (3, 3, 3))],
)
def test_groups_of_a_telephone_number(national, groups):
    assert words.phone_groups(national) == groups
    assert sum(groups) == len(national)


@pytest.mark.parametrize(
    ("moment", "thai", "english"),
    [
        (
            datetime(2026, 11, 20, 5, 0, tzinfo=UTC),
            "วันที่ ยี่สิบ พฤศจิกายน พุทธศักราช สองพันห้าร้อยหกสิบเก้า",
            "November twenty, two thousand twenty-six",
        ),
        (  # evening in UTC is the next morning, and the next year, in Bangkok
            datetime(2026, 12, 31, 17, 30, tzinfo=UTC),
            "วันที่ หนึ่ง มกราคม พุทธศักราช สองพันห้าร้อยเจ็ดสิบ",
            "January one, two thousand twenty-seven",
        ),
        (
            datetime(2028, 2, 29, 0, 0, tzinfo=UTC),
            "วันที่ ยี่สิบเก้า กุมภาพันธ์ พุทธศักราช สองพันห้าร้อยเจ็ดสิบเอ็ด",
            "February twenty-nine, two thousand twenty-eight",
        ),
    ],
)
def test_dates_in_bangkok_and_in_the_buddhist_era(moment, thai, english):
    assert words.date(moment, "th") == thai
    assert words.date(moment, "en") == english


@pytest.mark.parametrize(
    "status",
    ["received", "acknowledged", "checking", "waiting_approval", "assigned", "in_progress",
     "reported", "closed", "referred", "unreachable", "duplicate", "not_a_case"],
)  # fmt: skip
def test_every_status_of_a_case_has_a_word_for_callers(status):
    flow: Flow = FLOW
    assert set(flow.status_words[words.spoken_status(status)]) == set(flow.whole_languages())


def test_districts_of_bangkok_have_a_word_of_their_own():
    assert (words.district_kind("khet"), words.district_kind("amphoe")) == ("เขต", "อำเภอ")


@pytest.mark.parametrize(
    ("moment", "days_ahead", "thai", "english"),
    [
        (
            datetime(2026, 12, 7, 8, 30, tzinfo=BANGKOK),
            3,
            "วันจันทร์ที่ เจ็ด ธันวาคม เวลา แปด นาฬิกา สามสิบ นาที",
            "on Monday, December seven, at eight thirty in the morning",
        ),
        (
            datetime(2026, 12, 9, 1, 0, tzinfo=UTC),
            1,
            "พรุ่งนี้ เวลา แปด นาฬิกา",
            "tomorrow at eight o'clock in the morning",
        ),
        (
            datetime(2026, 12, 9, 12, 0, tzinfo=BANGKOK),
            0,
            "วันนี้ เวลา สิบสอง นาฬิกา",
            "today at twelve o'clock in the afternoon",
        ),
        (
            datetime(2026, 12, 9, 17, 5, tzinfo=BANGKOK),
            0,
            "วันนี้ เวลา สิบเจ็ด นาฬิกา ห้า นาที",
            "today at five five in the evening",
        ),
    ],
)
def test_an_opening_is_said_as_people_in_bangkok_call_it(moment, days_ahead, thai, english):
    assert spoken_times.opening(moment, days_ahead, "th") == thai
    assert spoken_times.opening(moment, days_ahead, "en") == english
