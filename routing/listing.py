"""What the pages of the directory read: offices by name, what is below, what each serves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from routing.models import District, Jurisdiction, Office, OfficeHours, Province
from routing.queries import SCHOOL
from routing.snapshot import Directory
from routing.vocabulary import PARTNER

# Beyond so many words a search says nothing more.
MOST_WORDS = 6
# A single digit means "area 2", not every code that holds it.
SHORTEST_OF_CODE = 3
_NAMES = (Office.name_th, Office.name_en, Office.former_name_th)


@dataclass(frozen=True)
class Wanted:
    """Which offices: `words` stand in their names old and new or their codes."""

    words: str = ""
    type: str | None = None
    province: str | None = None
    state: str | None = None


@dataclass(frozen=True)
class Progress:
    """How far the roll-out has come in a province."""

    code: str
    name_th: str
    name_en: str
    districts: int
    districts_on: int
    offices: int
    offices_on: int


def offices(session: Session, wanted: Wanted, *, after: str | None, limit: int) -> Sequence[Office]:
    """Offices and schools by code, those behind the code `after`."""
    found = select(Office).where(*_conditions(wanted))
    if after is not None:
        found = found.where(Office.code > after)
    return session.scalars(found.order_by(Office.code).limit(limit)).all()


def office(session: Session, code: str) -> Office | None:
    """An office or school by its code."""
    return session.scalar(select(Office).where(Office.code == code))


def below(session: Session, code: str, *, after: str | None, limit: int) -> Sequence[Office]:
    """The offices right below one, by code, those behind the code `after`."""
    found = select(Office).where(Office.parent_code == code)
    if after is not None:
        found = found.where(Office.code > after)
    return session.scalars(found.order_by(Office.code).limit(limit)).all()


def way_up(session: Session, directory: Directory, one: Office) -> list[Office]:
    """The offices above one, the highest first; a ring in a broken table ends it."""
    chain: list[str] = []
    above = one.parent_code
    while above is not None and above not in (one.code, *chain):
        chain.append(above)
        found = directory.office(above)
        above = found.parent_code if found else None
    if not chain:
        return []
    rows = {row.code: row for row in session.scalars(select(Office).where(Office.code.in_(chain)))}
    return [rows[code] for code in reversed(chain) if code in rows]


def links_of(session: Session, code: str) -> Sequence[Jurisdiction]:
    """What an office serves, served or will serve, by place."""
    order = (Jurisdiction.affiliation, Jurisdiction.province_code, Jurisdiction.district_code)
    mine = select(Jurisdiction).where(Jurisdiction.office_code == code)
    return session.scalars(mine.order_by(*order, Jurisdiction.id)).all()


def hours_of(session: Session, code: str) -> Sequence[OfficeHours]:
    """An office's own hours by weekday; none where it keeps the usual ones."""
    mine = select(OfficeHours).where(OfficeHours.office_code == code)
    return session.scalars(mine.order_by(OfficeHours.weekday, OfficeHours.opens)).all()


def partners_near(
    session: Session, districts: Collection[str], provinces: Collection[str], *, limit: int
) -> Sequence[Office]:
    """Bodies outside the ministry at these districts, and those that stand for the whole of one of
    the provinces (domain.md C9)."""
    wide = Office.province_code.in_(sorted(provinces)) & Office.district_code.is_(None)
    near = or_(Office.district_code.in_(sorted(districts)), wide)
    found = select(Office).where(Office.type == PARTNER, Office.active, near)
    return session.scalars(found.order_by(Office.code).limit(limit)).all()


def progress(session: Session) -> list[Progress]:
    """The roll-out by province: districts, and the offices of the tree that stand there."""
    districts = _counts(session, District)
    placed = _counts(
        session, Office, Office.type.not_in((SCHOOL, PARTNER)), Office.active.is_(True)
    )
    nothing = (0, 0)
    return [
        Progress(
            one.code,
            one.name_th,
            one.name_en,
            *districts.get(one.code, nothing),
            *placed.get(one.code, nothing),
        )
        for one in session.scalars(select(Province).order_by(Province.code))
    ]


def districts_of(session: Session, province: str) -> Sequence[District]:
    """The districts of a province, by code."""
    found = select(District).where(District.province_code == province)
    return session.scalars(found.order_by(District.code)).all()


def waiting_offices(session: Session, province: str, *, limit: int) -> Sequence[Office]:
    """The offices of a province that do not take part yet, by code."""
    found = select(Office).where(
        Office.province_code == province, Office.is_on.is_(False), Office.active
    )
    return session.scalars(found.order_by(Office.code).limit(limit)).all()


def offices_in(session: Session, province: str) -> list[str]:
    """The codes of the offices of a province, schools aside."""
    found = select(Office.code).where(Office.province_code == province, Office.type != SCHOOL)
    return list(session.scalars(found))


def _counts(
    session: Session, model: Any, *conditions: ColumnElement[bool]
) -> dict[str, tuple[int, int]]:
    """By province how many there are, and how many are on."""
    is_on = func.sum(case((model.is_on, 1), else_=0))
    rows = select(model.province_code, func.count(), is_on).where(*conditions)
    return {row[0]: (row[1], row[2]) for row in session.execute(rows.group_by(model.province_code))}


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [_names(word) for word in wanted.words.lower().split()[:MOST_WORDS]]
    if wanted.type:
        found.append(Office.type == wanted.type)
    if wanted.province:
        found.append(Office.province_code == wanted.province)
    states = {
        "off": Office.is_on.is_(False),
        "unconfirmed": Office.confirmed.is_(False),
        "closed": Office.active.is_(False),
    }
    if wanted.state:
        found.append(states[wanted.state])
    return found


def _names(word: str) -> ColumnElement[bool]:
    columns = (*_NAMES, Office.code) if len(word) >= SHORTEST_OF_CODE else _NAMES
    return or_(*(func.lower(name).contains(word, autoescape=True) for name in columns))
