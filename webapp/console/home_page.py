"""Puts the first page together: what waits for its reader, the most urgent first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from agents.sessions import SignedIn
from cases.access import Viewer, reach
from cases.counting import listed_case
from cases.desk import COUNT_LIMIT, DeskFilter, DeskList, Row, are_open, counts, page
from cases.handover_conditions import answerable_by, approvable_by
from cases.handover_models import Handover
from cases.models import Assignment, Case, CasePerson, HazardType
from cases.part_access import parts_for
from cases.states import NEXT_STEPS
from webapp.console.callback_list import CallbackCounts, callback_counts
from webapp.console.case_words import in_language, word
from webapp.console.desk import lists
from webapp.console.duty import DutyCard, duty_card
from webapp.console.guard import may_ever
from webapp.console.language import gettext, marked
from webapp.console.pages import named
from webapp.console.role_names import role_name
from webapp.documents import office_names
from webapp.schemas import OfficeName

MOST_HANDOVERS = 5
MOST_OWN = 10
# The lists of cases that wait for somebody, in order of urgency, with the action that they take.
CASE_LISTS = {
    "approval": "handover.decide",
    "accept": "handover.answer",
    "acknowledge": "case.acknowledge",
    "overdue": "case.list",
}
PARTS = marked("Parts of reports")
READY, DECIDE = marked("Callbacks to make now"), marked("Callbacks to decide")


@dataclass(frozen=True)
class Waiting:
    """A list on which something may wait: its name, how much, where it is."""

    name: str
    text: str
    count: int
    count_text: str
    address: str


@dataclass(frozen=True)
class Step:
    """A case, or a hand-over, on which the reader's next step waits."""

    address: str
    what: str
    about: str
    step: str
    due_at: datetime
    is_late: bool
    severity: str
    is_practice: bool


@dataclass(frozen=True)
class Post:
    """What the person is at one office."""

    office: OfficeName
    roles: tuple[str, ...]


@dataclass(frozen=True)
class HomePage:
    """All that the page shows, in the reader's language."""

    approvals: list[Step]
    offers: list[Step]
    waiting: list[Waiting]
    own: list[Step]
    has_more: bool
    duty: DutyCard | None
    posts: list[Post]

    @property
    def is_free(self) -> bool:
        """Whether nothing at all waits for the reader."""
        return not (self.own or any(one.count for one in self.waiting))


def home_page(session: Session, person: SignedIn, *, now: datetime) -> HomePage:
    """The page of one person, with a fixed number of queries whatever waits."""
    viewer = Viewer(person.staff_id, person.roles)
    waiting = [
        *_case_lists(session, person, viewer, now=now),
        *_callbacks(session, person, viewer, now=now),
        *_parts(session, person, viewer),
    ]
    held = {one.name: one.count for one in waiting}
    approvable, answerable = approvable_by(session, viewer, now=now), answerable_by(viewer)
    approvals = _handovers(session, approvable) if held.get("approval") else []
    offers = _handovers(session, answerable) if held.get("accept") else []
    own = _own(session, viewer) if may_ever(person, "case.list") else []
    words = _Words.of(session, [*approvals, *offers, *own])
    return HomePage(
        approvals=[words.handover(row, "approve", now) for row in approvals],
        offers=[words.handover(row, "accept", now) for row in offers],
        waiting=waiting,
        own=[words.case(row, now) for row in own[:MOST_OWN]],
        has_more=len(own) > MOST_OWN,
        duty=duty_card(session, person, now=now),
        posts=_posts(session, person),
    )


def _case_lists(
    session: Session, person: SignedIn, viewer: Viewer, *, now: datetime
) -> list[Waiting]:
    """How many cases wait on each list that this person works on: one query for all of them."""
    every = lists(session, viewer, now)
    mine = {
        name: every[name]
        for name, needed in CASE_LISTS.items()
        if name in every and may_ever(person, needed)
    }
    if not mine:
        return []
    seen = reach(session, viewer, "case.list")
    held = counts(session, seen, mine, chosen=DeskFilter())
    return [
        _waiting(
            name,
            word("waiting", name),
            held[name],
            COUNT_LIMIT,
            url_for("desk.case_list", waiting=name),
        )
        for name in mine
    ]


