"""Changing the directory by hand: checked like a file, logged, from a date on, one at a time."""

from datetime import UTC, datetime

import pytest

from core.database import reading, transaction
from core.runtime import Runtime
from routing import editing
from routing.change_log import Author, changes_about
from routing.csv_tables import LoadRefused
from routing.directory import current_directory
from routing.listing import Wanted, links_of, offices, progress
from routing.loading import directory_stamp
from routing.rules import Question, choose_office
from routing.uploads import UploadOvertaken, apply_upload, find_upload, keep_upload, plan_upload

BOTH = pytest.mark.backends("postgresql", "sqlite")
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BEFORE, LATER = datetime(2026, 11, 30, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC)
BY = Author("staff:7", NOW, "ทดสอบ")
TRANG = "ESA-9202"
PRIMARY = {"affiliation": "basic", "level": "kindergarten_primary", "district_code": "3001"}


def refused(edit: object, *given: object, **more: object) -> list[tuple[int, str, object]]:
    """What an edit is refused for: line, rule, column."""
    with pytest.raises(LoadRefused) as refusal, transaction() as session:
        edit(session, *given, by=BY, **more)
    return [(one.line, one.rule, one.values.get("column")) for one in refusal.value.refusals]


def served(at: datetime) -> tuple[str, tuple[str, ...]]:
    with reading() as session:
        asked = Question(district_code="3001", at=at)
        found = choose_office(asked, current_directory(session))
    return found.office_code, found.candidates


@BOTH
def test_only_what_was_typed_changes_and_every_process_is_told(own_runtime: Runtime) -> None:
    with reading() as session:
        before, stamp = editing.office_cells(session, TRANG), directory_stamp(session)
    with transaction() as session:
        assert editing.edit_office(session, TRANG, {"phone": "๐๗๕ 218 012"}, by=BY)
    with transaction() as session:
        assert not editing.edit_office(session, TRANG, {"phone": "075-218-012"}, by=BY)
    with reading() as session:
        assert editing.office_cells(session, TRANG) == before | {
            "phone": "075 218 012",
            "phone_fingerprint": editing.office_cells(session, TRANG)["phone_fingerprint"],
        }
        assert directory_stamp(session) != stamp
        (entry,) = changes_about(session, TRANG, limit=5)
    assert (entry.before, entry.after) == ({"phone": None}, {"phone": "+6675218012"})


@pytest.mark.parametrize(
    ("cells", "faults"),
    [
        ({"name_th": ""}, [(1, "value_missing", "name_th")]),
        ({"phone": "191"}, [(1, "phone_bad", "phone")]),
        ({"parent_code": TRANG}, [(1, "parent_cycle", None)]),
        ({"district_code": "4001"}, [(1, "place_mismatch", None)]),
        ({"cluster": "ก\x00"}, [(1, "cell_control", "cluster")]),
        ({"cluster": "ก" * 101}, [(1, "value_long", "cluster")]),
    ],
)
def test_what_is_wrong_is_told_by_column_and_nothing_changes(
    cells: dict[str, str], faults: list[object], runtime: Runtime
) -> None:
    assert refused(editing.edit_office, TRANG, cells) == faults


def test_an_office_can_be_added_and_a_code_only_once_each_kind(own_runtime: Runtime) -> None:
    cells = {"code": "POLICE-92", "type": "partner", "name_th": "สภ.ทดสอบ", "parent_code": "HQ"}
    with transaction() as session:
        editing.add_office(session, cells | {"district_code": "9209"}, by=BY)
    with reading() as session:
        (found,) = offices(session, Wanted("สภ. ทดสอบ"), after=None, limit=5)
    assert (found.code, found.province_code, found.is_on) == ("POLICE-92", "92", True)


@BOTH
def test_a_jurisdiction_begins_and_ends_on_its_day(own_runtime: Runtime) -> None:
    """Until then the desk chooses, as before; the log and the past stay."""
    asked = PRIMARY | {"office_code": "ESA-3002", "valid_from": "2026-12-01"}
    assert served(NOW)[0] == "HQ"
    with transaction() as session:
        editing.add_link(session, asked, ends_others=True, by=BY)
    assert (served(BEFORE)[0], served(LATER)[0]) == ("HQ", "ESA-3002")
    other = asked | {"office_code": "ESA-3003", "valid_from": "2026-12-03"}
    with transaction() as session:
        editing.add_link(session, other, ends_others=True, by=BY)
    after = datetime(2026, 12, 4, tzinfo=UTC)
    assert (served(LATER)[0], served(after)[0]) == ("ESA-3002", "ESA-3003")
    with reading() as session:
        (link,) = [one for one in links_of(session, "ESA-3003") if one.district_code == "3001"]
    with transaction() as session:
        editing.end_link(session, "ESA-3003", link.id, "2026-12-04T07:00:00", by=BY)
    assert served(after)[0] == "HQ"


