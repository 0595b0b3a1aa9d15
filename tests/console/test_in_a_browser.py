"""The first floor in Chromium, on a desk's screen and on a phone: it works, and axe is silent.

Pictures go to the folder in CONSOLE_PICTURES, when it is set.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from core.processes import ROOT
from tests.console.people import PASSWORD, made_person
from tests.console.people import Browser as Visitor

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = pytest.mark.parametrize("width", [1280, 390])
HEAVIEST_PAGE = 100_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of this file."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The console behind a real port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/desk"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium: Browser, address: str, width: int) -> Iterator[Page]:
    """A page of its own; what it complains about, or asks of strangers, fails the test."""
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, locale="th-TH", timezone_id="Asia/Bangkok"
    )
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "request", lambda one: one.url.startswith("http://127.0.0.1:") or complaints.append(one.url)
    )
    opened.on(
        "console",
        lambda told: told.type == "error" and _is_ours(told.text) and complaints.append(told.text),
    )
    yield opened
    context.close()
    assert complaints == []


def _is_ours(complaint: str) -> bool:
    # Chromium reports every answer of 400 and above, also those that a test asks for.
    return not complaint.startswith("Failed to load resource: the server responded with a status")


def looked_at(page: Page, name: str) -> None:
    """Axe finds nothing, nothing runs over the side, and the picture is kept for people."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "async tags => (await axe.run(document, {runOnly: tags})).violations"
        ".map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' '))",
        STANDARDS,
    )
    assert found == [], name
    beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(beyond) <= 0, name
    folder = os.environ.get("CONSOLE_PICTURES")
    if folder:
        width = page.viewport_size["width"] if page.viewport_size else 0
        language = page.locator("html").get_attribute("lang")
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}-{language}-{width}.png", full_page=True)


def fill_in(page: Page, password: str = PASSWORD) -> None:
    """Fill in the Thai sign-in page and send it."""
    page.get_by_label("อีเมล").fill("mali@example.org")
    page.get_by_label("รหัสผ่าน").fill(password)
    page.get_by_role("button", name="เข้าสู่ระบบ").click()


@SIZES
def test_a_person_signs_in_changes_the_language_and_signs_out(
    app: Flask, page: Page, address: str
) -> None:
    made_person()
    elsewhere = Visitor(app)
    elsewhere.sign_in()
    made_person(role="head_operator", office="OBEC", password=None)
    page.goto(f"{address}/")
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px Sarabun'))")
    looked_at(page, "sign-in")
    fill_in(page, "a wrong password")
    assert "ไม่ถูกต้อง" in page.get_by_role("alert").inner_text()
    looked_at(page, "sign-in-refused")
    fill_in(page)
    page.get_by_role("heading", name="โต๊ะทำงานของ มะลิ ตัวอย่าง").wait_for()
    looked_at(page, "home")
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Desk of มะลิ ตัวอย่าง").wait_for()
    looked_at(page, "home")
    page.get_by_role("link", name="Where you are signed in").click()
    page.get_by_role("heading", name="Where you are signed in").wait_for()
    looked_at(page, "sessions")
    page.get_by_role("button", name="ไทย").click()
    page.get_by_role("heading", name="อุปกรณ์ที่คุณเข้าสู่ระบบอยู่").wait_for()
    looked_at(page, "sessions")
    assert elsewhere.is_signed_in()
    page.get_by_role("button", name="สิ้นสุด", exact=True).click()
    page.get_by_role("button", name="สิ้นสุด", exact=True).wait_for(state="detached")
    assert not elsewhere.is_signed_in()
    page.get_by_role("button", name="ออกจากระบบ").click()
    page.get_by_role("button", name="เข้าสู่ระบบ").wait_for()
    page.go_back()
    page.goto(f"{address}/")
    page.get_by_role("button", name="เข้าสู่ระบบ").wait_for()


@SIZES
def test_errors_are_pages_too(page: Page, address: str) -> None:
    made_person(role="admin", office="HQ")
    page.goto(f"{address}/")
    fill_in(page)
    page.goto(f"{address}/nothing")
    page.get_by_role("heading", name="ไม่พบหน้านี้").wait_for()
    looked_at(page, "error-404")
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name="ออกจากระบบ").click()
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Sign in").wait_for()
    looked_at(page, "sign-in")


@SIZES
def test_everything_works_without_a_mouse(page: Page, address: str) -> None:
    """From the address bar to the desk by keys alone; the first stop leads past the menu."""
    made_person()
    page.goto(f"{address}/sign-in")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.get_by_label("อีเมล").focus()
    page.keyboard.type("mali@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="โต๊ะทำงานของ มะลิ ตัวอย่าง").wait_for()


@pytest.mark.parametrize("width", [390])
def test_a_page_with_all_its_files_is_light(page: Page, address: str) -> None:
    made_person()
    weights: list[int] = []
    page.on(
        "response", lambda answer: weights.append(int(answer.header_value("content-length") or 0))
    )
    page.goto(f"{address}/sign-in", wait_until="networkidle")
    assert len(weights) >= 4
    assert sum(weights) < HEAVIEST_PAGE
