"""People in Chromium: added, signed in for the first time, signed, seen; a committee; a file."""

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from agents.models import Staff
from cases.access import Viewer
from core.database import reading
from tests.console_cases.handing import PROVINCE
from tests.console_cases.people import hired, token_of
from tests.console_cases.scenes import HEAD, taken_case
from tests.console_cases.screen import chromium, faults, overflow, picture, served, signed_in

pytestmark = [pytest.mark.usefixtures("friday"), pytest.mark.timeout(300)]
BOTH_WAYS = pytest.mark.parametrize(("language", "width"), [("th", 390), ("en", 1280)])
OWN = "a password of my own"
NAME = "นาง ใหม่ ทดสอบ"
FILE = f"email,name,role,office_code\nfile@example.org,นาย แฟ้ม ทดสอบ,operator,{PROVINCE}\n"


def check(page: Page, name: str) -> None:
    """Nothing for axe to find, nothing beyond the side, a picture for people."""
    picture(page, name)
    assert faults(page) == [], name
    assert overflow(page) <= 0, name


def added(page: Page, address: str, shot: str) -> str:
    """The head adds a head operator; the one-time password."""
    page.goto(f"{address}/desk/people")
    page.click("a[href='/desk/people/add']")
    page.fill("#email", "new@example.org")
    page.fill("#name", NAME)
    page.select_option("#role", "head_operator")
    page.fill("#office", PROVINCE)
    page.check("#deputy")
    page.select_option("#post", "deputy_director")
    page.fill("#phone", "081 000 0221")
    check(page, f"{shot}-add")
    page.click("main button.primary")
    check(page, f"{shot}-password")
    return page.locator("#one-time").inner_text()


def first_sign_in(browser: Browser, address: str, password: str, shot: str, width: int) -> Page:
    """The new person changes the password, signs, and is at the desk."""
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(f"{address}/desk/sign-in")
    page.fill("#email", "new@example.org")
    page.fill("#password", password)
    page.click("main button.primary")
    expect(page).to_have_url(f"{address}/desk/password")
    check(page, f"{shot}-first-password")
    for field, typed in (("current", password), ("new", OWN), ("again", OWN)):
        page.fill(f"#{field}", typed)
    page.click("main button.primary")
    expect(page).to_have_url(f"{address}/desk/undertaking")
    check(page, f"{shot}-undertaking")
    page.goto(f"{address}/desk/cases")
    expect(page).to_have_url(f"{address}/desk/undertaking")
    page.check("#agreed")
    page.click("main button.primary")
    expect(page).to_have_url(f"{address}/desk/")
    return page


@BOTH_WAYS
def test_from_being_added_to_handing_over_to_the_committee(
    app: Flask, language: str, width: int
) -> None:
    shot = f"people-{language}-{width}"
    boss = hired("หัวหน้า ทดสอบ", HEAD, language=language)
    other = hired("กมล ทดสอบ", ("operator", PROVINCE))
    with served(app) as address, chromium() as browser:
        head = signed_in(browser, address, token_of(boss), width)
        password = added(head, address, shot)
        new = first_sign_in(browser, address, password, shot, width)
        new.goto(f"{address}/desk/people")
        expect(new.locator("main")).to_contain_text(NAME)
        profile(head, address, other, shot)
        appointed(head, address, other, shot)
        handed_over(head, address, boss, other, shot)


def profile(page: Page, address: str, other: Viewer, shot: str) -> None:
    """The head keeps a course and the checklist of a colleague."""
    page.goto(f"{address}/desk/people/{other.staff_id}")
    page.click("section:has(#training) summary")
    page.fill("#course", "อบรม SC-Operator")
    page.fill("#trained_on", "2022-09-07")
    page.click("section:has(#training) form button")
    expect(page.locator("section:has(#training) [role=status]")).to_be_visible()
    page.check("#check-care")
    page.click("section:has(#qualifications) form button")
    expect(page.locator("#check-care")).to_be_checked()
    page.click("section:has(#facts) summary")
    check(page, f"{shot}-person")


def appointed(page: Page, address: str, other: Viewer, shot: str) -> None:
    """The head enters the order of the committee: the new person chairs it."""
    page.goto(f"{address}/desk/committees/{PROVINCE}")
    page.fill("#order", "12/2569")
    page.fill("#appointed", "2026-11-01")
    page.fill("#ends", "2026-12-10")
    page.select_option(f"#part-{_new()}", "chair")
    page.select_option(f"#part-{other.staff_id}", "secretary")
    page.click("section:has(#next) button.primary")
    expect(page.locator("section:has(#now)")).to_contain_text(NAME)
    check(page, f"{shot}-committee")
    page.goto(f"{address}/desk/committees")
    check(page, f"{shot}-committees")


def handed_over(page: Page, address: str, boss: Viewer, other: Viewer, shot: str) -> None:
    """The form of a hand-over has the committee chosen already, and it goes through."""
    made = taken_case(boss)
    page.goto(f"{address}/desk/cases/{made.reference}")
    page.click("details:has(#committee-reason) > summary >> nth=0")
    page.click("details.kind:has(#committee-reason) > summary")
    expect(page.locator(f"#chair-{_new()}")).to_be_checked()
    expect(page.locator(f"#member-{other.staff_id}")).to_be_checked()
    check(page, f"{shot}-hand-over")
    page.fill("#committee-reason", "ต้องทำหลายฝ่าย")
    page.click("details.kind:has(#committee-reason) form > button")
    expect(page.locator("main")).to_contain_text(NAME)


def _new() -> int:
    with reading() as session:
        return int(session.query(Staff.id).where(Staff.email == "new@example.org").scalar())


@BOTH_WAYS
def test_a_file_is_shown_before_it_is_applied(app: Flask, language: str, width: int) -> None:
    shot = f"files-{language}-{width}"
    admin = hired("ธิดา ทดสอบ", ("admin", "HQ"), language=language)
    with served(app) as address, chromium() as browser:
        page = signed_in(browser, address, token_of(admin), width)
        page.goto(f"{address}/desk/people/files")
        check(page, f"{shot}-form")
        _choose(page, FILE)
        expect(page.locator("section:has(#difference)")).to_contain_text("file@example.org")
        check(page, f"{shot}-difference")
        page.click("section:has(#difference) button.primary")
        expect(page.locator("[role=status]")).to_be_visible()
        _choose(page, FILE.replace("operator", "king"))
        expect(page.locator("section:has(#faults)")).to_be_visible()
        check(page, f"{shot}-faults")


def _choose(page: Page, content: str) -> None:
    file: Any = {"name": "people.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.set_input_files("#file", file)
    page.click("section:has(#import) button.primary")
