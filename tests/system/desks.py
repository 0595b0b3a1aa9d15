"""People at their desks in Chromium, before the whole running service."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from re import Pattern

from playwright.sync_api import Browser, Locator, Page, Response

from tests.console_cases.screen import chromium
from tests.support.stack import Stack

DESK_WIDTH, PHONE_WIDTH = 1280, 390
WITHIN_MS = 20_000


class Desk:
    """One person, signed in with a browser of their own."""

    def __init__(self, browser: Browser, address: str, width: int) -> None:
        self._address = address
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="th-TH")
        context.set_default_timeout(WITHIN_MS)
        self.page: Page = context.new_page()

    def sign_in(self, person: str, password: str) -> None:
        """Sign in with the form."""
        self.open("/sign-in")
        self.page.fill("#email", f"{person}@practice.example")
        self.page.fill("#password", password)
        self.page.click("main button")
        self.page.wait_for_url(f"{self._address}/")

    def open(self, path: str) -> Response:
        """Go to a page of the console."""
        answer = self.page.goto(f"{self._address}{path}")
        assert answer is not None
        return answer

    def status(self, path: str) -> int:
        """What an address answers to this person."""
        return self.page.request.get(f"{self._address}{path}").status

    def press(self, action: str, **filled: str) -> None:
        """Fill the form that goes to this address, by the names of its fields, and send it."""
        form = self.form(action)
        for name, value in filled.items():
            form.locator(f"[name={name}]").fill(value)
        form.locator("button").last.click()
        self.page.wait_for_load_state()

    def form(self, action: str, kind: str = "") -> Locator:
        """The form that goes to an address ending like this; what is folded around it is opened.

        Of several the one with this kind of hand-over.
        """
        has = f":has([name=kind][value={kind}])" if kind else ""
        form = self.page.locator(f"form[action$='{action}']{has}").first
        form.evaluate("one => { for (let at = one; at; at = at.parentElement) at.open = true }")
        return form

    def sees(self, text: str | Pattern[str]) -> None:
        """Wait until the page shows this."""
        self.page.get_by_text(text).first.wait_for()

    def shows(self, selector: str) -> None:
        """Wait until the page has this, by itself or because it was loaded."""
        self.page.locator(selector).first.wait_for()

    def has(self, selector: str) -> bool:
        """Whether the page has this now."""
        return self.page.locator(selector).count() > 0


@contextmanager
def desks(stack: Stack) -> Iterator["Desks"]:
    """A browser for any number of people."""
    with chromium() as browser:
        yield Desks(browser, stack)


class Desks:
    """Seats people."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        self._browser = browser
        self._address = stack.url("/desk")
        self._password = _password(stack)

    def seat(self, person: str, width: int = DESK_WIDTH) -> Desk:
        """Sign a practice person in; the name is what stands before the @."""
        desk = Desk(self._browser, self._address, width)
        desk.sign_in(person, self._password)
        return desk


@cache
def _password(stack: Stack) -> str:
    first = stack.command("practice", "sign-ins").strip().splitlines()[0]
    return first.removesuffix(" as:").split()[-1]
