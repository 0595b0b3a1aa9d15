"""Calling, deciding, duty, office, home and password in Chromium: they work, and axe is silent."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from agents.sessions import open_session
from cases.access import Viewer
from cases.taking import acknowledge
from core import clock
from core.database import transaction
from tests.console.callback_people import attempt, ended, moved, operator, owed, undecided
from tests.console_cases.people import PASSWORD_HASH, opened_case
from tests.console_cases.screen import chromium, faults, overflow, picture, served, signed_in

pytestmark = pytest.mark.usefixtures("friday")

# Every page is looked at in all four ways by test_every_page.py.
BOTH_WAYS = pytest.mark.parametrize(("language", "width"), [("th", 390), ("en", 1280)])
WORDS = {
    "th": {"call": "โทรตอนนี้", "about": "โทรศัพท์ของคุณกำลังจะดัง", "reached": "ผล: ได้คุย"},
    "en": {"call": "Call now", "about": "about to ring", "reached": "Result: Reached"},
}
HEAD = (("head_operator", "ESA-9202"), ("operator", "ESA-9202"))


def opened(browser: Browser, address: str, viewer: Viewer, width: int) -> Page:
    """A browser in which the person is signed in."""
    with transaction() as session:
        token = open_session(
            session,
            viewer.staff_id,
            password_hash=PASSWORD_HASH,
            device="Chromium",
            now=clock.now(),
        )
    return signed_in(browser, address, token, width)


def check(page: Page, name: str) -> None:
    """Nothing for axe to find, nothing beyond the side, a picture for people."""
    picture(page, name)
    assert faults(page) == [], name
    assert overflow(page) <= 0, name


@BOTH_WAYS
def test_a_callback_is_made_from_the_list_and_its_steps_appear_by_themselves(
    app: Flask, language: str, width: int
) -> None:
    words, shot = WORDS[language], f"callbacks-{language}-{width}"
    viewer = operator(*HEAD, language=language)
    with served(app) as address, chromium() as browser:
        page = opened(browser, address, viewer, width)
        page.goto(f"{address}/desk/callbacks")
        check(page, f"{shot}-empty")
        made = owed(keys_only=True, severity="emergency", tries=1, answers={"danger": True})
        attempt(made, outcome="no_answer", ended_at=clock.now())
        owed(severity="urgent", late_at=clock.now() - timedelta(minutes=3))
        owed(window_start="14:00", window_end="16:00")
        undecided("number_in_directory")
        undecided("unanswered", consent=False, number=None)
        button = page.locator(f"#call-{made.id}")
        expect(button).to_be_visible(timeout=15_000)
        check(page, f"{shot}-list")
        button.press("Enter")
        expect(page.locator(".turn-what")).to_contain_text(words["about"])
        check(page, f"{shot}-about")
        attempt(made, 2, staff_id=viewer.staff_id)
        moved(made, "dialling_caller", wanted_staff_id=None)
        expect(page.locator(".steps .past")).to_have_count(1, timeout=10_000)
        check(page, f"{shot}-ringing")
        ended(made, 2, "reached")
        moved(made, "done")
        expect(page.locator(".turn-what")).to_have_text(words["reached"], timeout=10_000)
        expect(page.locator("#callback-news")).to_contain_text(words["reached"])
        check(page, f"{shot}-done")


@BOTH_WAYS
def test_the_other_pages_hold_at_every_width(app: Flask, language: str, width: int) -> None:
    viewer = operator(*HEAD, language=language)
    late = clock.now() - timedelta(days=30)
    for at in (late, clock.now()):
        mine = opened_case(at=at)
        with transaction() as session:
            acknowledge(session, mine.case_id, viewer=viewer, now=clock.now())
    opened_case(answers={"danger": True})
    owed()
    torn = undecided("window_open", window_start=None, window_end=None)
    with served(app) as address, chromium() as browser:
        page = opened(browser, address, viewer, width)
        for name, path in (
            ("decision", f"/callbacks/{torn.id}/decision"),
            ("office", "/office"),
            ("password", "/password"),
            ("home", "/"),
        ):
            page.goto(f"{address}/desk{path}")
            check(page, f"{name}-{language}-{width}")
