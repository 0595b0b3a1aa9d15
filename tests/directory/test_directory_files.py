"""Files of the directory on the console: exported, given in, shown as a difference, applied."""

import re
from io import BytesIO
from typing import Any

import pytest

from core.database import reading, transaction
from routing import editing
from routing.export import EXPORTS
from routing.listing import office
from routing.uploads import LARGEST_FILE, MOST_LINES
from tests.console_cases.hostile import assert_harmless
from tests.console_cases.people import Desk
from tests.directory.conftest import ADMIN, Hire
from tests.directory.test_directory_pages import BY, TRANG, html
from tests.routing.files import OFFICES

HIDDEN = re.compile(r'name="(digest|stamp)" value="([^"]*)"')
NEW = f"{OFFICES}\nA-1,partner,หน่วยงานใหม่,HQ\nOBEC,agency,สพฐ. ชื่อใหม่,HQ\n".encode()


def given(desk: Desk, content: bytes, name: str) -> Any:
    """Send a file; the test's own copy of a large one is closed at once."""
    answer = desk.post("/directory/files", file=(BytesIO(content), name))
    answer.request.environ["wsgi.input"].close()
    return answer


def sent(desk: Desk, content: bytes, name: str = "offices.csv") -> str:
    """Give a file in; the path of its difference."""
    answer = given(desk, content, name)
    assert answer.status_code == 303
    return str(answer.headers["Location"]).removeprefix("/desk")


def apply(desk: Desk, path: str, **more: str) -> Any:
    """Press the button of a difference as its page was made."""
    return desk.post(path, **(dict(HIDDEN.findall(html(desk, path))) | more))


def there(code: str) -> Any:
    with reading() as session:
        return office(session, code)


def test_a_file_is_shown_first_and_applied_as_shown(admin: Desk) -> None:
    path = sent(admin, NEW)
    page = html(admin, path)
    for text in ("เพิ่มใหม่ 1 รายการ", "เปลี่ยน 1 รายการ", "<ins>สพฐ. ชื่อใหม่</ins>", "A-1"):
        assert text in page
    assert there("A-1") is None
    assert apply(admin, path).status_code == 303
    assert (there("A-1").name_th, there("OBEC").name_th) == ("หน่วยงานใหม่", "สพฐ. ชื่อใหม่")
    assert "นำเข้าแล้วเมื่อ" in html(admin, path)
    assert "offices.csv" in html(admin, "/directory/A-1")
    assert "ไม่มีอะไรต้องนำเข้า" in html(admin, sent(admin, NEW))


def test_lines_may_be_pasted(admin: Desk) -> None:
    answer = admin.post("/directory/files", lines=NEW.decode())
    path = answer.headers["Location"].removeprefix("/desk")
    assert "หน่วยงานใหม่" in html(admin, path)


@pytest.mark.parametrize("change", ["meanwhile", "digest", "stamp", "twice"])
def test_nothing_else_than_what_was_shown_is_applied(change: str, admin: Desk) -> None:
    path = sent(admin, NEW)
    shown = dict(HIDDEN.findall(html(admin, path)))
    if change == "meanwhile":
        with transaction() as session:
            editing.edit_office(session, TRANG, {"cluster": "ก"}, by=BY)
    elif change == "twice":
        assert admin.post(path, **shown).status_code == 303
    else:
        shown[change] = "0" * 64
    answer = admin.post(path, **shown)
    assert answer.status_code == 409
    assert "ครั้งนี้จึงยังไม่มีการนำเข้า" in answer.get_data(as_text=True)
    assert (there("A-1") is None) == (change != "twice")
    assert_harmless(answer)


def test_a_file_of_another_person_is_not_there(admin: Desk, desk_of: Hire) -> None:
    path = sent(admin, NEW)
    other = desk_of(ADMIN)
    html(other, path, 404)
    assert other.post(path).status_code == 404
    for stranger in (desk_of(("admin", TRANG)), desk_of(("head_operator", "HQ"))):
        assert stranger.get("/directory/export/offices").status_code == 404
        assert stranger.post("/directory/files", lines="x").status_code == 404


HOSTILE = {
    "another encoding": (NEW.decode().encode("utf-16"), "CSV UTF-8"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "CSV UTF-8"),
    "an open quote": (b'district_code,on\n"9209,no\n', "CSV"),
    "too many rows": (b"district_code,on\n" + b"9209,no\n" * (MOST_LINES + 1), "10,000"),
    "too large": (b"x" * (LARGEST_FILE + 1), "5 MB"),
    "another header": (b"name,phone\nx,y\n", "หัวตาราง"),
    "a ring": (f"{OFFICES}\nA-1,partner,ก,A-2\nA-2,partner,ข,A-1\n".encode(), "วนเป็นวง"),
    "markup": (f"{OFFICES}\n<b-ad>,partner,<script>1</script>,HQ\n".encode(), "บรรทัดที่ 2"),
    "a cell of 200,000": (f"{OFFICES}\nA,partner,{'ก' * 200_000},HQ\n".encode(), "CSV"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_its_lines_and_cannot_be_applied(
    kind: str, admin: Desk
) -> None:
    """B55, B59: the page says what is wrong and where, and holds no button."""
    content, said = HOSTILE[kind]
    path = sent(admin, content, name="../../etc/<b-ad>\x00.csv")
    answer = admin.get(path)
    page = answer.get_data(as_text=True)
    assert_harmless(answer)
    assert said in page
    assert HIDDEN.findall(page) == []
    assert admin.post(path, digest="", stamp="").status_code == 409


def test_a_formula_stays_text(admin: Desk) -> None:
    line = 'A-1,partner,"=HYPERLINK(""http://x"")",HQ'
    assert apply(admin, sent(admin, f"{OFFICES}\n{line}\n".encode())).status_code == 303
    exported = admin.get("/directory/export/offices").get_data(as_text=True)
    assert "\"'=HYPERLINK(" in exported


def test_without_a_file_the_form_says_so(admin: Desk) -> None:
    answer = admin.post("/directory/files", file=(BytesIO(b""), ""), lines="  ")
    assert answer.status_code == 400
    assert "เลือกไฟล์ หรือวางข้อความ" in answer.get_data(as_text=True)


def test_what_is_far_too_large_is_not_even_read(admin: Desk) -> None:
    answer = given(admin, b"x" * (2 * LARGEST_FILE + 1), "x.csv")
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", EXPORTS)
def test_an_export_is_a_csv_file_that_excel_opens(kind: str, admin: Desk) -> None:
    answer = admin.get(f"/directory/export/{kind}")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    name = f"attachment; filename={kind}-20"
    assert answer.headers["Content-Disposition"].startswith(name)
    html(admin, "/directory/export/people", 404)
