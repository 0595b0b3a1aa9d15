"""Two plays in Chromium: a school does its part of a report; callers are told of a flood."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from cases.announcing import announcement_at
from core import clock
from core.database import transaction
from tests.console_cases.handing import taken_case
from tests.console_cases.people import hired, opened_case, token_of
from tests.console_cases.screen import chromium, faults, overflow, picture, served, signed_in

pytestmark = pytest.mark.timeout(200)
LEAD, ASKED = "ESA-9202", "ESA-9201"


def check(page: Page, name: str) -> None:
    picture(page, name)
    assert faults(page) == []
    assert overflow(page) <= 0


def test_another_school_is_asked_takes_its_part_and_reports(app: Flask) -> None:
    lead = hired("กมล ทดสอบ", ("operator", LEAD))
    worker = hired("ครู ทดสอบ", ("operator", ASKED), language="en")
    made = taken_case(lead, office=LEAD)
    with served(app) as address, chromium() as browser:
        page = signed_in(browser, address, token_of(lead), 390)
        page.goto(f"{address}/desk/cases/{made.reference}")
        page.get_by_role("link", name="ส่งให้สถานศึกษาหรือหน่วยงานอื่นด้วย").click()
        page.get_by_label("อำเภอหรือเขต").fill("เมืองตรัง")
        page.get_by_label("ระดับการศึกษา").select_option("kindergarten_primary")
        page.get_by_label("หน่วยงานนี้ต้องรู้อะไรบ้าง").fill("นักเรียนสองคนอยู่ในเหตุการณ์")
        page.get_by_role("button", name="ส่งให้หน่วยงานนี้").click()
        expect(page.get_by_text("รอรับทราบ")).to_be_visible()
        check(page, "parts-asked-th-390")
        other = signed_in(browser, address, token_of(worker), 1280)
        other.goto(f"{address}/desk/")
        other.locator("#waiting-parts").click()
        other.get_by_role("link", name="Bullying").click()
        other.get_by_role("button", name="Acknowledge and take the part").click()
        other.get_by_label("New note").fill("Called the homeroom teacher")
        other.get_by_role("button", name="Keep the note").click()
        check(other, "part-taken-en-1280")
        other.get_by_role("link", name="Report the result").click()
        other.get_by_label("Yes, safe").check()
        other.get_by_label("What was done?").fill("Talked with both")
        other.get_by_label("The child or learner").check()
        other.get_by_label("Prevent").check()
        other.get_by_role("button", name="Send the report").click()
        expect(other.get_by_text("Talked with both")).to_be_visible()
        check(other, "part-reported-en-1280")
        page.reload()
        expect(page.get_by_text("Talked with both")).to_be_visible()
        expect(page.get_by_text("Called the homeroom teacher")).to_have_count(0)


def test_many_reports_become_a_story_that_every_caller_hears_of(app: Flask) -> None:
    boss = hired("มานี ทดสอบ", ("supervisor", "HQ"))
    for _ in range(3):
        opened_case()
    with served(app) as address, chromium() as browser:
        page = signed_in(browser, address, token_of(boss), 1280)
        page.goto(f"{address}/desk/stories")
        check(page, "stories-burst-th-1280")
        page.get_by_role("link", name="เปิดเหตุการณ์").click()
        page.get_by_label("ชื่อภาษาไทย").fill("น้ำท่วมตรัง")
        page.get_by_label("ชื่อภาษาอังกฤษ").fill("Flood in Trang")
        page.get_by_role("button", name="เปิดเหตุการณ์นี้").click()
        for box in page.get_by_role("checkbox").all():
            box.check()
        page.get_by_role("button", name="รวมเรื่องที่เลือก").click()
        expect(page.get_by_role("heading", name="3 เรื่อง")).to_be_visible()
        page.get_by_text("ประกาศข้อความ").click()
        page.get_by_label("ภาษาไทย", exact=True).fill("ทราบเรื่องน้ำท่วมแล้ว")
        page.get_by_label("ภาษาอังกฤษ", exact=True).fill("We know about the flood.")
        page.get_by_role("button", name="ดูว่าใช้เวลากี่วินาที").click()
        expect(page.get_by_text("ประมาณ 2 วินาที")).to_be_visible()
        check(page, "story-preview-th-1280")
        page.get_by_role("button", name="ประกาศให้ผู้โทรทุกคนได้ยิน").click()
        expect(page.get_by_text("ผู้โทรทุกคนได้ยินข้อความนี้จนถึง")).to_be_visible()
        check(page, "story-announced-th-1280")
        with transaction() as session:
            assert announcement_at(session, clock.now()) is not None
        page.get_by_role("button", name="ยกเลิกประกาศทันที").click()
        expect(page.get_by_text("ยังไม่มีประกาศของเหตุการณ์นี้")).to_be_visible()
