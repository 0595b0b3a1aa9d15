"""Notices in Chromium: read, opened, chosen, mended; they work, and axe is silent."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from agents.notices import OfficeAddress, set_office_address
from core import clock
from core.database import transaction
from tests.console.callback_people import OFFICE, operator
from tests.console.notice_people import GROUP, lost, settled, told, went_out
from tests.console.test_callbacks_in_a_browser import BOTH_WAYS, check, opened
from tests.console_cases.people import opened_case
from tests.console_cases.screen import chromium, served

pytestmark = pytest.mark.usefixtures("friday")

ROLES = (("head_operator", OFFICE), ("operator", OFFICE))


@BOTH_WAYS
def test_notices_come_by_themselves_are_read_and_lead_on(
    app: Flask, language: str, width: int
) -> None:
    viewer, shot = operator(*ROLES, language=language), f"notices-{language}-{width}"
    with served(app) as address, chromium() as browser:
        page = opened(browser, address, viewer, width)
        page.goto(f"{address}/desk/notices")
        check(page, f"{shot}-empty")
        made = opened_case()
        mine = told(staff_id=viewer.staff_id, reference=made.reference)
        went_out(mine, "email", sent_at=clock.now() - timedelta(minutes=20))
        went_out(mine, "sms", "owed")
        went_out(mine, "phone", "claimed")
        to_office = told("callback_decision", office_code=OFFICE, reference=made.reference)
        went_out(to_office, "line")
        told("handover_asked", staff_id=viewer.staff_id, reference=made.reference)
        away = opened_case(office="ESA-9201")
        told("handover_revoked", staff_id=viewer.staff_id, reference=away.reference)
        settled(told("result_reported", staff_id=viewer.staff_id, reference=made.reference))
        expect(page.locator(f"#notice-{mine}")).to_be_visible(timeout=20_000)
        expect(page.locator("#menu-count .count")).to_have_text("4")
        check(page, f"{shot}-list")
        page.locator(f"#open-{mine}").press("Enter")
        expect(page).to_have_url(f"{address}/desk/cases/{made.reference}")
        expect(page.locator("#menu-count .count")).to_have_text("3")
        page.goto(f"{address}/desk/notices")
        page.locator("#see-all").click()
        expect(page.locator("#menu-count .count")).to_have_count(0)
        check(page, f"{shot}-read")


@BOTH_WAYS
def test_choosing_and_mending_hold_at_every_width(app: Flask, language: str, width: int) -> None:
    viewer, shot = operator(*ROLES, language=language), f"{language}-{width}"
    colleague = operator()
    with served(app) as address, chromium() as browser:
        page = opened(browser, address, viewer, width)
        page.goto(f"{address}/desk/notices/preferences")
        check(page, f"preferences-{shot}")
        page.locator("#quiet-end").select_option("20:00")
        page.locator("form.stack button.primary").click()
        expect(page.get_by_role("alert")).to_be_visible()
        check(page, f"preferences-{shot}-refused")
        page.goto(f"{address}/desk/notices/preferences")
        page.locator("#up-phone").press("Enter")
        expect(page.locator("ol.rows li").nth(1)).to_contain_text("2.")
        page.locator("#up-phone").click()
        expect(page.locator("#up-phone")).to_have_count(0)
        check(page, f"preferences-{shot}-ordered")
        page.goto(f"{address}/desk/office/{OFFICE}")
        check(page, f"office-notices-{shot}-empty")
        with transaction() as session:
            known = OfficeAddress("office@example.go.th", GROUP, 7)
            set_office_address(session, OFFICE, known, now=clock.now())
        for to in ({"staff_id": colleague.staff_id}, {"office_code": OFFICE}):
            notice_id = lost(reference=opened_case().reference, **to)
            went_out(notice_id, "sms", "skipped", error_code="no_address")
            went_out(notice_id, "phone", "given_up", error_code="no_answer")
        page.goto(f"{address}/desk/office/{OFFICE}")
        page.locator("#office-members").fill("0")
        page.locator('form[action$="/notices#notices"] button').click()
        expect(page.get_by_role("alert")).to_be_visible()
        check(page, f"office-notices-{shot}-refused")
        page.locator("section[aria-labelledby=lost] button").first.click()
        expect(page.locator("section[aria-labelledby=lost] li[id]")).to_have_count(1)
        check(page, f"office-notices-{shot}-sent")
