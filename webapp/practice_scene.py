"""What waits at the practice desks: a hand-over to approve, a callback to make.

The cases come by telephone like any other; what people did with them goes through the same services
as their pages. Once is enough: a practice service that is started again finds it all there.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.models import Staff, StaffRole
from agents.office_settings import WORK_LIST, set_ringing
from cases.access import Viewer
from cases.handover_models import Handover
from cases.handover_rules import Wish
from cases.handovers import ask
from cases.models import Case
from cases.taking import acknowledge
from core import clock, yaml_text
from core.database import reading, transaction

# A case without a callback at the area of Ratsada; one at Mueang Khon Kaen that wants one.
TO_APPROVE = "2 1 1 3 1 92160 1 2 2 * 3"
TO_CALL_BACK = "2 1 1 1 1 4 40000 1 2 2 * 3"
OPERATOR = "trang.one@practice.example"
COMMITTEE = ("trang.action@practice.example", "trang.two@practice.example")
LIST_OFFICE = "DOLE-4001"
LIST_HEAD = "khonkaen.head@practice.example"
WORDS = Path(__file__).parent / "data" / "practice_scene.yaml"

# Phones the hotline with keys and gives the case's reference, or None where none was left.
Phone = Callable[[str], str | None]


def set_scene(phone: Phone) -> None:
    """Phone twice and let the operator ask for a hand-over; nothing where that was done before."""
    with reading() as session:
        if session.scalar(select(Handover.id).limit(1)) is not None:
            return
    _prefer_work_list()
    phone(TO_CALL_BACK)
    reference = phone(TO_APPROVE)
    if reference is None:
        return
    with transaction() as session:
        case_id = session.scalars(select(Case.id).where(Case.reference == reference)).one()
        _hand_over(session, case_id, now=clock.now())


def _prefer_work_list() -> None:
    """One office rings from its list: its people are on duty, but not whatever the hour."""
    with transaction() as session:
        head = _viewer(session, LIST_HEAD)
        set_ringing(session, LIST_OFFICE, WORK_LIST, staff_id=head.staff_id, now=clock.now())


def _hand_over(session: Session, case_id: int, *, now: datetime) -> None:
    operator = _viewer(session, OPERATOR)
    chair, member = (_viewer(session, email).staff_id for email in COMMITTEE)
    acknowledge(session, case_id, viewer=operator, now=now)
    words = yaml_text.load(WORDS.read_text(encoding="utf-8"))
    wish = Wish("committee", words["why_committee"], people=(chair, member), chair=chair)
    ask(session, case_id, wish, viewer=operator, now=now)


def _viewer(session: Session, email: str) -> Viewer:
    staff_id = session.scalars(select(Staff.id).where(Staff.email == email)).one()
    roles = select(StaffRole.role, StaffRole.office_code).where(StaffRole.staff_id == staff_id)
    return Viewer(staff_id, tuple((row.role, row.office_code) for row in session.execute(roles)))