def _callbacks(
    session: Session, person: SignedIn, viewer: Viewer, *, now: datetime
) -> list[Waiting]:
    if not may_ever(person, "callback.list"):
        return []
    held: CallbackCounts = callback_counts(session, viewer, now=now)
    to_call = url_for("desk.callback_list", _anchor="ready")
    to_decide = url_for("desk.callback_list", _anchor="decide")
    return [
        _waiting("ready", gettext(READY), held.ready, held.most_ready, to_call),
        _waiting("decide", gettext(DECIDE), held.undecided, held.most_undecided, to_decide),
    ]


def _parts(session: Session, person: SignedIn, viewer: Viewer) -> list[Waiting]:
    """Parts of reports at the person's offices; most people never have one, and see no zero."""
    if not may_ever(person, "part.take_on"):
        return []
    held = len(parts_for(session, viewer, limit=COUNT_LIMIT, own_only=True))
    address = url_for("desk.part_list")
    return [_waiting("parts", gettext(PARTS), held, COUNT_LIMIT, address)] if held else []


def _waiting(name: str, text: str, held: int, limit: int, address: str) -> Waiting:
    shown = f"{limit - 1}+" if held >= limit else str(held)
    return Waiting(name, text, held, shown, address)


def _handovers(session: Session, condition: ColumnElement[bool]) -> Sequence[Any]:
    columns = select(
        *(Handover.id, Handover.kind, Handover.severity, Handover.due_at),
        *(Handover.from_office_code, Case.reference, Case.hazard_group, Case.hazard_type),
        Case.is_practice,
    ).join(Case, Case.id == Handover.case_id)
    nearest = columns.where(condition)
    nearest = nearest.order_by(Case.is_practice, Handover.due_at, Handover.id)
    return session.execute(nearest.limit(MOST_HANDOVERS)).all()


def _own(session: Session, viewer: Viewer) -> Sequence[Row]:
    """The open cases in which the person has a part: the real ones before all that is practised,
    each with the nearest deadline first."""
    has_part = select(CasePerson.case_id).where(
        CasePerson.staff_id == viewer.staff_id, CasePerson.ended_at.is_(None)
    )
    seen = reach(session, viewer, "case.list")
    own, case_id = and_(are_open(), Assignment.case_id.in_(has_part)), Assignment.case_id
    found: list[Row] = []
    for practice in (False, True):
        wanted, left = DeskList((own & listed_case(case_id, practice),)), MOST_OWN + 1 - len(found)
        found += page(session, seen, wanted, chosen=DeskFilter(), after=None, limit=left)
    return found


@dataclass(frozen=True)
class _Words:
    """The names that the rows need, looked up once for all of them."""

    types: dict[str, str]
    offices: dict[str, str]

    @classmethod
    def of(cls, session: Session, rows: Iterable[Any]) -> "_Words":
        """Look them up."""
        rows = list(rows)
        codes = {row.hazard_type for row in rows if row.hazard_type}
        wanted = select(HazardType).where(HazardType.code.in_(codes))
        types = session.scalars(wanted) if codes else ()
        offices = office_names(
            session, {row.from_office_code for row in rows if hasattr(row, "from_office_code")}
        )
        return cls(
            {one.code: in_language(one) for one in types},
            {code: named(one) for code, one in offices.items()},
        )

    def handover(self, row: Any, step: str, now: datetime) -> Step:
        """A hand-over that waits for the reader's answer."""
        return Step(
            address=url_for("desk.one_handover", handover_id=row.id),
            what=self._what(row),
            about=f"{row.reference} · {self.offices[row.from_office_code]}",
            step=word("step", step),
            due_at=row.due_at,
            is_late=row.due_at < now,
            severity=row.severity,
            is_practice=row.is_practice,
        )

    def case(self, row: Row, now: datetime) -> Step:
        """A case in which the reader has a part."""
        return Step(
            address=url_for("desk.one_case", reference=row.reference),
            what=self._what(row),
            about=f"{row.reference} · {word('status', row.status)}",
            step=word("step", NEXT_STEPS[row.status]),
            due_at=row.due_at,
            is_late=row.due_at < now,
            severity=row.severity,
            is_practice=row.is_practice,
        )

    def _what(self, row: Any) -> str:
        return self.types.get(row.hazard_type or "") or word("group", row.hazard_group)


def _posts(session: Session, person: SignedIn) -> list[Post]:
    held: dict[str, list[str]] = {}
    for role, office_code in person.roles:
        held.setdefault(office_code, []).append(role_name(role))
    offices = office_names(session, held)
    return [Post(offices[code], tuple(held[code])) for code in sorted(held)]
