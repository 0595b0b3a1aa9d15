"""A sign-in is a row: it is made anew, runs out, can be seen and ended, and follows the person."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, event, select, update

from agents.models import Staff, StaffRole, StaffSession
from agents.sessions import limits
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime
from tests.console.people import PASSWORD, Browser, cheap_hash, made_person
from webapp.console.guard import SIGNED_IN, action

Browsers = Callable[..., Browser]
BOTH = pytest.mark.backends("postgresql", "sqlite")
CHROME = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"


def signed_in(browser: Browser, email: str = "mali@example.org") -> Browser:
    """The same browser behind the sign-in."""
    assert browser.sign_in(email).status_code == 303
    assert browser.is_signed_in()
    return browser


def cookie_headers(lines: Iterable[str], name: str) -> set[str]:
    """The attributes of the cookie that an answer sets."""
    [line] = [one for one in lines if one.startswith(f"{name}=")]
    return {part.strip() for part in line.split(";")[1:]}


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(browser: Browsers) -> None:
    made_person()
    answer = browser().sign_in()
    set_by = answer.headers.getlist("Set-Cookie")
    assert cookie_headers(set_by, "desk-session") == {"HttpOnly", "Path=/", "SameSite=Lax"}


def test_behind_https_the_cookie_belongs_to_the_host_alone(
    https_runtime: Runtime, browser: Browsers
) -> None:
    made_person()
    visitor = browser(base="https://desk.example.org")
    answer = visitor.sign_in()
    set_by = answer.headers.getlist("Set-Cookie")
    told = {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    assert cookie_headers(set_by, "__Host-desk-session") == told
    assert visitor.is_signed_in()


def test_behind_a_proxy_tries_are_counted_by_the_address_that_it_saw(
    https_runtime: Runtime, browser: Browsers
) -> None:
    """What stands before the last comma is the visitor's own word."""
    made_person()
    own_words = ["198.51.100.1, 203.0.113.5", "198.51.100.2,203.0.113.5", "203.0.113.5"]
    for number in range(limits().address_tries):
        visitor = browser(base="https://desk.example.org")
        visitor.forwarded = own_words[number % 3]
        assert visitor.sign_in(f"{number}@example.org").status_code == 401
    last = browser(base="https://desk.example.org")
    last.forwarded = "203.0.113.5"
    assert last.sign_in().status_code == 429
    last.forwarded = "203.0.113.5, 198.51.100.3"
    assert last.sign_in().status_code == 303


@BOTH
def test_each_sign_in_makes_a_new_session_and_ends_the_one_before(browser: Browsers) -> None:
    """Session fixation: a token that was there before is never the one that holds after."""
    made_person()
    visitor = browser()
    visitor.hold("desk-session", "planted-by-somebody-else")
    signed_in(visitor)
    first = visitor.cookie("desk-session")
    assert first != "planted-by-somebody-else"
    visitor.get("/")
    answer = visitor.post("/sign-in", email="mali@example.org", password=PASSWORD)
    assert answer.status_code == 303
    second = visitor.cookie("desk-session")
    assert second not in (first, None)
    stale = browser()
    stale.hold("desk-session", str(first))
    assert not stale.is_signed_in()


def test_signing_out_ends_the_session_itself(browser: Browsers) -> None:
    made_person()
    visitor = signed_in(browser())
    token = str(visitor.cookie("desk-session"))
    assert visitor.post("/sign-out").headers["Location"] == "/desk/sign-in"
    assert visitor.cookie("desk-session") is None
    thief = browser()
    thief.hold("desk-session", token)
    assert not thief.is_signed_in()


def moved(moment: datetime) -> "time_machine.travel":
    """The clock at another moment, which stands still."""
    return time_machine.travel(moment, tick=False)


@BOTH
def test_a_session_that_is_not_used_runs_out(browser: Browsers) -> None:
    made_person()
    start = clock.now()
    with moved(start):
        visitor = signed_in(browser())
    with moved(start + limits().idle - timedelta(seconds=1)):
        assert visitor.is_signed_in()
    with moved(start + 2 * limits().idle - timedelta(seconds=2)):
        assert visitor.is_signed_in()
    with moved(start + 3 * limits().idle):
        assert not visitor.is_signed_in()


@BOTH
def test_a_page_opens_though_its_session_cannot_be_renewed(
    browser: Browsers, runtime: Runtime
) -> None:
    """Somebody else holds the row, on SQLite the whole file: that must cost nobody their page."""
    made_person()
    visitor = signed_in(browser())
    with (
        runtime.engine.execution_options(immediate=True).begin() as other,
        moved(clock.now() + limits().idle / 2),
    ):
        other.execute(update(StaffSession).values(device="held"))
        assert visitor.is_signed_in()


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(browser: Browsers) -> None:
    """An open list looks for news every few seconds; the person may have left long ago."""
    made_person()
    start = clock.now()
    with moved(start):
        visitor = signed_in(browser())
        visitor.app.view_functions["desk.my_sessions"] = news
    with moved(start + limits().idle - timedelta(seconds=1)):
        assert visitor.get("/sessions").text == "no news"
    with moved(start + limits().idle):
        assert not visitor.is_signed_in()


