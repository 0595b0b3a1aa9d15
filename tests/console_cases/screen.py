"""A real browser before a real web server: Chromium, the console, axe."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from core.processes import ROOT
from webapp.console import cookies

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# None of these rules reads the style sheets themselves, which axe would load all over again.
OPTIONS = {
    "runOnly": {"type": "tag", "values": RULES},
    "resultTypes": ["violations"],
    "preload": {"assets": ["media"]},
}
# What passes stays in the page: to hand it over costs more than to look.
LOOK = """async options => (await axe.run(document, options)).violations.flatMap(
  one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 120)}`))"""
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
# Where pictures are kept for people to look at; nowhere unless it is asked for.
SHOTS = os.environ.get("DESK_SHOTS")


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the application on a free port; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium of this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def signed_in(browser: Browser, address: str, token: str, width: int) -> Page:
    """A page of its own in which a person is signed in."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_cookies([{"name": cookies.SESSION, "value": token, "url": address}])
    return context.new_page()


def faults(page: Page) -> list[str]:
    """What axe finds wrong on a page, with the place."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(LOOK, OPTIONS)
    return found


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def size(page: Page) -> int:
    """How many characters the page is long."""
    return int(page.evaluate("document.documentElement.outerHTML.length"))


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for one."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
