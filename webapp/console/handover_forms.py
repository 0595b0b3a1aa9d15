"""The form by which somebody asks to hand a case over: what was typed, and who may be chosen."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from agents.committees import StandingCommittee, standing, usable
from agents.models import Staff, StaffRole
from cases.errors import HandoverRefused
from cases.handover_rules import ACTION_ROLES, COMMITTEE, LONGEST_WORDS, OFFICE, Wish
from cases.queries import Exclusions
from routing.models import Office
from routing.vocabulary import PARTNER
from webapp.console.pages import named
from webapp.console.role_names import role_name

MOST_PEOPLE = 40
MOST_ROWS = 120
# So many fit into a list to choose from; an office with more below it types the code.
MOST_TO_CHOOSE = 40
MOST_OFFICES = 260
# As in an address: what is no code is looked up nowhere.
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")
HIGHEST_ID = 2**31
SCHOOL = "school"


@dataclass(frozen=True)
class HandoverForm:
    """What was typed, as it was typed: a form that is refused shows it again."""

    kind: str = ""
    reason: str = ""
    office: str = ""
    code: str = ""
    people: tuple[int, ...] = ()
    chair: int | None = None

    @classmethod
    def sent(cls) -> "HandoverForm":
        """The form of this request."""
        sent = request.form
        return cls(
            kind=sent.get("kind", ""),
            reason=sent.get("reason", "").replace("\r\n", "\n").strip(),
            office=sent.get("office", ""),
            code=sent.get("code", "").strip().upper(),
            people=tuple(dict.fromkeys(_ids(sent.getlist("people", type=int)))),
            chair=next(_ids(sent.getlist("chair", type=int)), None),
        )

    def wish(self) -> Wish:
        """What is asked for; a typed code counts before the list, a chair is a member."""
        if self.kind == OFFICE:
            code = self.code or self.office
            if code and not CODE.fullmatch(code):
                raise HandoverRefused("not_below")
            return Wish(self.kind, self.reason, to_office=code or None)
        if self.kind == COMMITTEE:
            chair = () if self.chair is None or self.chair in self.people else (self.chair,)
            return Wish(self.kind, self.reason, people=(*chair, *self.people), chair=self.chair)
        return Wish(self.kind, self.reason, people=self.people)

    def shortened(self) -> "HandoverForm":
        """The same, never a megabyte back to the browser."""
        return HandoverForm(
            self.kind,
            self.reason[:LONGEST_WORDS],
            self.office[:32],
            self.code[:32],
            self.people[:MOST_PEOPLE],
            self.chair,
        )


@dataclass(frozen=True)
class Candidate:
    """A person who could take the case: what the person is, and at which office."""

    staff_id: int
    name: str
    posts: str
    office: str


@dataclass(frozen=True)
class Receivers:
    """Who could take a case: offices right below as (code, name), people there and here.

    `standing` is the office's committee while its term lasts: its people are chosen beforehand.
    """

    offices: list[tuple[str, str]]
    people: list[Candidate]
    is_school: bool
    standing: StandingCommittee | None = None

    @property
    def are_few(self) -> bool:
        """Whether the offices fit into a list to choose from."""
        return 0 < len(self.offices) <= MOST_TO_CHOOSE

    @property
    def usual(self) -> frozenset[int]:
        """Who of the people stands on the committee."""
        members = self.standing.members if self.standing else ()
        return frozenset(one.staff_id for one in members) & {one.staff_id for one in self.people}


def receivers(
    session: Session, office_code: str, secret: Exclusions, *, asker: int, today: date
) -> Receivers:
    """Who could take a case of this office; who must not know of it is not even named.

    People of an office that does not take part yet may be asked, the office itself not.
    """
    committee = usable(standing(session, office_code), today)
    members = [one.staff_id for one in committee.members] if committee else []
    offices = _offices(session, office_code)
    here = next((one for one in offices if one.code == office_code), None)
    below = [
        one
        for one in offices
        if one is not here and one.is_on and one.type != PARTNER and one.code not in secret.offices
    ]
    return Receivers(
        offices=[(one.code, named(one)) for one in below],
        people=_people(session, offices, office_code, secret, (asker, members)),
        is_school=here is not None and here.type == SCHOOL,
        standing=committee,
    )


def _ids(typed: Iterable[int]) -> Iterator[int]:
    return (one for one in typed if 0 < one < HIGHEST_ID)


def _offices(session: Session, office_code: str) -> Sequence[Any]:
    """The office itself and those right below."""
    columns = select(Office.code, Office.type, Office.name_th, Office.name_en, Office.is_on)
    wanted = columns.where(
        or_(Office.code == office_code, and_(Office.parent_code == office_code, Office.active))
    )
    return session.execute(wanted.order_by(Office.code).limit(MOST_OFFICES)).all()


def _people(
    session: Session,
    offices: Sequence[Any],
    office_code: str,
    secret: Exclusions,
    asker_and_members: tuple[int, Sequence[int]],
) -> list[Candidate]:
    """The committee first, then the office, then those below; who asks comes last of all."""
    asker, members = asker_and_members
    names = {one.code: named(one) for one in offices}
    columns = select(Staff.id, Staff.name, StaffRole.role, StaffRole.office_code)
    held = columns.join(StaffRole, StaffRole.staff_id == Staff.id).where(
        Staff.active, StaffRole.office_code.in_(names), StaffRole.role.in_(ACTION_ROLES)
    )
    is_asker = and_(Staff.id == asker, Staff.id.not_in(members))
    nearest = (
        is_asker,
        Staff.id.not_in(members),
        StaffRole.office_code != office_code,
        Staff.id,
        StaffRole.role,
    )
    rows = session.execute(held.order_by(*nearest).limit(MOST_ROWS)).all()
    posts: dict[tuple[int, str], list[str]] = {}
    for row in rows:
        if row.id not in secret.staff:
            posts.setdefault((row.id, row.office_code), []).append(role_name(row.role))
    people = {row.id: row.name for row in rows}
    return [
        Candidate(staff_id, people[staff_id], " · ".join(held_posts), names[code])
        for (staff_id, code), held_posts in _once(posts).items()
    ][:MOST_PEOPLE]


def _once(posts: dict[tuple[int, str], list[str]]) -> dict[tuple[int, str], list[str]]:
    """Each person once, at the nearest office."""
    seen: set[int] = set()
    found = {}
    for (staff_id, code), held in posts.items():
        if staff_id not in seen:
            found[staff_id, code] = held
        seen.add(staff_id)
    return found
