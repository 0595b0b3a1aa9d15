"""The practice phone of the console: every prepared caller, and a call made by hand."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.console_cases.screen import chromium, faults, overflow, picture
from tests.support.stack import Stack
from tests.system.desks import DESK_WIDTH, PHONE_WIDTH, Desk, Desks
from tests.system.outcome import look
from webapp.practice_callers import callers

pytestmark = pytest.mark.timeout(300)
# Where the prepared callers' reports go; None where the desk of the hotline has to choose.
OFFICES = {
    "pupil": "ESA-9202",
    "silent-child": "HQ",
    "mother-at-night": "SESA-22",
    "teacher": "ESA-4001",
    "prank": "HQ",
    "follow-up": "ESA-9202",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def seats(stack: Stack, browser: Browser) -> Iterator[Desks]:
    yield Desks(browser, stack)
    for context in browser.contexts:
        context.close()


def seated(seats: Desks, language: str, width: int) -> Desk:
    """Somebody who practises, in this language."""
    desk = seats.seat("trang.two", width)
    # A person's language is kept: another test may have left the other one.
    desk.page.wait_for_load_state()
    if desk.page.locator("html").get_attribute("lang") != language:
        desk.page.locator(f"button[lang={language}]").click()
        desk.page.locator(f"html[lang={language}]").wait_for(state="attached")
    desk.open("/phone")
    return desk


def is_fine(desk: Desk, name: str) -> None:
    picture(desk.page, name)
    assert faults(desk.page) == []
    assert overflow(desk.page) <= 0


def place_of_a_key(desk: Desk) -> float:
    place = "key => key.getBoundingClientRect().top + window.scrollY"
    return float(desk.page.locator("[data-key='5']").evaluate(place))


@pytest.mark.parametrize(("language", "width"), [("th", PHONE_WIDTH), ("en", DESK_WIDTH)])
def test_every_prepared_caller_phones_and_the_page_shows_what_came_of_it(
    seats: Desks, language: str, width: int
) -> None:
    desk = seated(seats, language, width)
    is_fine(desk, f"phone-{language}-{width}")
    assert set(OFFICES) == set(callers())
    for name, office in OFFICES.items():
        desk.open("/phone")
        desk.page.locator(f"#caller-{name} button[value=script]").click()
        desk.shows("[data-doing=over]")
        came_of_it = desk.page.locator("#so-far .turn").inner_text()
        assert office in came_of_it, name
        is_fine(desk, f"phone-{name}-{language}-{width}")


def test_a_report_is_made_key_by_key_and_its_turns_are_shown(stack: Stack, seats: Desks) -> None:
    desk = seated(seats, "th", PHONE_WIDTH)
    desk.page.locator("#caller-teacher button[value=hand]").click()
    desk.shows("[data-line]")
    began_at = place_of_a_key(desk)
    for number, key in enumerate("222", start=1):
        desk.page.locator(f"[data-key='{key}']").click()
        desk.page.locator(f".talk li:has-text('กด {key}')").nth(number - 1).wait_for()
    # The keyboard is a keypad as well.
    desk.page.keyboard.press("3")
    desk.sees("กด 3")
    # However much was said: keys that move are pressed wrongly.
    assert place_of_a_key(desk) == began_at
    assert desk.page.locator(".wire li").count() >= 5
    desk.page.locator(".wire summary").nth(1).click()
    desk.page.locator(".wire pre", has_text="<Gather").nth(1).wait_for()
    desk.page.locator("[data-hang-up]").click()
    desk.shows("[data-doing=over]")
    assert not desk.page.locator("[data-failed]").is_visible()
    desk.page.locator("[data-key='5']").click()
    desk.page.locator("[data-failed]").wait_for()
    [sid] = {ring["sid"] for ring in stack.practice("/practice/calls") if not ring["parent_sid"]}
    found = look(stack, sid)
    assert (found.call["ended_by"], found.case["hazard_type"]) == ("caller", "A2")
    assert found.case["reference"] in desk.page.locator("#so-far .turn").inner_text()


def test_the_command_plays_a_prepared_caller_with_what_was_told_before(stack: Stack) -> None:
    told = stack.command("phone", "call", "--scenario", "follow-up", "--lang", "en")
    assert told.startswith("The first boy phones again")
    assert "presses 1357" in told
    # The addition is in the case of the call before: one case, two calls.
    [calls] = re.findall(r"^Calls +(.+)$", told, re.MULTILINE)
    assert len(calls.split()) == 2


def begun_by_hand(stack: Stack, desk: Desk) -> tuple[str, str]:
    """The address of a call without a script, and the token of its forms."""
    token = re.findall(r'name="csrf_token" value="([^"]+)"', desk.page.content())[-1]
    address = stack.url("/desk/phone/calls")
    began = desk.page.request.post(address, form={"csrf_token": token, "caller": ""})
    assert "data-handset" in began.text()
    return began.url, token


def test_a_call_goes_on_without_javascript(stack: Stack, seats: Desks) -> None:
    desk = seated(seats, "th", DESK_WIDTH)
    call, token = begun_by_hand(stack, desk)
    pressed = desk.page.request.post(f"{call}/act", form={"csrf_token": token, "hang_up": "1"})
    assert pressed.ok
    assert stack.wait_for(
        lambda: 'data-doing="over"' in desk.page.request.get(pressed.url).text(), 10
    )


def test_a_page_that_shows_all_of_the_call_is_sent_nothing(stack: Stack, seats: Desks) -> None:
    desk = seated(seats, "th", DESK_WIDTH)
    call, token = begun_by_hand(stack, desk)

    def look(seen: str) -> tuple[int, str]:
        answer = desk.page.request.get(f"{call}/so-far", params={"seen": seen})
        return answer.status, "".join(re.findall(r'name="seen" value="([^"]+)"', answer.text()))

    assert stack.wait_for(lambda: look(look("")[1]) == (204, ""), 10)
    last = look("")[1]
    desk.page.request.post(f"{call}/act", form={"csrf_token": token, "hang_up": "1"})
    # What ends the looking is always sent.
    assert stack.wait_for(lambda: look(last)[0] == 286, 10)
    assert look(look("")[1])[0] == 286
