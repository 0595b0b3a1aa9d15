"""What routing reads from the database besides the snapshot: schools."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from routing.models import Office
from routing.rules import Question

SCHOOL = "school"


@dataclass(frozen=True)
class School:
    """A school and what routing needs of it; `parent_code` is the office above it."""

    code: str
    name_th: str
    name_en: str
    parent_code: str | None
    district_code: str | None
    affiliation: str | None
    level: str | None


def school(session: Session, code: str) -> School | None:
    """The school with this code, or None."""
    columns = (
        *(Office.code, Office.name_th, Office.name_en, Office.parent_code),
        *(Office.district_code, Office.affiliation, Office.level),
    )
    found = select(*columns).where(Office.code == code, Office.type == SCHOOL)
    row = session.execute(found).first()
    return School(*row) if row else None


def with_school(session: Session, question: Question) -> Question:
    """The question with the office above its school, where it names one."""
    if question.school_office is None or question.school_parent is not None:
        return question
    found = school(session, question.school_office)
    return replace(question, school_parent=found.parent_code if found else None)
