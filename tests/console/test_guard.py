"""Every page says who may open it; forms of others are refused; denied and unknown look alike."""

import re
from collections.abc import Callable

import pytest
from flask import Blueprint, Flask
from werkzeug.test import TestResponse

from agents.permissions import ACTIONS, RELATIONS, Grant, grant
from cases.access import Viewer
from core.runtime import Runtime
from tests.console.people import PASSWORD, Browser, made_person
from tests.console_cases.people import form_token
from webapp import doors
from webapp.console import guard
from webapp.console.guard import SIGNED_IN, declared

Browsers = Callable[..., Browser]
OPEN = {"/desk/sign-in", "/desk/language", "/desk/static/<path:filename>"}
ARGUMENT = re.compile(r"<(?:(\w+):)?\w+>")
EXAMPLES = {"int": "1", "path": "nothing/here", "": "nothing"}


def rules(app: Flask) -> list[tuple[str, str, str | None]]:
    """Each page of the console: an address, a method, what it declares."""
    return [
        (rule.rule, method, declared(app, rule.endpoint))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk/")
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]


def address(rule: str) -> str:
    """An address that a rule takes, below /desk."""
    filled = ARGUMENT.sub(lambda found: EXAMPLES[found[1] or ""], rule)
    return filled.removeprefix("/desk")


def test_every_page_declares_an_action_of_the_table(app: Flask) -> None:
    found = rules(app)
    assert {rule for rule, _, needed in found if needed == guard.OPEN_TO_ALL} == OPEN
    assert all(needed in (*ACTIONS, SIGNED_IN, guard.OPEN_TO_ALL) for _, _, needed in found)


def test_a_page_that_declares_nothing_stops_the_start() -> None:
    app = Flask("undeclared", static_folder=None)
    pages = Blueprint("desk", "undeclared", url_prefix="/desk")
    pages.add_url_rule("/forgotten", view_func=lambda: "hello", endpoint="forgotten")
    app.register_blueprint(pages)
    with pytest.raises(guard.Undeclared, match="/desk/forgotten"):
        guard.check_declared(app)


def test_who_is_not_signed_in_gets_the_sign_in_page_whether_a_page_exists_or_not(
    app: Flask, browser: Browsers
) -> None:
    visitor = browser()
    closed = [one for one in rules(app) if one[2] != guard.OPEN_TO_ALL]
    assert len(closed) > 5
    for rule, method, _ in closed:
        if method == "GET":
            answer = visitor.get(address(rule))
            assert answer.status_code == 303, rule
            assert answer.headers["Location"].startswith("/desk/sign-in"), rule
        else:
            assert visitor.post(address(rule)).status_code == 401, rule


def test_a_part_of_a_page_reloads_the_whole_when_nobody_is_signed_in(browser: Browsers) -> None:
    answer = browser().get("/sessions", **{"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"], answer.text) == (401, "true", "")


def without_tokens(text: str) -> str:
    """A page without what differs from one request to the next."""
    return re.sub(r'value="[^"]*"', "", text)


def test_a_page_that_is_denied_looks_like_one_that_is_not_there(
    app: Flask, browser: Browsers
) -> None:
    """An administrator sees no case, and cannot tell the list of cases from nothing."""
    made_person(role="admin", office="HQ")
    admin = browser()
    admin.sign_in()
    unknown = admin.get("/nothing/here")
    assert unknown.status_code == 404
    granted = {one for one in ACTIONS for how in RELATIONS if grant("admin", one, how) > Grant.DENY}
    denied = [one for one in rules(app) if one[2] in set(ACTIONS) - granted and one[1] == "GET"]
    assert len(denied) > 5
    for rule, _, _ in denied:
        answer = admin.get(address(rule))
        assert answer.status_code == 404, rule
        assert without_tokens(answer.text) == without_tokens(unknown.text), rule


def test_a_page_bears_the_token_of_the_session_that_asked_for_it(
    app: Flask, browser: Browsers
) -> None:
    """Whoever signs in here by a cookie alone sends just this: tests/console_cases/people.py."""
    roles = (("operator", "ESA-9202"),)
    viewer = Viewer(made_person(), roles)
    reader = browser()
    reader.sign_in()
    reader.get("/password")
    assert reader.form_token == form_token(app, viewer)


METHODS = ("PUT", "PATCH", "DELETE")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/", "/sessions", "/cases", "/callbacks", "/nothing/here"])
def test_a_method_that_no_page_takes_is_an_unknown_page_in_the_readers_language(
    browser: Browsers, method: str, path: str
) -> None:
    made_person()
    visitor = browser()

    def sent() -> TestResponse:
        return visitor.client.open(f"/desk{path}", method=method, base_url=visitor.base)

    assert sent().status_code == 401
    visitor.sign_in()
    answer = sent()
    assert answer.status_code == 404
    assert "ไม่พบหน้านี้" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/", "/desk/"),
        ("/cases", "/desk/cases"),
        ("/cases/123456782", "/desk/cases"),
        ("/callbacks", "/desk/callbacks"),
        ("/callbacks/1/decision", "/desk/callbacks"),
        ("/office/ESA-9202", "/desk/office"),
        ("/sessions", None),
        ("/casesque", None),
    ],
)
def test_the_menu_says_where_the_reader_is(browser: Browsers, path: str, here: str | None) -> None:
    made_person(role="head_operator")
    visitor = browser()
    visitor.sign_in()
    html = visitor.get(path).text
    found = re.findall(r'<a href="([^"]+)" aria-current="page"', html.split("</nav>")[0])
    assert found == ([here] if here else [])


