"""Notes over HTTP: for whom they are, drafts, corrections with history, what is too much."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import text as sql

from cases.errors import NoteIsAppendOnly
from cases.note_models import NoteRevision
from cases.taking import take_part
from core import clock
from core.database import reading, transaction
from tests.console_cases.people import Desk, Made, opened_case

HEAD = ("head_operator", "ESA-9202")
FORMS = re.compile(r"/notes/(\d+)/correction")

pytestmark = pytest.mark.backends("postgresql", "sqlite")
Hire = Callable[..., Desk]


def page(desk: Desk, made: Made) -> str:
    html: str = desk.get(f"/cases/{made.reference}").get_data(as_text=True)
    return html


def written(desk: Desk, made: Made, text: str, visibility: str = "this_office") -> None:
    form = {"text": text, "visibility": visibility}
    assert desk.post(f"/cases/{made.reference}/notes", **form).status_code == 303


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        ("this_office", {"office"}),
        ("chain_above", {"office", "above", "hotline"}),
        ("hotline", {"office", "hotline"}),
        ("everyone_assigned", {"office", "assigned"}),
    ],
)
def test_a_note_is_read_by_whom_it_is_for(
    visibility: str, readers: set[str], desk_of: Hire
) -> None:
    made = opened_case()
    written(desk_of(HEAD), made, "ครูเวรทราบเรื่องแล้ว", visibility)
    desks = {
        "office": desk_of(("operator", "ESA-9202")),
        "above": desk_of(("head_operator", "OBEC")),
        "hotline": desk_of(("head_operator", "HQ")),
        "assigned": desk_of(("action_officer", "DOLE-4001")),
        "supervisor": desk_of(("supervisor", "HQ")),
    }
    with transaction() as session:
        staff_id = desks["assigned"].viewer.staff_id
        take_part(session, made.case_id, staff_id, now=clock.now())
    found = {name for name, desk in desks.items() if "ครูเวรทราบเรื่องแล้ว" in page(desk, made)}
    assert found == readers


def test_a_note_is_sealed_in_the_database(desk_of: Hire) -> None:
    made = opened_case()
    written(desk_of(HEAD), made, "a very secret word")
    with reading() as session:
        [kept] = session.scalars(sql("SELECT text FROM note_revisions"))
    assert b"secret" not in bytes(kept)


def test_markup_stays_text(desk_of: Hire) -> None:
    made, desk = opened_case(), desk_of(HEAD)
    written(desk, made, "<script>alert(1)</script> {{7*7}} [x](javascript:alert(1))")
    html = page(desk, made)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}} [x](javascript:alert(1))" in html


def test_a_draft_waits_for_its_writer_alone_until_the_note_is_kept(desk_of: Hire) -> None:
    made, mine, other = opened_case(), desk_of(HEAD), desk_of(HEAD)
    address = f"/cases/{made.reference}/notes"
    assert mine.post(f"{address}/draft", text="ร่างแรก").status_code == 200
    assert mine.post(address, text="ร่างที่สอง", visibility="hotline", draft="1").status_code == 303
    assert "ร่างที่สอง" in page(mine, made)
    assert "ร่างแรก" not in page(mine, made)
    assert "ร่างที่สอง" not in page(other, made)
    written(mine, made, "ฉบับจริง")
    assert "ร่างที่สอง" not in page(mine, made)


def test_a_correction_keeps_what_was_written_before(desk_of: Hire) -> None:
    made, mine, other = opened_case(), desk_of(HEAD), desk_of(HEAD)
    written(mine, made, "เด็กอยู่ชั้น ป.4")
    [note_id] = FORMS.findall(page(mine, made))
    assert FORMS.findall(page(other, made)) == []
    address = f"/cases/{made.reference}/notes/{note_id}/correction"
    assert other.post(address, text="x", number="1").status_code == 404
    assert mine.post(address, text="เด็กอยู่ชั้น ป.5", number="1").status_code == 303
    html = page(other, made)
    assert "ป.4" in html
    assert "ป.5" in html
    stale = mine.post(address, text="เด็กอยู่ชั้น ป.6", number="1")
    assert stale.status_code == 409
    assert "ป.5" in stale.get_data(as_text=True)


def test_a_note_of_another_case_cannot_be_corrected_through_this_one(desk_of: Hire) -> None:
    made, other, mine = opened_case(), opened_case(), desk_of(HEAD)
    written(mine, other, "ของอีกเรื่อง")
    [note_id] = FORMS.findall(page(mine, other))
    address = f"/cases/{made.reference}/notes/{note_id}/correction"
    assert mine.post(address, text="x", number="1").status_code == 404


def test_a_wording_cannot_be_changed_in_the_database(desk_of: Hire) -> None:
    made = opened_case()
    written(desk_of(HEAD), made, "เดิม")
    with pytest.raises(NoteIsAppendOnly), transaction() as session:
        session.query(NoteRevision).one().text = "อื่น"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"text": "ก" * 20_001, "visibility": "this_office"}, 400),
        ({"text": "x" * 1_000_000, "visibility": "this_office"}, 413),
        ({"text": "", "visibility": "this_office"}, 400),
        ({"text": "x", "visibility": "the_world"}, 400),
    ],
)
def test_what_cannot_be_kept_is_said_plainly(
    form: dict[str, str], status: int, desk_of: Hire
) -> None:
    made, desk = opened_case(), desk_of(HEAD)
    answer = desk.post(f"/cases/{made.reference}/notes", **form)
    assert answer.status_code == status
    assert "<h1>" in answer.get_data(as_text=True)
    assert FORMS.findall(page(desk, made)) == []


def test_a_note_with_no_character_that_can_be_printed_does_no_harm(desk_of: Hire) -> None:
    made, desk = opened_case(), desk_of(HEAD)
    written(desk, made, "a\x00b\u202ec 👩‍👧")
    assert desk.get(f"/cases/{made.reference}").status_code == 200
