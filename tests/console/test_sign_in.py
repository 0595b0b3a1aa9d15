"""Only a right password opens the desk, and no refusal tells whose account exists."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from agents import accounts
from agents.models import Staff, StaffSession
from agents.sessions import limits
from core import clock
from core.database import reading, transaction
from tests.console.people import PASSWORD, Browser, made_person

Browsers = Callable[..., Browser]
BOTH = pytest.mark.backends("postgresql", "sqlite")
WRONG = "อีเมลหรือรหัสผ่านไม่ถูกต้อง"
RESTING = "ลองหลายครั้งเกินไป"


@BOTH
def test_a_right_password_opens_the_desk(browser: Browsers) -> None:
    made_person()
    mali = browser()
    answer = mali.sign_in()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/")
    home = mali.get("/")
    assert "โต๊ะทำงานของ มะลิ ตัวอย่าง" in home.text
    assert "ESA-9202" in home.text
    assert "SC-Operator" in home.text


def test_the_e_mail_may_be_written_in_capitals_and_with_spaces(browser: Browsers) -> None:
    made_person()
    assert browser().sign_in(" Mali@Example.ORG ").status_code == 303


def test_the_session_is_kept_as_a_hash_only(browser: Browsers) -> None:
    made_person()
    mali = browser()
    mali.sign_in()
    token = mali.cookie("desk-session")
    with reading() as session:
        row = session.scalars(select(StaffSession)).one()
    assert token
    assert token not in (row.token_hash, row.password_mark, row.device)
    assert len(row.token_hash) == 64


def refusals() -> list[tuple[str, str]]:
    """E-mail and password of tries that must fail."""
    return [
        ("mali@example.org", "a wrong password"),
        ("mali@example.org", ""),
        ("mali@example.org", "x"),
        ("mali@example.org", "x" * 10_000),
        ("mali@example.org", PASSWORD + "\0"),
        ("mali@example.org", "รหัสผ่านภาษาไทย 🙂"),
        ("nobody@example.org", PASSWORD),
        ("nobody@example.org", "x" * 10_000),
        ("not an address", PASSWORD),
        ("mali@example.org\0", PASSWORD),
        ("x" * 300 + "@example.org", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("", ""),
        ("gone@example.org", PASSWORD),
        ("passwordless@example.org", PASSWORD),
    ]


@pytest.mark.parametrize(("email", "password"), refusals())
def test_every_refusal_uses_the_same_words(browser: Browsers, email: str, password: str) -> None:
    """B54: one character, ten thousand, Unicode and NUL; accounts that are, were, never were."""
    made_person()
    made_person("passwordless@example.org", password=None)
    made_person("gone@example.org")
    with transaction() as session:
        session.execute(update(Staff).where(Staff.email.like("gone@%")).values(active=False))
    visitor = browser()
    answer = visitor.sign_in(email, password)
    assert answer.status_code == 401
    assert WRONG in answer.text
    if len(password) > 1:
        assert password not in answer.text
    assert visitor.cookie("desk-session") is None
    assert not visitor.is_signed_in()


def test_an_unknown_account_costs_the_same_kind_of_work() -> None:
    """The hash that stands in for nobody's asks for what our own hashes ask for."""
    ours = accounts.PasswordHasher()
    assert not ours.check_needs_rehash(accounts.NOBODYS_HASH)
    assert not accounts.password_fits(None, PASSWORD)


def tried(browser: Browser, email: str, times: int) -> list[int]:
    """The answers to wrong passwords."""
    return [browser.sign_in(email, "a wrong password").status_code for _ in range(times)]


@BOTH
@pytest.mark.parametrize("email", ["mali@example.org", "nobody@example.org"])
def test_after_some_wrong_passwords_an_account_rests_whether_anybody_has_it(
    browser: Browsers, email: str
) -> None:
    made_person()
    most = limits().account_tries
    assert tried(browser(), email, most + 1) == [401] * most + [429]
    from_elsewhere = browser(address="198.51.100.9")
    answer = from_elsewhere.sign_in(email)
    assert answer.status_code == 429
    assert RESTING in answer.text
    assert not from_elsewhere.is_signed_in()


@BOTH
def test_guesses_that_come_all_at_once_count_each(browser: Browsers) -> None:
    made_person()
    visitors = [browser(address=f"198.51.100.{number}") for number in range(16)]
    for visitor in visitors:
        visitor.get("/sign-in")

    def guess(visitor: Browser) -> int:
        answer = visitor.post("/sign-in", email="mali@example.org", password="a wrong password")
        return answer.status_code

    with ThreadPoolExecutor(len(visitors)) as together:
        answers = Counter(together.map(guess, visitors))
    assert answers[429] == len(visitors) - limits().account_tries
    assert answers[401] + answers[503] == limits().account_tries


def test_a_rested_account_opens_again(browser: Browsers) -> None:
    made_person()
    tried(browser(), "mali@example.org", limits().account_tries + 1)
    assert browser().sign_in().status_code == 429
    with time_machine.travel(clock.now() + limits().window):
        assert browser().sign_in().status_code == 303


def test_a_right_password_starts_the_count_again(browser: Browsers) -> None:
    made_person()
    for _ in range(3):
        visitor = browser()
        assert tried(visitor, "mali@example.org", limits().account_tries - 1)[-1] == 401
        assert visitor.sign_in().status_code == 303


def test_an_address_that_tries_many_accounts_rests(browser: Browsers) -> None:
    made_person()
    visitor = browser()
    with transaction() as session:
        for number in range(limits().address_tries):
            email = f"{number}@example.org"
            accounts.count_try(session, email, visitor.address, now=clock.now())
    assert visitor.sign_in().status_code == 429
    assert browser(address="198.51.100.9").sign_in().status_code == 303


@contextmanager
def all_places_taken() -> Iterator[None]:
    """As many passwords at once as are ever checked."""
    taken = 0
    try:
        while accounts._places.acquire(blocking=False):
            taken += 1
        yield
    finally:
        for _ in range(taken):
            accounts._places.release()


def test_a_flood_of_sign_ins_is_sent_away_and_holds_no_thread(browser: Browsers) -> None:
    made_person()
    visitor = browser()
    with all_places_taken():
        assert visitor.sign_in().status_code == 503
    assert visitor.sign_in().status_code == 303


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/desk/sessions?x=1", "/desk/sessions?x=1"),
        ("https://evil.example/desk/", "/desk/"),
        ("//evil.example/desk/", "/desk/"),
        ("/\\evil.example/desk/", "/desk/"),
        ("/desk/\r\nSet-Cookie: a=b", "/desk/"),
        ("/desks", "/desk/"),
        ("/api/v1/cases", "/desk/"),
        ("javascript:alert(1)", "/desk/"),
    ],
)
def test_after_sign_in_nobody_is_sent_to_a_stranger(
    browser: Browsers, wanted: str, led_to: str
) -> None:
    made_person()
    assert browser().sign_in(next=wanted).headers["Location"] == led_to


def test_who_asked_for_a_page_gets_it_after_sign_in(browser: Browsers) -> None:
    made_person()
    visitor = browser()
    asked = visitor.get("/sessions?a=b")
    assert asked.headers["Location"] == "/desk/sign-in?next=/desk/sessions?a%3Db"
    form = visitor.get("/sign-in?next=/desk/sessions?a%3Db")
    assert 'value="/desk/sessions?a=b"' in form.text


def test_the_bare_address_leads_to_the_desk(app: Flask) -> None:
    assert app.test_client().get("/").headers["Location"] == "/desk/"
