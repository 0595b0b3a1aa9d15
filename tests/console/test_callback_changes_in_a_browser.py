"""Stopping and moving a callback in Chromium: after a talk, by hand, and as axe looks at it."""

import pytest
from flask import Flask
from playwright.sync_api import expect

from cases.services import note_event
from cases.taking import take_part
from core import clock
from core.database import transaction
from tests.console.callback_people import owed, row_of
from tests.console.test_callbacks_in_a_browser import BOTH_WAYS, check, opened
from tests.console_cases.people import hired, opened_case
from tests.console_cases.screen import chromium, served

pytestmark = pytest.mark.usefixtures("friday")

WORDS = {
    "th": {"other": "ไม่ต้องโทรอีก หรือเปลี่ยนเวลา", "move": "ยกเลิกหรือเลื่อนสายนี้", "keep": "คงไว้"},
    "en": {
        "other": "No call any more, or other hours",
        "move": "Stop or move this call",
        "keep": "It stays",
    },
}
SAID = {"th": "จำเป็นต้องมี", "en": "It is needed here"}
MOVED = {"th": "ตั้งแต่ 23 พ.ย. 2569", "en": "from 23 Nov 2026 on"}


@BOTH_WAYS
def test_who_talked_is_asked_and_moves_the_call_then_calls_it_off(
    app: Flask, language: str, width: int
) -> None:
    words, shot = WORDS[language], f"callback-change-{language}-{width}"
    agent = hired("อรทัย ทดสอบ", ("agent", "HQ"), language=language)
    case = opened_case(office="ESA-9202", answers={"danger": True})
    made = owed(case=case, severity="emergency")
    with transaction() as session:
        now = clock.now()
        note_event(session, case.case_id, "talked", {"staff_id": agent.staff_id}, now)
        take_part(session, case.case_id, agent.staff_id, now=now)
    with served(app) as address, chromium() as browser:
        page = opened(browser, address, agent, width)
        page.goto(f"{address}/desk/cases/{case.reference}")
        asked = page.locator(f"#after-talk-{made.id}")
        expect(asked.get_by_role("button", name=words["keep"])).to_be_visible()
        check(page, f"{shot}-asked")
        asked.get_by_role("link", name=words["other"]).click()
        expect(page.locator("#change-keep")).to_be_checked()
        check(page, f"{shot}-page")
        page.locator("#change-other_hours").check()
        page.locator("#change-day").select_option("2026-11-23")
        page.locator("#change-start").select_option("16:00")
        page.locator("#change-end").select_option("18:00")
        page.locator("main form button.primary").click()
        expect(page.locator(f"#callback-{made.id}")).to_contain_text(MOVED[language])
        expect(asked).to_have_count(0)
        check(page, f"{shot}-moved")
        page.get_by_role("link", name=words["move"]).click()
        page.locator("#change-no_call").check()
        page.locator("#change-why").select_option("not_safe")
        page.locator("main form button.primary").click()
        expect(page.get_by_role("alert")).to_contain_text(SAID[language])
        check(page, f"{shot}-refused")
        page.locator("#change-words").fill("ผู้แจ้งบอกว่าที่บ้านได้ยิน")
        page.locator("main form button.primary").click()
        page.wait_for_url(f"**/cases/{case.reference}#callbacks")
    assert row_of(made).state == "withdrawn"
