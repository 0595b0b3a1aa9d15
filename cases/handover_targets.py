"""What the database knows of those who are to have a case, for the pure rules of hand-overs."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.queries import active_with_roles
from cases.access import parents_of
from cases.handover_models import Handover, HandoverPerson
from cases.handover_rules import ACTION_ROLES, Receivers, Wish
from cases.queries import exclusions
from routing.models import Office
from routing.vocabulary import PARTNER


def receivers_known(session: Session, case_id: int, from_office: str, wish: Wish) -> Receivers:
    """The facts by which the receivers of a wish are judged."""
    roles_at = active_with_roles(session, wish.people, ACTION_ROLES)
    offices = {one for held in roles_at.values() for one in held}
    if wish.to_office is not None:
        offices.add(wish.to_office)
    secret = exclusions(session, case_id)
    takes = select(Office.code, Office.type).where(
        Office.code == wish.to_office, Office.active, Office.is_on
    )
    types = {row.code: row.type for row in session.execute(takes)}
    return Receivers(
        from_office=from_office,
        parents=parents_of(session, offices | {from_office}),
        open_offices=frozenset(types),
        roles_at=roles_at,
        barred_offices=secret.offices,
        barred_people=secret.staff,
        partners=frozenset(code for code, kind in types.items() if kind == PARTNER),
    )


def people_asked(
    session: Session, handover: Handover, *, chairs_only: bool = False
) -> tuple[int, ...]:
    """The people who are to have the case by a hand-over; none where an office is."""
    wanted = select(HandoverPerson.staff_id).where(HandoverPerson.handover_id == handover.id)
    if chairs_only:
        wanted = wanted.where(HandoverPerson.chair)
    return tuple(session.scalars(wanted.order_by(HandoverPerson.staff_id)))
