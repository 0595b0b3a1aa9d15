"""Nobody passes the door with a password of others or without the undertaking of secrecy."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from agents.models import Staff
from agents.profile_models import StaffUndertaking
from agents.sessions import limits
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime
from tests.console.people import PASSWORD, Browser, made_person
from tests.console.test_guard import address, rules
from webapp.console.guard import OPEN_TO_ALL

Browsers = Callable[..., Browser]
OWN = "a password of my own"
BEFORE = {"/desk/undertaking", "/desk/password", "/desk/sign-out"}


def signatures() -> list[StaffUndertaking]:
    """Every signature there is."""
    with reading() as session:
        return list(session.scalars(select(StaffUndertaking)))


def given_password(staff_id: int, *, hours: float = 1) -> None:
    """Make the password one that somebody else has made."""
    until = clock.now() + timedelta(hours=hours)
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == staff_id).values(temporary_until=until))


def test_without_a_signature_every_page_leads_to_the_undertaking(
    app: Flask, browser: Browsers
) -> None:
    made_person(role="head_operator", has_signed=False)
    visitor = browser()
    visitor.sign_in()
    visitor.get("/undertaking")
    for rule, method, needed in rules(app):
        if needed == OPEN_TO_ALL or rule in BEFORE:
            continue
        answer = (visitor.get if method == "GET" else visitor.post)(address(rule))
        assert answer.status_code == 303, rule
        assert answer.headers["Location"] == "/desk/undertaking", rule
    assert signatures() == []


def test_the_page_shows_nothing_else_and_the_tick_opens_the_desk(browser: Browsers) -> None:
    staff_id = made_person(has_signed=False)
    visitor = browser()
    assert visitor.sign_in().headers["Location"] == "/desk/"
    html = visitor.get("/undertaking").text
    assert "<nav" not in html
    assert "มะลิ ตัวอย่าง" in html
    refused = visitor.post("/undertaking")
    assert refused.status_code == 400
    assert 'role="alert"' in refused.text
    assert visitor.post("/undertaking", agreed="yes").headers["Location"] == "/desk/"
    assert visitor.get("/").status_code == 200
    [signature] = signatures()
    assert (signature.staff_id, signature.way) == (staff_id, "screen")
    assert "คุณลงชื่อรับรองไว้เมื่อ" in visitor.get("/undertaking").text


def test_a_new_text_asks_again(browser: Browsers) -> None:
    staff_id = made_person()
    visitor = browser()
    visitor.sign_in()
    with transaction() as session:
        session.execute(update(Staff).where(Staff.id == staff_id).values(undertaking="2560-1"))
    assert visitor.get("/").headers["Location"] == "/desk/undertaking"


def test_a_part_of_a_page_reloads_the_whole(browser: Browsers) -> None:
    made_person(has_signed=False)
    visitor = browser()
    visitor.sign_in()
    answer = visitor.get("/cases/rows", **{"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (401, "true")


def test_a_given_password_is_changed_first_and_signs_nothing(browser: Browsers) -> None:
    """Whoever made the password could sign in the person's name with it."""
    given_password(made_person(has_signed=False))
    visitor = browser()
    visitor.sign_in()
    for path in ("/", "/undertaking", "/cases", "/nowhere"):
        assert visitor.get(path).headers["Location"] == "/desk/password"
    visitor.get("/password")
    assert visitor.post("/undertaking", agreed="yes").headers["Location"] == "/desk/password"
    same = visitor.post("/password", current=PASSWORD, new=PASSWORD, again=PASSWORD)
    assert same.status_code == 400
    changed = visitor.post("/password", current=PASSWORD, new=OWN, again=OWN)
    assert changed.headers["Location"] == "/desk/"
    assert visitor.get("/").headers["Location"] == "/desk/undertaking"
    assert signatures() == []


def test_a_given_password_fits_only_for_a_while(browser: Browsers) -> None:
    given_password(made_person(), hours=-0.01)
    visitor = browser()
    assert visitor.sign_in().status_code == 401
    assert limits().temporary == timedelta(days=3)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_method_that_no_page_takes_is_unknown_at_the_gate_too(
    browser: Browsers, method: str
) -> None:
    made_person(has_signed=False)
    visitor = browser()
    visitor.sign_in()
    answer = visitor.client.open("/desk/undertaking", method=method, base_url=visitor.base)
    assert answer.status_code == 404


def test_the_gate_asks_the_database_nothing_of_its_own(browser: Browsers, runtime: Runtime) -> None:
    """The same queries with the gate shut and open: it stands in the row that is read anyway."""
    made_person()
    made_person("other@example.org", has_signed=False)
    asked: list[str] = []
    event.listen(runtime.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    counts = []
    for email in ("mali@example.org", "other@example.org"):
        visitor = browser()
        visitor.sign_in(email)
        asked.clear()
        visitor.get("/nowhere")
        counts.append(len(asked))
    assert counts[1] <= counts[0]
