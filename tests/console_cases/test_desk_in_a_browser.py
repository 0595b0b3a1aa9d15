"""The operator's way in Chromium: a case comes by itself, is acknowledged, is written about."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from cases.access import Viewer
from tests.console_cases.people import (
    Desk,
    hired,
    kept_recording,
    opened_case,
    owed_callback,
    token_of,
)
from tests.console_cases.screen import (
    chromium,
    faults,
    overflow,
    picture,
    served,
    signed_in,
)

WORDS = {
    "th": {
        "acknowledge": "รับทราบเรื่องนี้",
        "keep": "เก็บบันทึก",
        "note": "เขียนบันทึกใหม่",
        "mine": "ผู้รับผิดชอบ:",
        "draft": "เก็บร่างไว้แล้ว",
        "empty": "ไม่มีเรื่องรอรับทราบ",
    },
    "en": {
        "acknowledge": "Acknowledge the case",
        "keep": "Keep the note",
        "note": "New note",
        "mine": "Has the case:",
        "draft": "Draft kept",
        "empty": "Nothing waits to be acknowledged",
    },
}
NOTE = "โทรหาครูประจำชั้นแล้ว\nเด็กปลอดภัย <b>ตอนนี้</b> {{7*7}}"


def reader(language: str) -> Viewer:
    return hired("กมล ทดสอบ", ("head_operator", "ESA-9202"), language=language)


def check(page: Page, name: str) -> None:
    picture(page, name)
    assert faults(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize(("language", "width"), [("th", 390), ("en", 1280)])
def test_a_case_comes_by_itself_is_acknowledged_and_written_about(
    app: Flask, desk_of: Callable[..., Desk], language: str, width: int
) -> None:
    words, shot = WORDS[language], f"{language}-{width}"
    strangers: list[str] = []
    with served(app) as address, chromium() as browser:
        page = signed_in(browser, address, token_of(reader(language)), width)
        page.on("request", lambda one: strangers.append(one.url))
        page.goto(f"{address}/desk/cases")
        expect(page.get_by_text(words["empty"])).to_be_visible()
        check(page, f"{shot}-empty")
        made = opened_case(answers={"danger": True, "quiet": True})
        owed_callback(made)
        kept_recording(made)
        opened_case(answers={"hazard_type": "V1"})
        link = page.locator(f"#case-{made.reference}")
        expect(link).to_be_visible(timeout=15_000)
        check(page, f"{shot}-list")
        link.click()
        check(page, f"{shot}-case")
        page.get_by_role("button", name=words["acknowledge"]).click()
        expect(page.get_by_text(words["mine"])).to_be_visible()
        page.get_by_label(words["note"]).press_sequentially("ร่าง")
        expect(page.get_by_text(words["draft"])).to_be_visible(timeout=10_000)
        page.get_by_label(words["note"]).fill(NOTE)
        page.get_by_role("button", name=words["keep"]).click()
        expect(page.locator(".note-text").first).to_have_text(NOTE)
        check(page, f"{shot}-written")
    assert [one for one in strangers if not one.startswith(address)] == []
