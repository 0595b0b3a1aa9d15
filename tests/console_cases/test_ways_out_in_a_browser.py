"""Referring, nobody reached and told twice in Chromium, on a desk's screen and on a phone."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.console_cases.handing import PROVINCE, REASON, taken_case
from tests.console_cases.people import hired, token_of
from tests.console_cases.screen import chromium, faults, overflow, picture, served, signed_in

WORDS = {
    "th": {
        "refer": "ประสานส่งต่อหน่วยงานภายนอก",
        "partner": "หน่วยงานภายนอก",
        "why": "ประสานกับใคร และขอให้ช่วยอะไร",
        "keep": "บันทึกการส่งต่อ",
        "go_on": "ดำเนินการเรื่องนี้ต่อ",
        "come": "ผลเป็นอย่างไร",
        "unreachable": "ติดต่อไม่ได้",
        "twice": "แจ้งซ้ำกับเรื่องอื่น",
        "number": "เลขของอีกเรื่องหนึ่ง",
        "same": "ยืนยันว่าแจ้งซ้ำ",
        "open": "เปิดเรื่อง",
    },
    "en": {
        "refer": "Refer to a partner outside",
        "partner": "Partner",
        "why": "Whom did you speak to, and what was asked for?",
        "keep": "Refer the case",
        "go_on": "Go on with the case",
        "come": "What has come of it?",
        "unreachable": "Nobody can be reached",
        "twice": "Another case tells the same",
        "number": "Number of the other case",
        "same": "It tells the same",
        "open": "Open case",
    },
}


def check(page: Page, name: str) -> None:
    picture(page, name)
    assert faults(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize(("language", "width"), [("th", 390), ("en", 1280)])
def test_a_case_is_referred_goes_on_and_is_left_for_another(
    app: Flask, language: str, width: int
) -> None:
    words, shot = WORDS[language], f"ways-out-{language}-{width}"
    asker = hired("สมใจ ทดสอบ", ("operator", PROVINCE), language=language)
    made, first = (taken_case(asker, answers={"affiliation": "local"}) for _ in range(2))
    with served(app) as address, chromium() as browser:
        page = signed_in(browser, address, token_of(asker), width)
        page.set_default_timeout(10_000)
        page.goto(f"{address}/desk/cases/{made.reference}")
        for step in ("refer", "unreachable", "twice"):
            page.locator("summary", has_text=words[step]).click()
        check(page, f"{shot}-1-forms")
        page.get_by_label(words["why"]).fill(REASON)
        page.get_by_role("button", name=words["keep"]).click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_label(words["why"])).to_have_value(REASON)
        check(page, f"{shot}-2-refused")
        page.get_by_label(words["partner"], exact=True).select_option("DLA")
        page.get_by_role("button", name=words["keep"]).click()
        page.locator("summary", has_text=words["go_on"]).click()
        check(page, f"{shot}-3-referred")
        page.get_by_label(words["come"]).fill(REASON)
        page.get_by_role("button", name=words["go_on"]).click()
        page.locator("summary", has_text=words["twice"]).click()
        page.get_by_label(words["number"]).fill(first.reference)
        page.get_by_role("button", name=words["same"]).click()
        link = page.get_by_role("link", name=words["open"])
        check(page, f"{shot}-4-duplicate")
        link.click()
        expect(page).to_have_url(f"{address}/desk/cases/{first.reference}")