@action(SIGNED_IN, renews=False)
def news() -> str:
    """A part of a page that the page itself asks for."""
    return "no news"


@BOTH
def test_a_session_ends_with_the_day_however_busy_it_is(browser: Browsers) -> None:
    made_person()
    start = moment = clock.now()
    with moved(start):
        visitor = signed_in(browser())
    while (moment := moment + limits().idle / 2) < start + limits().longest:
        with moved(moment):
            assert visitor.is_signed_in()
    with moved(start + limits().longest):
        assert not visitor.is_signed_in()


def test_a_person_sees_the_own_sessions_and_ends_one(browser: Browsers) -> None:
    made_person()
    made_person("other@example.org")
    stranger = signed_in(browser(), "other@example.org")
    phone, desk = browser(), signed_in(browser())
    phone.client.environ_base["HTTP_USER_AGENT"] = CHROME
    signed_in(phone)
    listed = desk.get("/sessions").text
    assert "Chrome, Android" in listed
    assert listed.count('/end"') == 1
    ids = {mali: session_id for session_id, mali in session_ids()}
    assert desk.post(f"/sessions/{max(ids.values())}/end").status_code == 303
    assert (phone.is_signed_in(), desk.is_signed_in()) == (False, True)
    assert stranger.is_signed_in()


def session_ids() -> list[tuple[int, int]]:
    """Session and staff ids of all sessions, in the order they were opened."""
    with reading() as session:
        rows = session.execute(
            select(StaffSession.id, StaffSession.staff_id).order_by(StaffSession.id)
        )
        return [(one, two) for one, two in rows]


def test_ending_all_others_keeps_this_one(browser: Browsers) -> None:
    made_person()
    others = [signed_in(browser()) for _ in range(2)]
    here = signed_in(browser())
    here.get("/sessions")
    assert here.post("/sessions/end-others").status_code == 303
    assert [one.is_signed_in() for one in (*others, here)] == [False, False, True]


@pytest.mark.parametrize("number", ["strange", "unknown"])
def test_a_session_of_somebody_else_looks_like_none(browser: Browsers, number: str) -> None:
    made_person()
    made_person("other@example.org")
    stranger = signed_in(browser(), "other@example.org")
    [(strange, _)] = session_ids()
    here = signed_in(browser())
    here.get("/sessions")
    chosen = strange if number == "strange" else 999_999
    assert here.post(f"/sessions/{chosen}/end").status_code == 404
    assert stranger.is_signed_in()


@BOTH
def test_a_disabled_person_is_out_at_the_next_request(browser: Browsers) -> None:
    staff_id = made_person()
    visitor = signed_in(browser())
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == staff_id).values(active=False))
    assert not visitor.is_signed_in()
    assert visitor.sign_in().status_code == 401


def test_a_new_password_ends_the_sessions_of_the_old_one(browser: Browsers) -> None:
    staff_id = made_person()
    visitor = signed_in(browser())
    changed = update(Staff).where(Staff.id == staff_id)
    with transaction() as session:
        session.execute(changed.values(password_hash=cheap_hash("quite another password")))
    assert not visitor.is_signed_in()


def test_a_role_that_is_taken_or_given_holds_at_the_next_request(browser: Browsers) -> None:
    staff_id = made_person()
    visitor = signed_in(browser())
    assert "ESA-9202" in visitor.get("/").text
    with transaction() as session:
        session.execute(delete(StaffRole).where(StaffRole.staff_id == staff_id))
    without = visitor.get("/").text
    assert "ESA-9202" not in without
    assert "คุณยังไม่มีบทบาท" in without
    made_person(role="head_operator", office="OBEC", password=None)
    assert "OBEC" in visitor.get("/").text


def test_a_page_costs_few_looks_at_the_database(runtime: Runtime, browser: Browsers) -> None:
    """Session with person and roles, what is shown, the menu's counts; nothing is written.

    For the counts two: the tree of offices, and one for all of them. The schools below an office
    are known from the page before (docs/decisions/0030).
    """
    made_person()
    made_person(role="head_operator", office="OBEC", password=None)
    visitor = signed_in(browser())
    visitor.get("/sessions")
    said: list[str] = []
    event.listen(runtime.engine, "before_cursor_execute", lambda *told: said.append(str(told[2])))
    assert visitor.get("/sessions").status_code == 200
    assert [one.split()[0] for one in said] == ["SELECT"] * 3 + ["WITH"]
