"""The live list in Chromium: by stream, by asking where there is none, and after a sign-out."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from agents.models import StaffSession
from core import clock
from core.database import transaction
from core.runtime import Runtime
from tests.console.streams import served
from tests.console_cases.people import hired, opened_case, token_of
from tests.console_cases.screen import chromium, signed_in
from webapp import doors
from webapp.console import live
from webapp.console.watching import Watch

OFFICE = "ESA-9202"
PATIENCE_MS = 60_000


def web_app(runtime: Runtime, most: int) -> Flask:
    """The console of a process that answers no telephone, with so many places."""
    made = Flask("live-test", static_folder=None)
    made.secret_key = runtime.settings.secret_key
    doors.register(made, "web")
    pace = live.Pace(most=most, heartbeat_s=0.5)
    made.extensions[live.STREAMS] = live.Streams(pace, Watch(every_s=0.1))
    return made


def asks_every(page: Page, pause: str) -> None:
    """By how the list says it, the page asks that often."""
    shown = page.locator("#live")
    expect(shown).to_have_attribute("hx-trigger", f"every {pause}", timeout=PATIENCE_MS)


@pytest.mark.parametrize(("most", "pause"), [(4, "30s"), (0, "5s")], ids=["stream", "no place"])
def test_a_case_comes_by_itself_and_a_sign_out_elsewhere_ends_the_page(
    runtime: Runtime, most: int, pause: str
) -> None:
    refused: list[str] = []
    viewer = hired("มะลิ ตัวอย่าง", ("operator", OFFICE))
    token = token_of(viewer)
    with served(web_app(runtime, most)) as address, chromium() as browser:
        page = signed_in(browser, address.removesuffix("/desk"), token, 1280)
        page.on("pageerror", lambda error: refused.append(str(error)))
        page.on(
            "console", lambda told: "Security Policy" in told.text and refused.append(told.text)
        )
        page.goto(f"{address}/cases")
        asks_every(page, pause)
        made = opened_case()
        expect(page.locator(f"#case-{made.reference}")).to_be_visible(timeout=PATIENCE_MS)
        asks_every(page, pause)
        with transaction() as session:
            session.execute(update(StaffSession).values(revoked_at=clock.now()))
        page.wait_for_url("**/desk/sign-in**", timeout=PATIENCE_MS)
    assert refused == []
