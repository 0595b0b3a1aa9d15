"""A rule is tried out and kept, a case goes by it, its clock stands still, lateness stays."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from core import clock
from core.zones import bangkok
from tests.console_cases.handing import PROVINCE, taken_case
from tests.console_cases.people import hired, token_of
from tests.console_cases.screen import chromium, faults, overflow, picture, served, signed_in

WORDS = {
    "th": {
        "severity": "ระดับความเร่งด่วน",
        "amount": "ระยะเวลา",
        "try": "ลองดูผลก่อน",
        "keep": "บันทึก",
        "begin": "เริ่มช่วยเหลือทันทีด้วยตัวเอง",
        "stop": "หยุดนับเวลาโดยให้เหตุผล",
        "medical": "รอผลตรวจจากแพทย์",
        "until": "เริ่มนับเวลาต่อในเช้าวันที่",
        "what": "กำลังรออะไรอยู่",
        "stop_now": "หยุดนับเวลา",
        "run": "เริ่มนับเวลาต่อ",
        "late": "ล่าช้า",
    },
    "en": {
        "severity": "Severity",
        "amount": "How long",
        "try": "Try it out",
        "keep": "Keep",
        "begin": "Begin at once myself",
        "stop": "Stop the clock for a reason",
        "medical": "Waiting for a medical report",
        "until": "Time counts again from the morning of",
        "what": "What exactly is waited for?",
        "stop_now": "Stop the clock",
        "run": "Let the clock run again",
        "late": "Late",
    },
}
NOTE = "โรงพยาบาลอยู่ใกล้ ลงพื้นที่ได้เร็ว"


def check(page: Page, name: str) -> None:
    picture(page, name)
    assert faults(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize(("language", "width"), [("th", 390), ("en", 1280)])
def test_a_rule_a_stopped_clock_and_a_late_mark(app: Flask, language: str, width: int) -> None:
    words, shot = WORDS[language], f"deadlines-{language}-{width}"
    asker = hired("สมใจ ทดสอบ", ("operator", PROVINCE), language=language)
    head = hired("กมล ทดสอบ", ("head_operator", PROVINCE), language=language)
    # Acknowledged three hours after it was reported: an urgent case is late after one.
    made = taken_case(asker, answers={"hazard_type": "V1"}, at=clock.now() - timedelta(hours=3))
    with served(app) as address, chromium() as browser:
        pages = [signed_in(browser, address, token_of(one), width) for one in (asker, head)]
        for page in pages:
            page.set_default_timeout(20_000)
        at_case, at_rules = pages

        at_rules.goto(f"{address}/desk/deadlines")
        check(at_rules, f"{shot}-1-office")
        at_rules.locator("#rule-severity").select_option("urgent")
        at_rules.locator("#rule-step").select_option("report")
        at_rules.locator("#rule-unit").select_option("minutes")
        at_rules.get_by_label(words["amount"]).fill("90000")
        at_rules.locator("#rule-note").fill(NOTE)
        at_rules.get_by_role("button", name=words["try"]).click()
        expect(at_rules.get_by_role("alert")).to_be_visible()
        expect(at_rules.locator("#rule-note")).to_have_value(NOTE)
        at_rules.get_by_label(words["amount"]).fill("120")
        at_rules.get_by_role("button", name=words["try"]).click()
        expect(at_rules.locator("#preview")).to_be_visible()
        check(at_rules, f"{shot}-2-tried")
        at_rules.get_by_role("button", name=words["keep"], exact=True).click()
        expect(at_rules.get_by_role("status")).to_be_visible()
        check(at_rules, f"{shot}-3-kept")

        case = f"{address}/desk/cases/{made.reference}"
        at_case.goto(case)
        at_case.get_by_role("button", name=words["begin"]).click()
        expect(at_case.get_by_text(NOTE)).to_be_visible()
        expect(at_case.locator(".case-head .tag", has_text=words["late"])).to_be_visible()
        at_case.locator("summary", has_text=words["stop"]).click()
        check(at_case, f"{shot}-4-form")
        at_case.get_by_label(words["medical"]).check()
        day = bangkok(clock.now() + timedelta(days=4)).date().isoformat()
        at_case.get_by_label(words["until"]).fill(day)
        at_case.get_by_label(words["what"]).fill("ผลตรวจจากโรงพยาบาล")
        at_case.get_by_role("button", name=words["stop_now"], exact=True).click()
        expect(at_case.locator("#clock-stop")).to_be_visible()
        check(at_case, f"{shot}-5-stopped")
        at_case.goto(f"{address}/desk/cases?waiting=open")
        expect(at_case.locator(".case")).to_contain_text(words["medical"])
        expect(at_case.locator(".case .tag", has_text=words["late"])).to_be_visible()
        check(at_case, f"{shot}-6-list")
        at_case.goto(case)
        at_case.get_by_role("button", name=words["run"]).click()
        expect(at_case.locator("#clock-stop")).to_have_count(0)
        check(at_case, f"{shot}-7-runs")
