"""Lock-outs that tell nothing, passwords of every kind (reliability.md B53, B54).

There are no one-time codes: nobody signs in with one.
"""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from agents.models import Staff
from agents.sessions import limits
from core.database import transaction
from tests.console.people import PASSWORD, Browser, made_person

Browsers = Callable[..., Browser]
TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')
WRONG = "a wrong password"
KNOWN, GONE, NOBODY, MUTE = (f"{name}@example.org" for name in ("known", "leftt", "never", "empty"))


@pytest.fixture
def everybody(runtime: object) -> None:
    """Somebody who works here, somebody who left, and somebody who never got a password."""
    made_person(KNOWN)
    made_person(GONE)
    made_person(MUTE, password=None)
    with transaction() as session:
        session.execute(update(Staff).where(Staff.email == GONE).values(active=False))


def told(answer: TestResponse, email: str) -> tuple[int, str, list[str]]:
    """All that a visitor learns, without the address that was typed and the token of the form."""
    text = TOKEN.sub("", answer.text).replace(email, "E-MAIL")
    return answer.status_code, text, sorted(name for name, _ in answer.headers)


def refusals(visitor: Browser, email: str) -> list[tuple[int, str, list[str]]]:
    """The answers to one try more than are allowed, the last one with the right password."""
    most = limits().account_tries
    wrong = [told(visitor.sign_in(email, WRONG), email) for _ in range(most)]
    return [*wrong, told(visitor.sign_in(email, PASSWORD), email)]


@pytest.mark.usefixtures("everybody")
def test_from_the_first_try_to_the_rest_nobody_learns_who_exists(browser: Browsers) -> None:
    """B53: the same words, headers and order for known, gone, never known, no password."""
    found = {
        email: refusals(browser(address=f"198.51.100.{number}"), email)
        for number, email in enumerate((KNOWN, GONE, NOBODY, MUTE))
    }
    assert [one[0] for one in found[KNOWN]] == [401] * limits().account_tries + [429]
    assert found[KNOWN] == found[GONE] == found[NOBODY] == found[MUTE]


SPELLINGS = (
    "KNOWN@example.org",
    " known@example.org",
    "Known@Example.ORG\u3000",
    "known@example.org\t",
)


@pytest.mark.usefixtures("everybody")
def test_another_spelling_of_the_same_address_is_no_new_try(browser: Browsers) -> None:
    visitor = browser()
    for number in range(limits().account_tries):
        visitor.sign_in(SPELLINGS[number % len(SPELLINGS)], WRONG)
    assert visitor.sign_in(KNOWN).status_code == 429


@pytest.mark.usefixtures("everybody")
@pytest.mark.parametrize(
    "email",
    [
        f"{KNOWN}\0",
        f"\0{KNOWN}",
        KNOWN.replace("k", "\u212a").upper() + "\u200b",
        f"{KNOWN},{KNOWN}",
        "%@example.org",
        "know_@example.org",
        "' OR email LIKE 'known%",
    ],
)
def test_an_address_that_only_resembles_somebodys_opens_nothing(
    browser: Browsers, email: str
) -> None:
    """B44, B45: the right password and nearly the right address."""
    visitor = browser()
    assert visitor.sign_in(email).status_code == 401
    assert not visitor.is_signed_in()


@pytest.mark.usefixtures("everybody")
def test_a_forged_proxy_header_gives_no_new_tries(browser: Browsers) -> None:
    visitor = browser()
    for number in range(limits().account_tries + 1):
        visitor.forwarded = f"203.0.113.{number}"
        answer = visitor.sign_in(KNOWN, WRONG)
    assert answer.status_code == 429


ODD = (
    "ก" * 8 + "\0",
    "\0" * 8,
    "👩‍👧" * 8,
    "' OR 1=1 --",
    "{{7*7}}%s{0}",
    " " * 8,
    "\x1b[31m\x7f\x85\u202e12",
)


@pytest.mark.parametrize("new", ODD)
def test_a_password_of_odd_characters_holds_to_the_last_one(browser: Browsers, new: str) -> None:
    """B54: nothing is cut off at a NUL or a space, nothing stands for something else."""
    made_person()
    mali = browser()
    mali.sign_in()
    mali.get("/password")
    answer = mali.post("/password", current=PASSWORD, new=new, again=new)
    assert answer.status_code == 303
    shorter = (new.rstrip("\0 "), new[:-1], new + "\0", new + " ", new.replace("\0", ""))
    for wrong in {one for one in shorter if one != new}:
        assert browser().sign_in(password=wrong).status_code == 401
    assert browser().sign_in(password=new).status_code == 303


@pytest.mark.parametrize("new", ["", "x", "ก" * 7, "👩‍👧", "x" * 1025, "ก" * 10_000, "\0"])
def test_a_password_of_the_wrong_length_changes_nothing(browser: Browsers, new: str) -> None:
    made_person()
    mali = browser()
    mali.sign_in()
    mali.get("/password")
    answer = mali.post("/password", current=PASSWORD, new=new, again=new)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert not new or new * 2 not in answer.text
    assert browser().sign_in().status_code == 303