def test_two_offices_may_serve_one_district_when_a_person_says_so(own_runtime: Runtime) -> None:
    for office in ("ESA-3002", "ESA-3003"):
        with transaction() as session:
            asked = PRIMARY | {"office_code": office}
            editing.add_link(session, asked, ends_others=False, by=BY)
    assert served(LATER) == ("HQ", ("ESA-3002", "ESA-3003"))
    again = PRIMARY | {"office_code": "ESA-3002"}
    assert refused(editing.add_link, again, ends_others=True) == [(1, "link_there", "affiliation")]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"valid_from": "2569-12-01"}, "year_bad"),
        ({"valid_from": "0001-01-01"}, "year_bad"),
        ({"valid_from": "พรุ่งนี้"}, "moment_bad"),
        ({"affiliation": "circus"}, "value_unknown"),
        ({"affiliation": ""}, "value_missing"),
        ({"district_code": "9999"}, "place_unknown"),
    ],
)
def test_a_jurisdiction_that_cannot_be_is_refused(
    cells: dict[str, str], fault: str, runtime: Runtime
) -> None:
    given = {"office_code": TRANG, "affiliation": "basic"} | cells
    assert fault in [one[1] for one in refused(editing.add_link, given, ends_others=True)]


def test_a_jurisdiction_of_another_office_is_not_ended(runtime: Runtime) -> None:
    with reading() as session:
        link = links_of(session, "ESA-4001")[0]
    assert refused(editing.end_link, TRANG, link.id, "2026-12-01")[0][1] == "link_unknown"


@BOTH
def test_hours_are_told_by_weekday_and_taken_back(own_runtime: Runtime) -> None:
    days = {1: [("08:30", "12:00"), ("13:00", "16:30")], 7: [("10:00", "24:00")]}
    with transaction() as session:
        editing.edit_hours(session, TRANG, days, by=BY)
    with reading() as session:
        assert len(current_directory(session).hours[TRANG]) == 2
    bad = {1: [("08:30", "12:00"), ("11:00", "13:00")], 3: [("9", "10:00")], 5: [("16:00", "8:00")]}
    faults = {line for line, _, _ in refused(editing.edit_hours, TRANG, bad)}
    assert faults == {1, 3, 5}
    with transaction() as session:
        editing.edit_hours(session, TRANG, {}, by=BY)
    with reading() as session:
        assert TRANG not in current_directory(session).hours


def test_districts_are_switched_together_and_counted_by_province(own_runtime: Runtime) -> None:
    with transaction() as session:
        editing.switch_districts(session, ["9201", "9209"], is_on=False, by=BY)
    with reading() as session:
        (trang,) = [one for one in progress(session) if one.code == "92"]
        assert [one.after for one in changes_about(session, "9209", limit=5)] == [{"is_on": False}]
    assert (trang.districts, trang.districts_on) == (10, 8)


CONTENT = b"code,type,name_th,parent_code\nA,partner,\xe0\xb8\x81,HQ\n"


def uploaded(content: bytes = CONTENT) -> tuple[int, str, str]:
    """A file that was sent; its id, its digest and the directory's stamp at that time."""
    with transaction() as session:
        made = keep_upload(session, content, file="o.csv", staff_id=7, now=NOW)
        return made.id, made.digest, directory_stamp(session)


def applied(upload_id: int, digest: str, stamp: str) -> None:
    with transaction() as session:
        upload = find_upload(session, upload_id, staff_id=7)
        apply_upload(session, upload, digest=digest, stamp=stamp, by=BY)


@BOTH
def test_a_file_is_applied_as_it_was_shown_and_once(own_runtime: Runtime) -> None:
    sent = uploaded()
    with reading() as session:
        upload = find_upload(session, sent[0], staff_id=7)
        assert plan_upload(session, upload).differences["offices"].counts.added == 1
        assert find_upload(session, sent[0], staff_id=8) is None
    applied(*sent)
    with pytest.raises(UploadOvertaken):
        applied(*sent)
    with reading() as session:
        assert changes_about(session, "A", limit=5)[0].actor == "staff:7"


def test_a_file_is_not_applied_to_another_directory_than_was_shown(own_runtime: Runtime) -> None:
    sent = uploaded()
    with transaction() as session:
        editing.edit_office(session, TRANG, {"phone": "075218012"}, by=BY)
    with pytest.raises(UploadOvertaken):
        applied(*sent)
    with pytest.raises(UploadOvertaken):
        applied(sent[0], "0" * 64, uploaded()[2])
    with reading() as session:
        assert changes_about(session, "A", limit=5) == []


def test_a_refused_file_is_never_applied(own_runtime: Runtime) -> None:
    sent = uploaded(b"code,type\n1,2\n")
    with pytest.raises(LoadRefused):
        applied(*sent)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("ตรัง เขต 2", ["ESA-9202"]),
        ("trang 2 PRIMARY", ["ESA-9202"]),
        ("esa-9202", ["ESA-9202"]),
        ("กศน.อำเภอรัษฎา", ["DOLE-9209"]),
        ("%%", []),
        ("' OR 1=1 --", []),
    ],
)
@BOTH
def test_an_office_is_found_by_its_names_old_and_new(
    words: str, codes: list[str], runtime: Runtime
) -> None:
    with reading() as session:
        found = offices(session, Wanted(words), after=None, limit=9)
    assert [one.code for one in found] == codes


def test_filters_and_pages_by_code(runtime: Runtime) -> None:
    with reading() as session:
        wanted = Wanted(type="district", province="92", state="unconfirmed")
        first = [one.code for one in offices(session, wanted, after=None, limit=6)]
        rest = [one.code for one in offices(session, wanted, after=first[-1], limit=6)]
        assert offices(session, Wanted(state="off"), after=None, limit=1) == []
    assert [*first, *rest] == sorted({*first, *rest})
    assert len({*first, *rest}) == 10
