"""What notices say: every template in both languages, and nothing personal in any."""

import re
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agents.notice_policy import OTHER, current_policy
from agents.notice_rules import CLASSES
from agents.notice_texts import (
    FILE,
    BadTexts,
    Line,
    Message,
    current_texts,
    load_texts,
    message,
)
from calls.notices import LEVELS as CALLBACK_LEVELS
from calls.states import NEEDS_PERSON
from cases.arrivals import CASE_ARRIVED
from cases.escalation import LEVELS

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LINK = "https://hotline.example.org/desk/"
HANDED = (
    *("asked", "approved", "rejected", "offered", "accepted", "declined", "revoked", "climbed"),
    *("unanswered", "reason_owed", "reason_given"),
)
OWED = {
    *(f"overdue_{level}" for level in LEVELS),
    *(f"callback_{state}" for state in NEEDS_PERSON),
    *(f"callback_{what}_{level}" for what in ("late", "undecided") for level in CALLBACK_LEVELS),
    "callback_failed",
    "callback_unattended",
    "callback_called_off",
    *(f"handover_{what}" for what in HANDED),
    *(f"part_{what}" for what in ("asked", "withdrawn", "reported", "left")),
    "result_reported",
    "danger_again",
    "danger_told",
    "conflict_found",
    CASE_ARRIVED,
    *("deadline_near", "clock_stop_asked", "clock_stop_refused"),
    *("person_left", "case_given", "committee_ending"),
    *("directory_warning", "leave_entered"),
    OTHER,
}
LITERAL = re.compile(r"(?:tell\(session, \w+, |owe_notice\(\s*session,\s*)(f?)\"([^\"]+)\"")


def test_every_template_that_is_owed_has_a_class_and_texts() -> None:
    assert set(current_policy().templates) == OWED
    assert set(current_texts().templates) == OWED


def test_no_call_names_a_template_without_an_entry() -> None:
    """A name put together at run time stands in OWED above; any other is found in the code."""
    root = Path(__file__).parents[2]
    found = [
        name
        for folder in ("cases", "calls", "recordings", "ivr", "webapp")
        for path in (root / folder).rglob("*.py")
        for made, name in LITERAL.findall(path.read_text())
        if not made
    ]
    assert "callback_failed" in found
    assert set(found) <= OWED


def _changed(tmp_path: Path, template: str, kind: str, text: str) -> Path:
    raw: dict[str, Any] = yaml.safe_load(FILE.read_text())
    raw["templates"][template][kind]["th"] = text
    path = tmp_path / "texts.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "{name}",
        "{reference.__class__}",
        "{reference!r}",
        "{reference:>99}",
        "{}",
        "{0}",
        "{time[0]}",
        "two\nlines",
        "",
    ],
)
def test_a_text_that_holds_anything_else_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadTexts):
        load_texts(_changed(tmp_path, "overdue_head", "one", text), OWED)


def test_a_missing_or_unknown_template_is_refused() -> None:
    for wanted in (OWED - {OTHER}, OWED | {"new"}):
        with pytest.raises(BadTexts):
            load_texts(FILE, wanted)


def test_thai_reads_bangkok_time_in_the_buddhist_era() -> None:
    line = Line("overdue_head", "123456789", NOW)
    assert "(10:00 น. 20/11/2569)" in message([line], "th", office=None, link=LINK).text
    assert "(10:00, 20/11/2026)" in message([line], "en", office=None, link=LINK).text


def test_an_arrival_says_how_grave_it_is_and_by_when_somebody_must_act() -> None:
    line = Line(CASE_ARRIVED, "123456789", NOW, "emergency", NOW + timedelta(minutes=15))
    said = {
        one: message([line], one, office="สพป.ตรัง เขต 2", link=LINK).short for one in ("th", "en")
    }
    assert said["th"] == (
        "ถึง สพป.ตรัง เขต 2 มีเรื่องใหม่ 123 456 789 (ฉุกเฉิน) มาถึงหน่วยงานของท่าน"
        " โปรดรับทราบเรื่องภายใน 10:15 น. 20/11/2569"
    )
    assert "Case 123 456 789 (emergency)" in said["en"]
    assert "by 10:15, 20/11/2026" in said["en"]


def test_a_notice_without_a_reference_says_so() -> None:
    assert "ไม่มีหมายเลข" in message([Line(OTHER, None, NOW)], "th", office=None, link=LINK).subject


lines = st.builds(
    Line,
    st.sampled_from(sorted(OWED)) | st.text(max_size=20),
    st.none() | st.from_regex(r"[0-9]{9}", fullmatch=True),
    st.just(NOW),
    st.none() | st.sampled_from(CLASSES),
    st.none() | st.just(NOW),
)


def _words(found: Message) -> str:
    return re.sub(r"\d+", "#", f"{found.subject} {found.text} {found.short}")


@given(st.lists(lines, min_size=1, max_size=30), st.sampled_from(["th", "en"]))
def test_a_message_holds_the_file_s_words_references_counts_and_times_only(
    owed: list[Line], language: str
) -> None:
    """What is left when these are taken away is empty: nothing else can come in."""
    found = message(owed, language, office="สพป.ตรัง เขต 2", link=LINK)
    texts, left = current_texts(), _words(found)
    known = [LINK, "สพป.ตรัง เขต #"]
    for pair in (
        *texts.frame.values(),
        *(t for two in texts.templates.values() for t in two.values()),
    ):
        filled = getattr(pair, language)
        moment = "#:# น. #/#/#" if language == "th" else "#:#, #/#/#"
        filled = filled.replace("{time}", moment).replace("{by}", moment)
        nothing = getattr(texts.frame["no_reference"], language)
        for reference, severity in product(("# # #", nothing), CLASSES):
            known.append(
                filled.replace("{reference}", reference)
                .replace("{severity}", getattr(texts.frame[f"severity_{severity}"], language))
                .replace("{count}", "#")
                .replace("{office}", "สพป.ตรัง เขต #")
            )
    for words in sorted(known, key=len, reverse=True):
        left = left.replace(words, "")
    assert left.strip() == ""
    assert "\n" not in found.subject
    assert "http" not in found.short


def test_a_mail_about_warnings_alone_says_so_and_another_does_not() -> None:
    warning, case = Line("directory_warning", None, NOW), Line(OTHER, "123456782", NOW)
    about = [message(lines, "en", office=None, link=LINK) for lines in ([warning], [warning, case])]
    assert ["warning" in one.subject for one in about] == [True, False]
    assert all("warning" in one.text for one in about)
