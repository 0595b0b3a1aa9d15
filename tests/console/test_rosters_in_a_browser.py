"""A head plans a week, sends somebody on leave, sees what is missing and sets a warning aside."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from calls.warning_policy import current_warning_policy
from calls.warnings import sweep
from core import clock
from core.database import transaction
from tests.console.callback_people import OFFICE, operator
from tests.console.test_callbacks_in_a_browser import BOTH_WAYS, check, opened
from tests.console_cases.screen import chromium, served

pytestmark = pytest.mark.usefixtures("friday")


@BOTH_WAYS
def test_a_week_is_planned_and_what_is_missing_is_warned_of(
    app: Flask, language: str, width: int
) -> None:
    head = operator(("head_operator", OFFICE), language=language)
    colleague, shot = operator(), f"rosters-{language}-{width}"
    with served(app) as address, chromium() as browser:
        page = opened(browser, address, head, width)
        page.goto(f"{address}/desk/roster/{OFFICE}")
        check(page, f"{shot}-empty")
        for person, starts, ends in (
            (head, "08:30", "16:30"),
            (colleague, "22:00", "06:00"),
        ):
            page.locator("#shift-staff").select_option(str(person.staff_id))
            page.locator("#shift-day").fill("2026-11-20")
            page.locator("#shift-starts").fill(starts)
            page.locator("#shift-ends").fill(ends)
            page.locator("#shift-repeats").select_option("weekly")
            page.locator("#add-shift").press("Enter")
            expect(page.get_by_role("status")).to_be_visible()
        page.locator("#away-staff").select_option(str(colleague.staff_id))
        page.locator("#away-first").fill("2026-11-20")
        page.locator("#away-cover").select_option(str(head.staff_id))
        page.locator("#add-absence").click()
        expect(page.locator(f"#row-{head.staff_id} rect.cover")).to_have_count(2)
        check(page, f"{shot}-planned")
        page.locator("#after").click()
        expect(page.locator(f"#row-{colleague.staff_id} rect")).to_have_count(2)
        page.locator("#shift-ends").fill("soon")
        page.locator("#add-shift").click()
        expect(page.get_by_role("alert")).to_be_visible()
        check(page, f"{shot}-refused")
        with transaction() as session:
            sweep(session, current_warning_policy(), now=clock.now() + timedelta(hours=1))
        page.goto(f"{address}/desk/warnings")
        gap = page.locator("li.owed").filter(has=page.locator(f"a[href$='/roster/{OFFICE}']"))
        expect(gap).to_have_count(1)
        check(page, f"{shot}-warnings")
        gap.locator("summary").click()
        gap.locator("input[type=date]").fill("2026-11-27")
        gap.locator("input[name=reason]").fill("คนใหม่เริ่มงานวันจันทร์")
        check(page, f"{shot}-aside")
        gap.locator("details button").click()
        expect(page.get_by_role("status")).to_be_visible()
        expect(gap).to_have_count(0)
        page.goto(f"{address}/desk/holidays")
        check(page, f"{shot}-holidays")
