"""The further places that a caller told of, each a row beside the lead place.

They give no office a part: the lead's people read them and ask whom they concern
(cases.part_asking). Source: domain.md §2 (a fight outside school reaches each school).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from cases.models import CasePlace
from cases.part_models import CasePart
from cases.timeline import note_event
from core.inserts import table_of

TOLD = "places_told"


def told_places(session: Session, case_id: int) -> Sequence[CasePlace]:
    """The further places of the report itself, in the order in which they were told."""
    of_parts = select(CasePart.place_id).where(
        CasePart.case_id == case_id, CasePart.place_id.is_not(None)
    )
    wanted = select(CasePlace).where(
        CasePlace.case_id == case_id, CasePlace.is_lead.is_(False), CasePlace.id.not_in(of_parts)
    )
    return session.scalars(wanted.order_by(CasePlace.id)).all()


def keep_told_places(
    session: Session, case_id: int, districts: Sequence[tuple[str, str]], *, now: datetime
) -> None:
    """Keep the (district, province) of each place that is not kept yet; the same again is nothing.

    Two schools may lie in one district, so places are told apart by their number alone.
    """
    if not districts:
        return
    new = districts[len(told_places(session, case_id)) :]
    if not new:
        return
    rows = [
        {
            "case_id": case_id,
            "is_lead": False,
            "district_code": district,
            "province_code": province,
            "confirmed": True,
        }
        for district, province in new
    ]
    session.connection().execute(insert(table_of(CasePlace)), rows)
    note_event(session, case_id, TOLD, {"count": len(rows)}, now, actor="caller")
