"""Who must not know of a case (design.md §3a.7)."""

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from cases.models import CaseExclusion


def exclude_office(session: Session, case_id: int, office_code: str) -> None:
    """Bar an office from a case; once is enough."""
    connection = session.connection()
    known = select(
        exists().where(CaseExclusion.case_id == case_id, CaseExclusion.office_code == office_code)
    )
    if not connection.scalar(known):
        connection.execute(insert(CaseExclusion).values(case_id=case_id, office_code=office_code))


def exclude_person(session: Session, case_id: int, staff_id: int) -> None:
    """Bar one person from a case, whatever office they work at; once is enough."""
    connection = session.connection()
    barred = (CaseExclusion.case_id == case_id, CaseExclusion.staff_id == staff_id)
    if not connection.scalar(select(exists().where(*barred))):
        connection.execute(insert(CaseExclusion).values(case_id=case_id, staff_id=staff_id))


def excluded_offices(session: Session, case_id: int) -> frozenset[str]:
    """The offices that are barred from a case."""
    found = session.connection().execute(
        select(CaseExclusion.office_code).where(
            CaseExclusion.case_id == case_id, CaseExclusion.office_code.is_not(None)
        )
    )
    return frozenset(row.office_code for row in found)