def forms(app: Flask) -> list[str]:
    """Every address that takes a form."""
    return [address(rule) for rule, method, _ in rules(app) if method == "POST"]


@pytest.mark.parametrize("kind", ["missing", "foreign", "of the visit before", "changed", "mute"])
def test_a_form_without_the_token_of_this_session_is_refused(
    app: Flask, browser: Browsers, kind: str
) -> None:
    made_person(role="head_operator")
    made_person("other@example.org")
    mali, other = browser(), browser()
    mali.get("/sign-in")
    of_the_visit = mali.form_token
    mali.sign_in()
    mali.get("/")
    other.sign_in("other@example.org")
    other.get("/")
    token = {
        "missing": "",
        "foreign": other.form_token,
        "of the visit before": of_the_visit,
        "changed": mali.form_token.swapcase(),
        "mute": "\0",
    }[kind]
    own = mali.form_token
    for path in forms(app):
        answer = mali.post(path, csrf_token=token)
        # A page that the person may not open at all tells nothing of forms either.
        assert answer.status_code in (400, 404), path
    assert mali.post("/sign-out", csrf_token=token).status_code == 400
    assert mali.is_signed_in()
    assert mali.post("/sign-out", csrf_token=own).status_code == 303


def test_signing_in_needs_the_form_of_this_very_visit(browser: Browsers) -> None:
    made_person()
    victim, attacker = browser(), browser()
    attacker.get("/sign-in")
    fields = {"email": "mali@example.org", "password": PASSWORD}
    answer = victim.post("/sign-in", csrf_token=attacker.form_token, **fields)
    assert answer.status_code == 400
    assert "ใช้แบบฟอร์มนี้ไม่ได้" in answer.text
    assert not victim.is_signed_in()


def test_a_form_that_is_too_large_is_refused(browser: Browsers) -> None:
    made_person()
    visitor = browser()
    visitor.sign_in()
    visitor.get("/")
    answer = visitor.post("/language", language="en", more="x" * (guard.LARGEST_FORM + 1))
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/sign-in", "/", "/nothing"])
def test_pages_are_never_stored_and_run_no_foreign_script(browser: Browsers, path: str) -> None:
    made_person()
    visitor = browser()
    if path != "/sign-in":
        visitor.sign_in()
    answer = visitor.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<style|<script>|\son\w+=|\sstyle=", answer.text)


def test_files_are_asked_for_by_their_own_hash_and_kept(browser: Browsers) -> None:
    made_person()
    visitor = browser()
    visitor.sign_in()
    found = re.findall(r'"/desk(/static/[^"]+)"', visitor.get("/").text)
    assert {one.partition("?")[0] for one in found} == {
        "/static/icon.svg",
        "/static/desk.css",
        "/static/vendor/htmx.min.js",
    }
    for one in found:
        answer = visitor.get(one)
        assert answer.status_code == 200, one
        assert "immutable" in answer.headers["Cache-Control"]
        answer.close()
        assert re.search(r"v=[0-9a-f]{12}$", one)


def test_a_page_that_crashes_says_so_in_the_readers_language(
    runtime: Runtime, browser: Browsers
) -> None:
    made_person()
    visitor = browser()
    visitor.sign_in()
    visitor.app.config["PROPAGATE_EXCEPTIONS"] = False
    visitor.app.view_functions["desk.home"] = crash
    answer = visitor.get("/")
    assert answer.status_code == 500
    assert "ระบบของเราขัดข้อง" in answer.text
    assert "the reason" not in answer.text


@guard.action(SIGNED_IN)
def crash() -> str:
    """A page with a fault."""
    raise ValueError("the reason")


def test_the_language_is_kept_with_the_person(browser: Browsers) -> None:
    made_person()
    visitor = browser()
    visitor.sign_in()
    assert '<html lang="th">' in visitor.get("/sessions").text
    answer = visitor.post("/language", language="en", next="/desk/sessions")
    assert answer.headers["Location"] == "/desk/sessions"
    assert '<html lang="en">' in visitor.get("/sessions").text
    elsewhere = browser()
    elsewhere.sign_in()
    home = elsewhere.get("/")
    assert '<html lang="en">' in home.text
    assert "Desk of มะลิ ตัวอย่าง" in home.text
    assert elsewhere.post("/language", language="de").status_code == 400


def test_the_language_chosen_before_sign_in_is_taken_along(browser: Browsers) -> None:
    made_person()
    visitor = browser()
    assert "เข้าสู่ระบบ" in visitor.get("/sign-in").text
    answer = visitor.post("/language", language="en", next="/desk/sign-in")
    assert answer.headers["Location"] == "/desk/sign-in"
    assert "Password" in visitor.get("/sign-in").text
    visitor.sign_in()
    assert "Desk of" in visitor.get("/").text
    assert visitor.cookie("desk-language") is None


def test_a_process_for_the_telephone_alone_opens_no_desk(runtime: Runtime) -> None:
    app = Flask("voice", static_folder=None)
    doors.register(app, "voice")
    assert app.test_client().get("/desk/sign-in").status_code == 404
    assert app.test_client().get("/").status_code == 404
