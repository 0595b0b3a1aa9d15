"""Changing one's own password: the current one is asked and counted, other sign-ins end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import select

from agents import accounts
from agents.models import Staff
from agents.sessions import limits
from core.database import reading
from core.runtime import Runtime
from tests.console.people import PASSWORD, Browser, made_person
from tests.console.test_sign_in import all_places_taken

Browsers = Callable[..., Browser]
BOTH = pytest.mark.backends("postgresql", "sqlite")
NEW = "ประโยคใหม่ที่จำง่าย 🙂"


@pytest.fixture
def mali(browser: Browsers) -> Browser:
    """Somebody who is signed in and has the form before them."""
    made_person()
    visitor = browser()
    visitor.sign_in()
    visitor.get("/password")
    return visitor


def changed(visitor: Browser, current: str = PASSWORD, new: str = NEW, again: str = NEW) -> int:
    answer = visitor.post("/password", current=current, new=new, again=again)
    for secret in (current, new, again):
        assert len(secret) < 8 or secret not in answer.text
    return answer.status_code


@BOTH
def test_the_new_password_holds_and_the_old_one_does_not(mali: Browser, browser: Browsers) -> None:
    assert changed(mali) == 303
    assert "เปลี่ยนรหัสผ่านแล้ว" in mali.get("/password?changed=yes").text
    assert browser().sign_in(password=PASSWORD).status_code == 401
    assert browser().sign_in(password=NEW).status_code == 303


@BOTH
def test_all_other_sign_ins_end_and_this_one_goes_on(mali: Browser, browser: Browsers) -> None:
    other = browser()
    other.sign_in()
    assert other.is_signed_in()
    assert changed(mali) == 303
    assert (mali.is_signed_in(), other.is_signed_in()) == (True, False)
    assert 'id="device-' in mali.get("/sessions").text
    assert mali.get("/sessions").text.count("/end") == 0


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"new": "short", "again": "short"}, "สั้นเกินไป"),
        ({"new": "", "again": ""}, "สั้นเกินไป"),
        ({"new": "x" * 1025, "again": "x" * 1025}, "ยาวเกินไป"),
        ({"new": " MALI@example.org ", "again": " MALI@example.org "}, "ไม่ใช่อีเมล"),
        ({"again": "something quite different"}, "ไม่ตรงกัน"),
        ({"current": "a wrong password"}, "รหัสผ่านปัจจุบันไม่ถูกต้อง"),
        ({"current": ""}, "รหัสผ่านปัจจุบันไม่ถูกต้อง"),
        ({"current": PASSWORD + "\0"}, "รหัสผ่านปัจจุบันไม่ถูกต้อง"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_changes(
    mali: Browser, browser: Browsers, form: dict[str, str], said: str
) -> None:
    fields = {"current": PASSWORD, "new": NEW, "again": NEW} | form
    answer = mali.post("/password", **fields)
    assert answer.status_code == 400
    assert said in answer.text
    assert answer.text.count('aria-invalid="true"') == 1
    assert browser().sign_in().status_code == 303


@pytest.mark.parametrize("length", [8, 1024])
def test_the_shortest_and_the_longest_password_work(
    mali: Browser, browser: Browsers, length: int
) -> None:
    new = "ก" * length
    assert changed(mali, new=new, again=new) == 303
    assert browser().sign_in(password=new).status_code == 303


@BOTH
def test_wrong_tries_are_counted_like_those_of_sign_in(mali: Browser, browser: Browsers) -> None:
    tries = [changed(mali, current="a wrong password") for _ in range(limits().account_tries)]
    assert set(tries) == {400}
    assert changed(mali) == 429
    assert mali.is_signed_in()
    assert browser(address="198.51.100.9").sign_in().status_code == 429


def test_a_new_password_that_breaks_the_rules_costs_no_try(mali: Browser) -> None:
    for _ in range(limits().account_tries + 2):
        assert changed(mali, new="short", again="short") == 400
    assert changed(mali) == 303


def test_while_many_sign_in_the_change_waits(mali: Browser) -> None:
    with all_places_taken():
        assert changed(mali) == 503
    assert changed(mali) == 303


def test_nothing_is_held_in_the_database_while_a_password_is_looked_at(
    mali: Browser, runtime: Runtime
) -> None:
    """Slow work between two short transactions: nobody waits for a row meanwhile."""
    glance = Event()
    with ThreadPoolExecutor(1) as apart:
        with accounts._checking:
            answer = apart.submit(changed, mali)
            while accounts._places._value == accounts.MOST_AT_ONCE:
                glance.wait(0.005)
            assert runtime.engine.pool.checkedout() == 0
        assert answer.result() == 303


def test_the_new_hash_is_as_strong_as_every_other(mali: Browser) -> None:
    assert changed(mali) == 303
    with reading() as session:
        kept = session.scalars(select(Staff.password_hash)).one()
    assert str(kept).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_nobody_changes_anything_without_signing_in(browser: Browsers) -> None:
    made_person()
    visitor = browser()
    visitor.get("/sign-in")
    assert changed(visitor) == 401
    assert visitor.sign_in().status_code == 303
