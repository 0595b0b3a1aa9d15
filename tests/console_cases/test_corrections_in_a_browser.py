"""Putting a case right in a browser, in both languages and widths: what it is, then whose it is."""

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.console_cases.handing import AGENCY, PROVINCE, taken_case
from tests.console_cases.people import hired, token_of
from tests.console_cases.screen import chromium, faults, overflow, picture, served, signed_in

pytestmark = pytest.mark.backends("postgresql")
WORDS = {
    "th": {
        "correct": "แก้ข้อมูลของเรื่องให้ถูกต้อง",
        "district": "อำเภอหรือเขต",
        "keep": "บันทึกการแก้ไข",
        "kept": "บันทึกแล้ว",
        "open": "ไม่ใช่เรื่องของเรา: เรื่องมาผิดหน่วยงาน",
        "why": "สถานศึกษาอยู่ในสังกัดอื่น",
        "send": "ไม่ใช่เรื่องของเรา",
        "gone": "คุณจะไม่เห็นเรื่องนี้อีก",
    },
    "en": {
        "correct": "Put right what it is",
        "district": "District",
        "keep": "Put it right",
        "kept": "It is kept",
        "open": "Not ours: it came to the wrong office",
        "why": "The school has another affiliation",
        "send": "It is not ours",
        "gone": "You do not see it any longer",
    },
}


def check(page: Page, name: str) -> None:
    """Nothing is out of reach of anybody, nor out of the screen."""
    picture(page, name)
    assert (faults(page), max(overflow(page), 0)) == ([], 0), name


@pytest.mark.parametrize(("language", "width"), [("th", 390), ("en", 1280)])
def test_a_case_is_put_right_and_passed_up(app: Flask, language: str, width: int) -> None:
    words = WORDS[language]
    mine = hired("มะลิ ทดสอบ", ("operator", PROVINCE), language=language)
    hired("ชบา ทดสอบ", ("operator", AGENCY), language=language)
    made = taken_case(mine)
    with served(app) as address, chromium() as browser:
        page = signed_in(browser, address, token_of(mine), width)
        page.goto(f"{address}/desk/cases/{made.reference}")
        page.get_by_text(words["open"]).click()
        check(page, f"not-ours-{language}-{width}")
        page.get_by_role("link", name=words["correct"]).click()
        page.get_by_role("button", name=words["keep"]).click()
        check(page, f"nothing-to-correct-{language}-{width}")
        page.get_by_label(words["district"], exact=True).fill("9201")
        page.get_by_role("button", name=words["keep"]).click()
        assert words["kept"] in page.get_by_role("status").inner_text()
        check(page, f"corrected-{language}-{width}")
        page.goto(f"{address}/desk/cases/{made.reference}")
        check(page, f"corrected-case-{language}-{width}")
        page.get_by_text(words["open"]).click()
        page.get_by_label(words["why"]).check()
        page.get_by_role("button", name=words["send"], exact=True).click()
        assert words["gone"] in page.content()
