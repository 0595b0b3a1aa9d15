"""The rules' pages: read, checked and tried as text, published once, compared, put back."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from agents.roles import ROLES
from core import clock
from core.database import reading, transaction
from routing.directory import current_directory
from routing.rule_versions import history, publish
from tests.console_cases.people import Desk
from tests.console_rules.texts import ADMIN, EVERYTHING, checked, newest, text_of, token_in
from tests.routing.corpus import rulebook

pytestmark = pytest.mark.timeout(180)
Hire = Callable[..., Desk]


def put(name: str, by: str = "command") -> int:
    with transaction() as session:
        rules = rulebook(name, current_directory(session)).rules
        return publish(session, rules, now=clock.now(), note=f"the book {name}", by=by)


def published(desk: Desk, text: str, base: int = 0, **more: str) -> Any:
    form = {"last": "100", "note": "น้ำท่วม", "token": token_in(checked(desk, text, base))}
    return desk.post("/rules/edit", text=text, base=base, do="publish", **(form | more))


def test_who_may_read_the_rules_and_who_may_change_them(desk_of: Hire) -> None:
    put("everything")
    reading_roles = ("head_operator", "supervisor", "admin", "auditor")
    for role in sorted(ROLES, key=lambda one: one == "admin"):
        desk = desk_of((role, "HQ"))
        reads, manages = role in reading_roles, role == "admin"
        for path in ("/rules", "/rules/1", "/rules/0"):
            assert desk.get(path).status_code == (200 if reads else 404), (role, path)
        assert desk.get("/rules/edit").status_code == (200 if manages else 404), role
        answer = desk.post("/rules/0/restore", base="1", note="ลองกลับ")
        assert (answer.status_code, newest()) == ((303, 2) if manages else (404, 1)), role


def test_an_administrator_of_another_office_reads_only(desk_of: Hire) -> None:
    put("everything")
    desk = desk_of(("admin", "ESA-9202"))
    assert "Change the rules" not in text_of(desk.get("/rules"))
    assert "Put it in force again" not in text_of(desk.get("/rules/0"))
    assert desk.get("/rules/edit").status_code == 404
    sent = {"text": EVERYTHING, "base": "1", "last": "100", "do": "check"}
    assert desk.post("/rules/edit", **sent).status_code == 404
    assert desk.post("/rules/0/restore", base="1").status_code == 404
    assert newest() == 1


def test_the_version_in_force_reads_like_sentences_of_people(desk_of: Hire) -> None:
    put("main")
    desk = desk_of(("head_operator", "ESA-9202"))
    html = text_of(desk.get("/rules"))
    for shown in (
        "In force: version 1",
        "flood-in-trang",
        "From the district: <strong>Ratsada, Mueang Trang</strong>",
        "Office of the Basic Education Commission (OBEC)",
        "ช่วงน้ำท่วม สพฐ. ดูแลเอง",
        "During the floods OBEC looks after these districts itself.",
        "from 1 Nov 2026 00:00 until 1 Dec 2026 00:00",
        "the book main",
        "Command line",
    ):
        assert shown in html, shown


def test_a_version_stands_beside_the_one_before_it_or_any_other(desk_of: Hire) -> None:
    put("main")
    put("everything")
    desk = desk_of(("auditor", "HQ"))
    html = text_of(desk.get("/rules/2"))
    assert "What changes from version 1" in html
    assert html.count("a rule taken away") == 8
    assert "a new rule" in html
    assert "Nothing differs" in text_of(desk.get("/rules/2?against=2"))
    assert "What changes from the directory alone" in text_of(desk.get("/rules/1"))


def test_a_version_that_never_was_is_not_found_and_a_strange_number_left_out(
    desk_of: Hire,
) -> None:
    put("everything")
    put("main")
    desk = desk_of(ADMIN)
    for path in ("/rules/3", "/rules/2?against=9", "/rules/99999999999", "/rules/-1"):
        assert desk.get(path).status_code == 404, path
    for against in ("x", "-1", "1.5", "²", ""):
        assert desk.get(f"/rules/1?against={against}").status_code == 200, against


def test_the_text_to_edit_is_the_version_in_force_or_one_that_was(desk_of: Hire) -> None:
    put("main")
    put("everything")
    desk = desk_of(ADMIN)
    assert "ทุกเรื่องมาที่ศูนย์" in text_of(desk.get("/rules/edit"))
    assert "flood-in-trang" in text_of(desk.get("/rules/edit?from=1"))
    assert "rules: []" in text_of(desk.get("/rules/edit?from=0"))
    assert desk.get("/rules/edit?from=7").status_code == 404


def test_what_was_checked_is_published_and_holds(desk_of: Hire) -> None:
    desk = desk_of(ADMIN)
    answer = published(desk, EVERYTHING)
    assert answer.status_code == 303
    html = text_of(desk.get("/rules?published=1"))
    assert "Published. It holds from the next call on." in html
    assert "น้ำท่วม" in html
    assert "สมใจ ทดสอบ" in html
    with reading() as session:
        [version] = history(session)
        assert (version.published_by, version.note) == (desk.viewer.actor, "น้ำท่วม")
    asked = text_of(desk.get("/explain?group=V&district=9209"))
    assert '<span class="code">HQ</span></h2>' in asked
    assert "Rule everything (version 1)" in asked


def test_only_the_very_text_that_was_checked_is_published(desk_of: Hire) -> None:
    desk = desk_of(ADMIN)
    form = {"text": EVERYTHING, "base": "0", "last": "100", "note": "เพราะ", "do": "publish"}
    form["token"] = token_in(checked(desk, EVERYTHING))
    other = EVERYTHING.replace("desk", "superior")
    for change in ({"token": ""}, {"token": "0" * 64}, {"token": "é"}, {"text": other}):
        html = text_of(desk.post("/rules/edit", **(form | change)), 400)
        assert "not the one that was checked" in html, change
    assert newest() == 0


def test_a_check_of_somebody_else_publishes_nothing(desk_of: Hire) -> None:
    token = token_in(checked(desk_of(ADMIN), EVERYTHING))
    form = {"text": EVERYTHING, "base": "0", "last": "100", "note": "เพราะ", "do": "publish"}
    assert desk_of(ADMIN).post("/rules/edit", **form, token=token).status_code == 400
    assert newest() == 0


def test_nothing_is_published_without_saying_why(desk_of: Hire) -> None:
    desk = desk_of(ADMIN)
    for note in ("", "   ", "x" * 301):
        assert "Say in a few words why" in text_of(published(desk, EVERYTHING, note=note), 400)
    assert newest() == 0


def test_the_note_of_the_text_will_do(desk_of: Hire) -> None:
    assert (
        published(desk_of(ADMIN), f"note: from the file\n{EVERYTHING}", note="").status_code == 303
    )
    with reading() as session:
        assert history(session)[0].note == "from the file"


def test_the_same_rules_are_not_published_again(desk_of: Hire) -> None:
    desk = desk_of(ADMIN)
    published(desk, EVERYTHING)
    html = text_of(published(desk, EVERYTHING, base=1), 400)
    assert "the same rules are in force already" in html
    assert newest() == 1


def test_who_is_overtaken_sees_by_whom_and_publishes_nothing(desk_of: Hire) -> None:
    desk = desk_of(ADMIN)
    token = token_in(checked(desk, EVERYTHING))
    put("main")
    form = {"text": EVERYTHING, "base": "0", "last": "100", "note": "เพราะ", "do": "publish"}
    html = text_of(desk.post("/rules/edit", **form, token=token), 409)
    assert "Version 1 was published meanwhile by Command line" in html
    assert "a rule taken away" in html
    assert '<input type="hidden" name="base" value="1">' in html
    assert "ทุกเรื่องมาที่ศูนย์" in html
    assert newest() == 1
    form |= {"base": "1", "token": token_in(html)}
    assert desk.post("/rules/edit", **form).status_code == 303
    assert newest() == 2


def test_an_older_version_is_put_in_force_again_with_a_note(desk_of: Hire) -> None:
    put("main")
    put("everything")
    desk = desk_of(ADMIN)
    answer = desk.post("/rules/1/restore", base="2", note="น้ำลดแล้ว")
    assert answer.headers["Location"] == "/desk/rules?published=3"
    html = text_of(desk.get("/rules"))
    assert "repeats version 1" in html
    assert "น้ำลดแล้ว" in html
    assert desk.post("/rules/0/restore", base="3").status_code == 303
    assert "the directory alone again" in text_of(desk.get("/rules"))


def test_who_puts_back_is_overtaken_as_well(desk_of: Hire) -> None:
    put("main")
    put("everything")
    desk = desk_of(ADMIN)
    answer = desk.post("/rules/1/restore", base="1", note="x")
    assert "Version 2 was published meanwhile" in text_of(answer, 409)
    assert desk.post("/rules/2/restore", base="2").status_code == 404
    assert desk.post("/rules/1/restore", base="two").status_code == 400
    assert newest() == 2


def test_a_text_goes_through_a_browser_unchanged(desk_of: Hire) -> None:
    """Browsers send line breaks of their own; a page must not double-escape nor lose a line."""
    put("main")
    desk = desk_of(ADMIN)
    page = text_of(desk.get("/rules/edit"))
    text = unescape(page.partition('id="rules-text"')[2].partition(">\n")[2].partition("</tex")[0])
    html = checked(desk, text.replace("\n", "\r\n"), 1)
    assert "Nothing differs." in html
    assert 'name="do" value="publish"' not in html


def test_a_rule_that_is_over_is_shown_as_such(desk_of: Hire) -> None:
    over = (clock.now() - timedelta(days=2)).date().isoformat()
    published(desk_of(ADMIN), EVERYTHING + f"    valid_to: {over}\n")
    assert "this rule is over" in text_of(desk_of(ADMIN).get("/rules"))
