"""Who must not know of a case (design.md §3a.7).

What a person or a rule says stays for good. What the keys of a call say follows the keys of that
call until it is over, and then stays as well: somebody who pressed a wrong key can mend it.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.orm import Session

from cases.models import Case, CaseExclusion
from cases.timeline import note_event

LET_IN: Final = "let_in"
CALLER: Final = "caller"


class Barred(NamedTuple):
    """The offices that are barred from a case; `by_answers` are those of which its call still
    decides."""

    offices: frozenset[str]
    by_answers: frozenset[str]


def exclude_office(
    session: Session, case_id: int, office_code: str, *, by_answers: bool = False
) -> None:
    """Bar an office from a case; once is enough, and for good once anybody but the keys says so."""
    connection = session.connection()
    barred = (CaseExclusion.case_id == case_id, CaseExclusion.office_code == office_code)
    known = connection.scalar(select(CaseExclusion.by_answers).where(*barred).limit(1))
    if known is None:
        row = {"case_id": case_id, "office_code": office_code, "by_answers": by_answers}
        connection.execute(insert(CaseExclusion).values(**row))
    elif known and not by_answers:
        connection.execute(update(CaseExclusion).where(*barred).values(by_answers=False))


def exclude_person(session: Session, case_id: int, staff_id: int) -> None:
    """Bar one person from a case, whatever office they work at; once is enough."""
    connection = session.connection()
    barred = (CaseExclusion.case_id == case_id, CaseExclusion.staff_id == staff_id)
    if not connection.scalar(select(exists().where(*barred))):
        connection.execute(insert(CaseExclusion).values(case_id=case_id, staff_id=staff_id))


def barred_offices(session: Session, case_id: int) -> Barred:
    """The offices that are barred from a case, and which of them its running call shut out."""
    still = (CaseExclusion.by_answers & Case.finished_at.is_(None)).label("still")
    wanted = select(CaseExclusion.office_code, still).join(Case, Case.id == CaseExclusion.case_id)
    rows = session.connection().execute(
        wanted.where(CaseExclusion.case_id == case_id, CaseExclusion.office_code.is_not(None))
    )
    found = {row.office_code: bool(row.still) for row in rows}
    return Barred(frozenset(found), frozenset(code for code, still in found.items() if still))


def let_in(
    session: Session, case_id: int, office_codes: Collection[str], *, now: datetime
) -> frozenset[str]:
    """The caller's later key says otherwise: these may know again; returns which do.

    The case is held first, as by whoever shuts somebody out: nobody whom a person has named comes
    in again.
    """
    connection = session.connection()
    held = select(Case.id).where(Case.id == case_id).with_for_update(key_share=True)
    connection.execute(held)
    gone = connection.execute(
        delete(CaseExclusion)
        .where(
            CaseExclusion.case_id == case_id,
            CaseExclusion.office_code.in_(sorted(office_codes)),
            CaseExclusion.by_answers,
        )
        .returning(CaseExclusion.office_code)
    )
    codes = frozenset(row.office_code for row in gone)
    for code in sorted(codes):
        note_event(session, case_id, LET_IN, {"office_code": code}, now, CALLER)
    return codes
