"""Words, receivers and hours as they must not be (reliability.md B58, B60, B61)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from agents.models import Staff, StaffRole
from cases.handovers import Wish
from cases.models import Assignment
from cases.queries import case_file
from cases.taking import people_of
from core.database import reading, transaction
from core.runtime import Runtime
from routing.models import Office
from tests.console.callback_people import FRIDAY, operator, row_of, undecided
from tests.console_cases.handing import (
    DISTRICT,
    PROVINCE,
    REASON,
    asked,
    handovers_of,
    offered,
    state_of,
    taken_case,
    to_person,
)
from tests.console_cases.hostile import (
    CONTROL,
    MARKUP,
    assert_harmless,
    assert_plain_page,
    rows,
)
from tests.console_cases.people import Desk, Made, hired, opened_case
from tests.console_cases.scenes import MAKERS
from webapp.console.guard import LARGEST_FORM

OWN, HEAD = ("operator", PROVINCE), ("head_operator", PROVINCE)
Hire = Callable[..., Desk]
# The fields in which people write, by the form; and how many characters fit.
WORDS = [
    ("/cases/<reference>/notes", "text", 20_000),
    ("/cases/<reference>/notes/draft", "text", 20_000),
    ("/cases/<reference>/notes/<int:note_id>/correction", "text", 20_000),
    ("/cases/<reference>/number", "reason", 500),
    ("/cases/<reference>/reason", "reason", 500),
    ("/cases/<reference>/recordings/<int:recording_id>", "reason", 500),
    ("/cases/<reference>/reopen", "reason", 2_000),
    ("/cases/<reference>/refer", "reason", 2_000),
    ("/cases/<reference>/unreachable", "reason", 2_000),
    ("/cases/<reference>/not-ours", "reason", 2_000),
    ("/cases/<reference>/correct", "reason", 2_000),
    ("/cases/<reference>/report", "done", 20_000),
    ("/cases/<reference>/report", "referral", 2_000),
    ("/cases/<reference>/handovers", "reason", 2_000),
    ("/handovers/<int:handover_id>/reject", "words", 2_000),
    ("/handovers/<int:handover_id>/reason", "words", 2_000),
    ("/handovers/<int:handover_id>/decline", "words", 2_000),
    ("/handovers/<int:handover_id>/revoke", "words", 2_000),
    ("/callbacks/<int:callback_id>/decision", "words", 2_000),
    ("/callbacks/<int:callback_id>/change", "words", 2_000),
]


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    """Ten in the morning of a working day in Thailand."""
    with time_machine.travel(FRIDAY):
        yield


def pages_about(desk: Desk, made: Made | None, path: str) -> list[Any]:
    """Where the words may be read now."""
    own_page = path.rpartition("/")[0]
    found = [desk.get(own_page)] if own_page.startswith("/handovers") else []
    return [*found, desk.get(f"/cases/{made.reference}")] if made else found


@pytest.mark.parametrize(
    "words", [MARKUP, CONTROL + " เพราะเด็กรออยู่", "\ufeff=1+1|cmd\u2066 รอเด็กอยู่"]
)
@pytest.mark.parametrize(("rule", "name", "most"), WORDS)
def test_words_are_kept_as_they_are_and_stay_words(
    rule: str, name: str, most: int, words: str, app: Flask, runtime: Runtime
) -> None:
    """B58: sealed in the database to the last character, text on every page."""
    made = MAKERS[rule](app)
    answer = made.send(**{name: words})
    assert answer.status_code in (200, 303)
    assert_harmless(answer)
    kept = repr(words.strip().replace("\r\n", "\n"))[1:-1]
    assert any(kept in row for found in rows(runtime.engine).values() for row in found)
    pages = pages_about(made.desk, made.made, made.path)
    for page in pages:
        assert_harmless(page)


@pytest.mark.parametrize(("rule", "name", "most"), WORDS)
def test_words_that_are_too_long_are_refused_with_a_sentence(
    rule: str, name: str, most: int, app: Flask, runtime: Runtime
) -> None:
    made = MAKERS[rule](app)
    before = rows(runtime.engine)
    too_long = "ป้ายอย่าเอาไป" * (most // 13 + 1)
    answer = made.send(**{name: too_long})
    assert answer.status_code == (200 if rule.endswith("draft") else 400)
    assert len(answer.get_data(as_text=True)) < most + 100_000
    if not rule.endswith("draft"):
        assert 'role="alert"' in answer.get_data(as_text=True)
    assert_harmless(answer)
    assert rows(runtime.engine) == before


@pytest.mark.parametrize(("rule", "name", "most"), WORDS)
def test_a_megabyte_is_turned_away_at_the_door(
    rule: str, name: str, most: int, app: Flask, runtime: Runtime
) -> None:
    made = MAKERS[rule](app)
    token = made.desk._token()
    before = rows(runtime.engine)
    for size in (LARGEST_FORM, 1_000_000):
        form = made.form | {"csrf_token": token, name: "x" * size}
        answer = made.desk.client.post(f"/desk{made.path}", data=form)
        assert_plain_page(answer, 413)
        assert "xxxx" not in answer.get_data(as_text=True)
    many = {f"field{number}": "x" for number in range(1500)}
    how = {"content_type": "multipart/form-data", "data": made.form | many}
    assert made.desk.client.post(f"/desk{made.path}", **how).status_code in (400, 413)
    assert rows(runtime.engine) == before


def disabled(viewer: Any) -> None:
    with transaction() as session:
        session.get_one(Staff, viewer.staff_id).active = False


def moved_away(viewer: Any) -> None:
    with transaction() as session:
        mine = StaffRole.staff_id == viewer.staff_id
        session.execute(update(StaffRole).where(mine).values(office_code="ESA-9201"))


def shut(code: str, switch: str = "active") -> None:
    with transaction() as session:
        session.execute(update(Office).where(Office.code == code).values({switch: False}))


def status_of(made: Made) -> str:
    with reading() as session:
        file = case_file(session, made.reference)
        assert file is not None
        return file.case.status


@pytest.mark.parametrize("leaves", [disabled, moved_away])
def test_a_case_is_not_handed_to_somebody_who_has_left(
    leaves: Callable[[Any], None], desk_of: Hire
) -> None:
    """B60: gone before it was asked for, and between asking and approving."""
    desk, head = desk_of(OWN), desk_of(HEAD)
    officer = hired("ครูที่ย้าย", ("action_officer", PROVINCE))
    given = asked(to_person(officer), head=head.viewer)
    made = taken_case(desk.viewer)
    leaves(officer)
    form = {"kind": "person", "people": officer.staff_id, "reason": REASON}
    refused = desk.post(f"/cases/{made.reference}/handovers", **form)
    assert_plain_page(refused, 400)
    assert handovers_of(made) == []
    approved = head.post(f"{given.address}/approve")
    assert_plain_page(approved, 409)
    assert "คนนี้รับเรื่องของหน่วยงานนี้ไม่ได้" in approved.get_data(as_text=True)
    assert state_of(given.handover_id) == "requested"


def test_who_is_disabled_after_the_approval_accepts_nothing(desk_of: Hire) -> None:
    officer = desk_of(("action_officer", PROVINCE))
    given = offered(to_person(officer.viewer))
    token = officer._token()
    disabled(officer.viewer)
    answer = officer.client.post(f"/desk{given.address}/accept", data={"csrf_token": token})
    assert answer.status_code == 401
    assert (state_of(given.handover_id), status_of(given.made)) == ("offered", "assigned")


def test_who_moved_to_another_office_after_the_approval_does_not_get_the_case(
    desk_of: Hire,
) -> None:
    officer = desk_of(("action_officer", PROVINCE))
    given = offered(to_person(officer.viewer))
    moved_away(officer.viewer)
    answer = officer.post(f"{given.address}/accept")
    assert_plain_page(answer, 409)
    assert officer.get(given.case_address).status_code == 404
    assert state_of(given.handover_id) == "offered"
    declined = officer.post(f"{given.address}/decline", words=REASON)
    assert declined.status_code == 303
    assert status_of(given.made) == "checking"


def test_a_member_who_has_left_gets_no_part_and_the_others_help(desk_of: Hire) -> None:
    chair = desk_of(("action_officer", PROVINCE))
    members = [hired("ครูอยู่", ("action_officer", PROVINCE)) for _ in range(2)]
    ids = (chair.viewer.staff_id, *(one.staff_id for one in members))
    given = offered(Wish("committee", REASON, people=ids, chair=ids[0]))
    disabled(members[1])
    assert chair.post(f"{given.address}/accept").status_code == 303
    with reading() as session:
        assert set(ids[:2]) <= set(people_of(session, given.made.case_id))
        assert members[1].staff_id not in people_of(session, given.made.case_id)


class TestClosedOffices:
    """B60 on a directory of its own, for an office is closed in it, or takes no part yet."""

    @pytest.fixture
    def runtime(self, own_runtime: Runtime) -> Runtime:
        """The country's directory, free to be changed."""
        return own_runtime

    @pytest.mark.parametrize("switch", ["active", "is_on"])
    def test_a_closed_office_is_neither_offered_nor_taken(self, switch: str, desk_of: Hire) -> None:
        desk = desk_of(OWN)
        made = taken_case(desk.viewer)
        shut(DISTRICT, switch)
        page = desk.get(f"/cases/{made.reference}").get_data(as_text=True)
        assert f'value="{DISTRICT}"' not in page
        form = {"kind": "office", "code": DISTRICT, "reason": REASON}
        answer = desk.post(f"/cases/{made.reference}/handovers", **form)
        assert_plain_page(answer, 400)
        assert "ยังไม่เปิดรับเรื่อง" in answer.get_data(as_text=True)
        assert handovers_of(made) == []

    def test_an_office_that_closes_before_the_approval_is_not_offered_the_case(
        self, desk_of: Hire
    ) -> None:
        head = desk_of(HEAD)
        given = asked(head=head.viewer)
        shut(DISTRICT)
        answer = head.post(f"{given.address}/approve")
        assert_plain_page(answer, 409)
        assert "ยังไม่เปิดรับเรื่อง" in answer.get_data(as_text=True)
        assert state_of(given.handover_id) == "requested"

    def test_an_office_that_closes_after_the_approval_cannot_take_the_case(
        self, desk_of: Hire
    ) -> None:
        """Nobody would owe its next step there; whoever asked takes it back and asks anew."""
        desk, given = desk_of(("operator", DISTRICT)), offered()
        shut(DISTRICT)
        answer = desk.post(f"{given.address}/accept")
        assert_plain_page(answer, 409)
        assert "ยังไม่เปิดรับเรื่อง" in answer.get_data(as_text=True)
        assert (state_of(given.handover_id), status_of(given.made)) == ("offered", "assigned")
        assert lead_of(given.made) == PROVINCE
        assert desk_of(HEAD).post(f"{given.address}/revoke").status_code == 303
        assert status_of(given.made) == "checking"

    @pytest.mark.parametrize("switch", ["active", "is_on"])
    def test_a_candidate_that_has_closed_is_not_sent_the_case(
        self, switch: str, desk_of: Hire
    ) -> None:
        desk, made = desk_of(("operator", "HQ")), opened_case(office="HQ")
        with transaction() as session:
            mine = Assignment.case_id == made.case_id
            session.execute(
                update(Assignment).where(mine).values(candidates=["ESA-9201", "ESA-9202"])
            )
        shut("ESA-9202", switch)
        page = desk.get(f"/cases/{made.reference}").get_data(as_text=True)
        assert ('value="ESA-9201"' in page, 'value="ESA-9202"' in page) == (True, False)
        for code in ("ESA-9202", "ESA-4001", "esa-9201", "ESA-9201\x00", "%", ""):
            answer = desk.post(f"/cases/{made.reference}/send", office_code=code)
            assert_plain_page(answer, 400)
            assert lead_of(made) == "HQ"
        answer = desk.post(f"/cases/{made.reference}/send", office_code="ESA-9201")
        assert (answer.status_code, lead_of(made)) == (303, "ESA-9201")


