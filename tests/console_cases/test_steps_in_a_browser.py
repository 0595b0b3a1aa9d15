"""From the first look to the closed case in Chromium, on a desk's screen and on a phone."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.console_cases.handing import AGENCY, DISTRICT, PROVINCE, REASON, taken_case
from tests.console_cases.people import hired, owed_callback, token_of
from tests.console_cases.screen import chromium, faults, overflow, picture, served, signed_in

WORDS = {
    "th": {
        "hand_over": "ส่งต่อหรือมอบหมาย",
        "to_office": "ส่งต่อให้หน่วยงานในสังกัด",
        "committee": "มอบหมายให้คณะกรรมการ",
        "why": "ส่งต่อเพราะอะไร",
        "ask": "ขออนุมัติ",
        "code": "หรือพิมพ์รหัสหน่วยงานในสังกัด",
        "approve": "อนุมัติ",
        "reject": "ไม่อนุมัติ",
        "take": "รับเรื่องนี้",
        "begin": "เริ่มช่วยเหลือทันทีด้วยตัวเอง",
        "report": "รายงานผล",
        "safe": "ปลอดภัยแล้ว",
        "done": "ทำอะไรไปแล้วบ้าง",
        "child": "เด็กหรือผู้เรียน",
        "prevent": "ป้องกัน",
        "send": "ส่งรายงาน",
        "close": "ปิดเรื่อง",
        "reopen": "เปิดเรื่องใหม่อีกครั้ง",
    },
    "en": {
        "hand_over": "Hand over",
        "to_office": "To an office below",
        "committee": "To a committee",
        "why": "Why do you hand it over?",
        "ask": "Ask for approval",
        "code": "Or the code of an office below",
        "approve": "Approve",
        "reject": "Reject",
        "take": "Take the case",
        "begin": "Begin at once myself",
        "report": "Report the result",
        "safe": "Yes, safe",
        "done": "What was done?",
        "child": "The child or learner",
        "prevent": "Prevent",
        "send": "Send the report",
        "close": "Close the case",
        "reopen": "Reopen the case",
    },
}


def check(page: Page, name: str) -> None:
    picture(page, name)
    assert faults(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize(("language", "width"), [("th", 390), ("en", 1280)])
def test_a_case_is_handed_over_solved_reported_and_closed(
    app: Flask, language: str, width: int
) -> None:
    words, shot = WORDS[language], f"steps-{language}-{width}"
    people = {
        "asker": hired("สมใจ ทดสอบ", ("operator", PROVINCE), language=language),
        "head": hired("กมล ทดสอบ", ("head_operator", PROVINCE), language=language),
        "receiver": hired("มานี ทดสอบ", ("head_operator", DISTRICT), language=language),
    }
    hired("ปิติ ทดสอบ", ("action_officer", PROVINCE))
    hired("ชูใจ ทดสอบ", ("head_operator", AGENCY))
    made = taken_case(people["asker"], answers={"danger": True})
    owed_callback(made, office=PROVINCE)
    with served(app) as address, chromium() as browser:
        pages = {
            name: signed_in(browser, address, token_of(one), width) for name, one in people.items()
        }
        for page in pages.values():
            page.set_default_timeout(10_000)
        case = f"{address}/desk/cases/{made.reference}"
        asker, head, receiver = pages["asker"], pages["head"], pages["receiver"]

        asker.goto(case)
        check(asker, f"{shot}-1-case")
        asker.locator("summary", has_text=words["hand_over"]).first.click()
        asker.locator("summary", has_text=words["committee"]).click()
        check(asker, f"{shot}-2-committee")
        asker.locator("summary", has_text=words["committee"]).click()
        asker.locator("summary", has_text=words["to_office"]).click()
        asker.get_by_label(words["code"]).fill("dole-9999")
        asker.get_by_label(words["why"]).first.fill(REASON)
        asker.get_by_role("button", name=words["ask"]).first.click()
        expect(asker.get_by_role("alert")).to_be_visible()
        expect(asker.get_by_label(words["why"]).first).to_have_value(REASON)
        check(asker, f"{shot}-3-refused")
        asker.get_by_label(words["code"]).fill(DISTRICT)
        asker.get_by_role("button", name=words["ask"]).first.click()
        expect(asker.locator("#handover")).to_be_visible()
        check(asker, f"{shot}-4-asked")

        head.goto(f"{address}/desk/cases?waiting=approval")
        check(head, f"{shot}-5-to-approve")
        head.locator(f"#case-{made.reference}").click()
        check(head, f"{shot}-6-approve")
        head.locator("summary", has_text=words["reject"]).click()
        check(head, f"{shot}-7-reject")
        head.get_by_role("button", name=words["approve"], exact=True).click()
        expect(head.get_by_role("status")).to_be_visible()
        check(head, f"{shot}-8-approved")

        receiver.goto(f"{address}/desk/cases?waiting=accept")
        receiver.locator(f"#case-{made.reference}").click()
        check(receiver, f"{shot}-9-offered")
        receiver.get_by_role("button", name=words["take"]).click()
        expect(receiver.get_by_role("status")).to_be_visible()
        receiver.goto(case)
        receiver.get_by_role("button", name=words["begin"]).click()
        receiver.get_by_role("link", name=words["report"]).click()
        check(receiver, f"{shot}-10-report")
        receiver.get_by_label(words["safe"], exact=True).check()
        receiver.get_by_label(words["done"]).fill("ไปเยี่ยมบ้านกับครูประจำชั้น เด็กปลอดภัย")
        receiver.get_by_label(words["child"]).check()
        receiver.get_by_role("button", name=words["send"]).click()
        expect(receiver.get_by_role("alert")).to_be_visible()
        check(receiver, f"{shot}-11-report-refused")
        receiver.get_by_label(words["prevent"], exact=True).check()
        receiver.get_by_role("button", name=words["send"]).click()
        expect(receiver.locator("#result")).to_be_visible()
        check(receiver, f"{shot}-12-reported")
        receiver.get_by_role("button", name=words["close"], exact=True).click()
        expect(receiver.locator("summary", has_text=words["reopen"])).to_be_visible()
        check(receiver, f"{shot}-13-closed")
