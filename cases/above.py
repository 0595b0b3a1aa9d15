"""The offices above one: whom to tell next, and whose rules hold."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from agents.permissions import offices_above
from cases.access import parents_of
from routing.models import Office
from routing.vocabulary import HQ, PARTNER


def offices_up(session: Session, code: str) -> tuple[str, ...]:
    """An office and those above it, the nearest first; the hotline's desk is always the last."""
    chain = [code, *offices_above(code, parents_of(session, {code}))]
    return (*(one for one in chain if one != HQ), HQ)


def office_above(session: Session, code: str, barred: Collection[str] = ()) -> str | None:
    """The nearest office above that takes part and is not barred; None when there is none.

    Nobody reads a notice at an office that has closed or does not take part yet, nor at a partner.
    """
    above = [one for one in offices_up(session, code)[1:] if one not in barred]
    able = select(Office.code).where(Office.code.in_(above), Office.active, Office.is_on)
    found = set(session.scalars(able.where(Office.type != PARTNER)))
    return next((one for one in above if one in found), None)