def lead_of(made: Made) -> str:
    with reading() as session:
        lead = select(Assignment.office_code).where(Assignment.case_id == made.case_id)
        return session.scalars(lead.where(Assignment.is_lead)).one()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("24:00", "25:00"),
        ("22:00", "24:00"),
        ("00:00", "24:00"),
        ("2569-11-20", "2569-11-21"),
        ("2569", "2570"),
        ("๑๐:๐๐", "๑๒:๐๐"),
        ("１０:00", "12:00"),
        ("10:00:30", "12:00:30"),
        ("10:00 น.", "12:00 น."),
        ("10:00-11:00", "12:00"),
        ("10:00\x00", "12:00"),
        ("10:00\n", "12:00"),
        (" 10:00", "12:00 "),
        ("10:0", "12:00"),
        ("-1:00", "12:00"),
        ("10:60", "12:00"),
        ("1e1:00", "12:00"),
        ("' OR 1=1", "12:00"),
        (MARKUP, MARKUP),
        ("12:00", "12:00"),
        ("20:00", "08:00"),
        ("06:00", "21:00"),
        ("10:00", "10:59"),
    ],
)
def test_hours_that_no_day_has_or_nobody_may_ring_in_are_refused(
    start: str, end: str, app: Flask
) -> None:
    """B61: no hour is guessed from what was typed, and nothing is dialled."""
    made = undecided("window_open", window_start=None, window_end=None)
    desk = Desk(app, operator())
    form = {"choice": "ring_in_window", "start": start, "end": end, "words": "ลองอีกครั้ง"}
    answer = desk.post(f"/callbacks/{made.id}/decision", **form)
    assert_plain_page(answer, 400)
    assert_harmless(answer)
    assert "ลองอีกครั้ง" in answer.get_data(as_text=True)
    kept = row_of(made)
    assert (kept.state, kept.due_at, kept.window_start) == ("decision", None, None)


def test_hours_that_are_over_for_today_ring_on_the_next_day_of_the_office(app: Flask) -> None:
    """It is Friday, ten o'clock: on Monday the office opens at half past eight."""
    made = undecided("window_open", window_start=None, window_end=None)
    form = {"choice": "ring_in_window", "start": "08:00", "end": "09:30"}
    assert Desk(app, operator()).post(f"/callbacks/{made.id}/decision", **form).status_code == 303
    kept = row_of(made)
    assert kept.state == "due"
    assert kept.due_at is not None
    assert kept.due_at.isoformat() == "2026-11-23T01:30:00+00:00"
