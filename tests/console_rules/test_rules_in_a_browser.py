"""Asking, changing, trying, publishing, taking back, deciding for good: in Chromium, by clicks."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.console_cases.people import hired, token_of
from tests.console_cases.screen import chromium, faults, overflow, picture, served, signed_in
from tests.console_rules.test_always import left_open
from tests.console_rules.texts import EVERYTHING

pytestmark = pytest.mark.timeout(300)
WORDS = {
    "th": {
        "place": "สถานที่",
        "show": "ดูหน่วยงาน",
        "change": "แก้ไขกฎ",
        "text": "กฎในรูปข้อความ",
        "check": "ตรวจและทดลอง",
        "why": "แก้ไขกฎเพราะเหตุใด",
        "publish": "ประกาศใช้กฎชุดนี้",
        "versions": "ฉบับที่ 1",
        "restore_why": "นำกลับมาใช้เพราะเหตุใด",
        "restore": "นำกลับมาใช้",
        "always": "ส่งเรื่องแบบนี้",
        "send": "สพป.นครราชสีมา เขต 1",
        "end": "สิ้นสุดความรับผิดชอบ",
    },
    "en": {
        "place": "Place",
        "show": "Show the office",
        "change": "Change the rules",
        "text": "The rules as text",
        "check": "Check and try",
        "why": "Why are the rules changed?",
        "publish": "Publish these rules",
        "versions": "Version 1",
        "restore_why": "Why is it put in force again?",
        "restore": "Put it in force again",
        "always": "Always send these reports",
        "send": "Nakhon Ratchasima Primary Educational Service Area Office 1",
        "end": "End it",
    },
}
BOTH_WAYS = pytest.mark.parametrize(("language", "width"), [("th", 390), ("en", 1280)])


def check(page: Page, name: str) -> None:
    """Nothing for axe to find, nothing beyond the side, a picture for people."""
    picture(page, name)
    assert faults(page) == [], name
    assert overflow(page) <= 0, name


def answered(page: Page, office: str) -> None:
    expect(page.locator("#answer")).to_contain_text(office)


@BOTH_WAYS
def test_a_rule_is_tried_published_asked_about_and_taken_back(
    app: Flask, language: str, width: int
) -> None:
    words, shot = WORDS[language], f"rules-{language}-{width}"
    admin = hired("ธิดา ทดสอบ", ("admin", "HQ"), ("supervisor", "HQ"), language=language)
    left_open()
    with served(app) as address, chromium() as browser:
        page = signed_in(browser, address, token_of(admin), width)
        page.set_default_timeout(10_000)
        page.goto(f"{address}/desk/explain")
        page.get_by_label(words["place"], exact=True).fill("92160")
        page.get_by_role("button", name=words["show"]).click()
        answered(page, "ESA-9202")
        check(page, f"{shot}-1-asked")
        asked = page.url

        page.goto(f"{address}/desk/rules")
        page.get_by_role("link", name=words["change"]).click()
        text = page.get_by_label(words["text"])
        text.fill(EVERYTHING.replace("desk", "ESA-9999"))
        page.get_by_role("button", name=words["check"]).click()
        expect(page.locator("#faults")).to_contain_text("ESA-9999")
        check(page, f"{shot}-2-fault")
        text.fill(EVERYTHING)
        page.get_by_role("button", name=words["check"]).click()
        expect(page.get_by_role("button", name=words["publish"])).to_be_visible()
        check(page, f"{shot}-3-checked")
        page.get_by_label(words["why"]).fill("น้ำท่วมทั้งจังหวัด")
        page.get_by_role("button", name=words["publish"]).click()
        expect(page.get_by_role("status")).to_be_visible()
        check(page, f"{shot}-4-published")

        page.goto(asked)
        answered(page, "HQ")
        check(page, f"{shot}-5-asked-again")
        page.goto(f"{address}/desk/rules/0")
        page.get_by_label(words["restore_why"]).fill("น้ำลดแล้ว")
        check(page, f"{shot}-6-restore")
        page.get_by_role("button", name=words["restore"]).click()
        expect(page.get_by_role("status")).to_be_visible()
        page.get_by_role("link", name=words["versions"]).click()
        check(page, f"{shot}-7-version")
        page.goto(asked)
        answered(page, "ESA-9202")


@BOTH_WAYS
def test_the_desks_choice_is_decided_for_good_and_ended(
    app: Flask, language: str, width: int
) -> None:
    words, shot = WORDS[language], f"always-{language}-{width}"
    desk = hired("พิมพ์ ทดสอบ", ("operator", "HQ"), language=language)
    made = left_open()
    with served(app) as address, chromium() as browser:
        page = signed_in(browser, address, token_of(desk), width)
        page.set_default_timeout(10_000)
        page.goto(f"{address}/desk/cases/{made.reference}")
        page.get_by_role("button", name=words["send"], exact=True).click()
        check(page, f"{shot}-1-offer")
        page.get_by_role("button", name=words["always"]).click()
        expect(page.get_by_role("button", name=words["always"])).to_have_count(0)
        check(page, f"{shot}-2-decided")
        page.goto(f"{address}/desk/explain?group=V&district=3001")
        answered(page, "ESA-3001")
        check(page, f"{shot}-3-explained")
        page.goto(f"{address}/desk/rules/learned")
        check(page, f"{shot}-4-list")
        page.get_by_role("button", name=words["end"]).click()
        expect(page.get_by_role("status")).to_be_visible()
        check(page, f"{shot}-5-ended")
        page.goto(f"{address}/desk/explain?group=V&district=3001")
        answered(page, "HQ")
        check(page, f"{shot}-6-candidates")
