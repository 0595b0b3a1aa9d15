"""A supervisor gives a number the short greeting and takes it back, in Chromium."""

import pytest
from flask import Flask

from tests.console.limit_people import frequent
from tests.console_cases.people import hired, token_of
from tests.console_cases.screen import chromium, faults, overflow, picture, served, signed_in

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize(("language", "width"), [("th", 390), ("en", 1280)])
def test_a_number_is_greeted_shortly_and_lifted(app: Flask, language: str, width: int) -> None:
    frequent("+66810000055")
    boss = hired("มานี ทดสอบ", ("supervisor", "HQ"), language=language)
    with served(app) as address, chromium() as browser:
        page = signed_in(browser, address, token_of(boss), width)
        page.goto(f"{address}/desk/limits")
        page.click("details summary >> nth=-1")
        page.fill("input[name=reason]", "โทรเล่นซ้ำ ๆ")
        assert (faults(page), max(overflow(page), 0)) == ([], 0)
        picture(page, f"limits-open-{language}-{width}")
        page.click("details[open] form button")
        page.wait_for_selector(".message.good")
        assert "โทรเล่นซ้ำ ๆ" in page.inner_text("main")
        assert (faults(page), max(overflow(page), 0)) == ([], 0)
        picture(page, f"limits-held-{language}-{width}")
        page.click("form[action$='/lift'] button")
        page.wait_for_selector(".message.good")
        assert "โทรเล่นซ้ำ ๆ" not in page.inner_text("main")
