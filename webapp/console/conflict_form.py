"""The form by which somebody says who must not know of a case: what was typed, whom it offers."""

from dataclasses import dataclass

from flask import request
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from agents.models import Staff, StaffRole
from cases.above import offices_up
from cases.access import Viewer
from cases.conflict_rules import Conflict
from cases.conflicts import offices_over
from cases.handover_rules import LONGEST_WORDS
from cases.models import Assignment, CaseExclusion, CasePerson
from cases.queries import CaseFile
from webapp.console.handover_forms import CODE, HIGHEST_ID

MOST_PEOPLE = 300


@dataclass(frozen=True)
class ConflictForm:
    """What was typed, as it was typed: a form that is refused shows it again."""

    reason: str = ""
    office: str = ""
    code: str = ""
    person: int | None = None

    @classmethod
    def sent(cls) -> "ConflictForm":
        """The form of this request."""
        sent = request.form
        person = sent.get("people", type=int)
        return cls(
            reason=sent.get("reason", "").replace("\r\n", "\n").strip(),
            office=sent.get("office", ""),
            code=sent.get("code", "").strip().upper(),
            person=person if person is not None and 0 < person < HIGHEST_ID else None,
        )

    def conflict(self) -> Conflict:
        """Whom it names: one of the three; what is no code, or two at once, names nobody."""
        code = self.code or self.office
        named = sum((bool(self.office), bool(self.code), self.person is not None))
        if named != 1 or (code and not CODE.fullmatch(code)):
            return Conflict(self.reason)
        return Conflict(self.reason, code or None, self.person)

    def shortened(self) -> "ConflictForm":
        """The same, never a megabyte back to the browser."""
        return ConflictForm(
            self.reason[:LONGEST_WORDS], self.office[:32], self.code[:32], self.person
        )


def nameable(session: Session, file: CaseFile, viewer: Viewer) -> list[tuple[int, str]]:
    """The people in the form, as (id, name): of the offices that have or had the case, of those
    who watch over it up to the viewer's own, and whoever has it. Who must not know already is not
    named again."""
    case_id = file.case.id
    watching = viewer.offices | set(offices_up(session, file.assignment.office_code))
    watching -= offices_over(session, viewer)
    of_case = select(Assignment.office_code).where(Assignment.case_id == case_id)
    has_it = select(CasePerson.staff_id).where(
        CasePerson.case_id == case_id, CasePerson.ended_at.is_(None)
    )
    works_there = select(StaffRole.staff_id).where(
        or_(StaffRole.office_code.in_(of_case), StaffRole.office_code.in_(sorted(watching)))
    )
    posts = select(StaffRole.office_code).where(StaffRole.staff_id == Staff.id)
    is_barred = exists().where(
        CaseExclusion.case_id == case_id,
        or_(
            CaseExclusion.staff_id == Staff.id,
            CaseExclusion.office_code.in_(posts.correlate(Staff)),
        ),
    )
    near = select(Staff.id, Staff.name).where(
        Staff.active, or_(Staff.id.in_(has_it), Staff.id.in_(works_there)), ~is_barred
    )
    people = session.execute(near.order_by(Staff.name, Staff.id).limit(MOST_PEOPLE)).all()
    return [(one.id, one.name) for one in people]
