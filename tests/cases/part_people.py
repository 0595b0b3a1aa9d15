"""Further parts of cases for the tests, and the actions as a door would do them."""

from datetime import datetime

from cases.access import Viewer
from cases.part_access import PartFile, part_file, part_standing
from cases.part_asking import ask_part, withdraw_part
from cases.part_rules import PartWish
from cases.part_work import (
    readable_part_notes,
    report_part,
    take_on_part,
    write_part_note,
)
from cases.result_rules import Result
from core.database import reading, transaction
from tests.cases.hand_over_people import NOW

BRIEFING = "นักเรียนของสถานศึกษานี้อยู่ในเหตุการณ์ด้วย"
RESULT = Result("ไปเยี่ยมบ้านแล้ว", ("child",), ("prevent",), "yes")


def asked_part(
    case_id: int, viewer: Viewer, office: str | None = None, *, at: datetime = NOW, **place: str
) -> int:
    """Ask an office for its part; its id."""
    wish = PartWish(BRIEFING, office_code=office, **place)
    with transaction() as session:
        return ask_part(session, case_id, wish, viewer=viewer, now=at).id


def taken_part(part_id: int, viewer: Viewer, at: datetime = NOW) -> None:
    """Take a part on."""
    with transaction() as session:
        take_on_part(session, part_id, viewer=viewer, now=at)


def reported_part(
    part_id: int, viewer: Viewer, result: Result = RESULT, at: datetime = NOW
) -> None:
    """Report the result of a part."""
    with transaction() as session:
        report_part(session, part_id, result, viewer=viewer, now=at)


def withdrawn_part(part_id: int, viewer: Viewer, reason: str = "คนละเหตุการณ์") -> None:
    """Take a part back."""
    with transaction() as session:
        withdraw_part(session, part_id, reason=reason, viewer=viewer, now=NOW)


def noted_part(part_id: int, viewer: Viewer, text: str, visibility: str = "this_office") -> None:
    """Write a note on a part."""
    with transaction() as session:
        file = part_file(session, part_id)
        assert file is not None
        write_part_note(session, file, text, visibility, viewer=viewer, now=NOW)


def part(part_id: int) -> PartFile:
    """A part as it is now."""
    with reading() as session:
        found = part_file(session, part_id)
    assert found is not None
    return found


def read_notes(part_id: int, viewer: Viewer) -> list[str]:
    """The notes of a part that somebody who may open it reads."""
    with reading() as session:
        file = part_file(session, part_id)
        assert file is not None
        stands = part_standing(session, viewer, file)
        if not stands.may("part.view"):
            return []
        return [one.text for one in readable_part_notes(session, file, viewer, stands)]


def opens_part(part_id: int, viewer: Viewer) -> bool:
    """Whether somebody may open the part's page."""
    with reading() as session:
        file = part_file(session, part_id)
        assert file is not None
        return part_standing(session, viewer, file).may("part.view")
