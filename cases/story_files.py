"""Reading stories: each with the cases of it that the reader may know of, and no others.

Lists, counts, bars and suggestions go through the same condition as the list of cases, so that
nobody learns through a story of a case that is kept from them (design.md §3a.7).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from agents.permissions import OWN, Grant, best_grant
from cases.access import Viewer, visible
from cases.counting import counted
from cases.models import Assignment, Case, CasePlace
from cases.story_models import Story, StoryCase, StoryEvent
from cases.story_rules import NEAR, Burst, Report, StoryWish, bursts, is_alike
from routing.vocabulary import HQ

SEEN = "case.list"
MOST_STORIES = 50
MOST_CASES = 200
MOST_SUGGESTED = 20
# A story's bars and counts stop here.
MOST_COUNTED = 5_000
# Of so many of the newest reports it is asked what they have in common.
MOST_LOOKED_AT = 1_000


class StoryRow(NamedTuple):
    """A case of a story that its reader may know of: nothing personal is even read."""

    case_id: int
    reference: str
    opened_at: datetime
    severity: str
    status: str
    hazard_group: str
    hazard_type: str | None
    office_code: str
    district_code: str | None
    province_code: str | None


@dataclass(frozen=True)
class StoryFile:
    """A story with its log and with the cases of it that its reader may know of, newest first."""

    story: Story
    cases: Sequence[StoryRow]
    events: Sequence[StoryEvent]


def may(viewer: Viewer, action: str) -> bool:
    """Whether a person may do something with stories: granted to who works at the hotline."""
    pairs = [(role, OWN) for role, office in viewer.roles if office == HQ]
    return best_grant(pairs, action) is not Grant.DENY


def list_stories(session: Session, *, running: bool) -> Sequence[Story]:
    """The stories that are running, or those that ended, the newest first."""
    is_running = Story.ended_at.is_(None)
    wanted = select(Story).where(is_running if running else ~is_running)
    return session.scalars(wanted.order_by(Story.opened_at.desc()).limit(MOST_STORIES)).all()


def story_file(session: Session, story_id: int, viewer: Viewer) -> StoryFile | None:
    """One story, or None."""
    story = session.get(Story, story_id)
    if story is None:
        return None
    in_story = select(StoryCase.case_id).where(
        StoryCase.story_id == story_id, StoryCase.left_at.is_(None)
    )
    rows = _rows(session, viewer, Case.id.in_(in_story), limit=MOST_CASES)
    events = select(StoryEvent).where(StoryEvent.story_id == story_id)
    log = session.scalars(events.order_by(StoryEvent.id.desc())).all()
    return StoryFile(story, rows, log)


def reports_in(session: Session, story_id: int, viewer: Viewer) -> list[tuple[datetime, str]]:
    """When each case of a story was reported and which office leads it, the newest first."""
    wanted = (
        select(Case.opened_at, Assignment.office_code)
        .join(StoryCase, StoryCase.case_id == Case.id)
        .join(Assignment, (Assignment.case_id == Case.id) & Assignment.is_lead)
        .where(
            StoryCase.story_id == story_id,
            StoryCase.left_at.is_(None),
            visible(session, viewer, SEEN),
            counted(Case.is_practice),
        )
        .order_by(Case.opened_at.desc())
        .limit(MOST_COUNTED)
    )
    return [(row.opened_at, row.office_code) for row in session.execute(wanted)]


def counts_of(session: Session, story_ids: Sequence[int], viewer: Viewer) -> dict[int, int]:
    """How many cases of each story its reader may know of."""
    of_each = (
        select(StoryCase.story_id, func.count().label("cases"))
        .join(Case, Case.id == StoryCase.case_id)
        .where(
            StoryCase.story_id.in_(story_ids),
            StoryCase.left_at.is_(None),
            visible(session, viewer, SEEN),
            counted(Case.is_practice),
        )
        .group_by(StoryCase.story_id)
    )
    return {row.story_id: row.cases for row in session.execute(of_each)}


def story_of(session: Session, case_id: int) -> Story | None:
    """The story that a case belongs to."""
    wanted = select(Story).join(StoryCase, StoryCase.story_id == Story.id)
    return session.scalars(
        wanted.where(StoryCase.case_id == case_id, StoryCase.left_at.is_(None))
    ).one_or_none()


def suggested(session: Session, story: Story, viewer: Viewer, *, now: datetime) -> list[StoryRow]:
    """Reports of the same kind and place about that time which belong to no story yet."""
    wish = StoryWish("", "", story.hazard_group, story.hazard_type, tuple(story.places))
    rows = _rows(
        session,
        viewer,
        Case.opened_at > max(story.opened_at, now - NEAR) - NEAR,
        Case.hazard_group == story.hazard_group,
        ~_in_a_story(),
        limit=MOST_LOOKED_AT,
    )
    return [one for one in rows if is_alike(wish, report_of(one))][:MOST_SUGGESTED]


def current_bursts(session: Session, viewer: Viewer, *, now: datetime) -> list[Burst]:
    """What looks like one thing among the newest reports that belong to no story."""
    newest = Case.opened_at > now - NEAR
    rows = _rows(session, viewer, newest, ~_in_a_story(), limit=MOST_LOOKED_AT)
    return bursts(report_of(one) for one in rows)


def report_of(row: StoryRow) -> Report:
    """What of a case counts for likeness."""
    return Report(
        row.case_id,
        row.reference,
        row.opened_at,
        row.hazard_group,
        row.hazard_type,
        row.district_code,
        row.province_code,
    )


def _in_a_story() -> ColumnElement[bool]:
    return exists().where(StoryCase.case_id == Case.id, StoryCase.left_at.is_(None))


def _rows(
    session: Session, viewer: Viewer, *conditions: ColumnElement[bool], limit: int
) -> list[StoryRow]:
    columns: Any = select(
        *(Case.id, Case.reference, Case.opened_at, Case.severity, Case.status),
        *(Case.hazard_group, Case.hazard_type, Assignment.office_code),
        *(CasePlace.district_code, CasePlace.province_code),
    )
    wanted = (
        columns.join(Assignment, (Assignment.case_id == Case.id) & Assignment.is_lead)
        .join(CasePlace, (CasePlace.case_id == Case.id) & CasePlace.is_lead)
        .where(visible(session, viewer, SEEN), counted(Case.is_practice), *conditions)
        .order_by(Case.opened_at.desc(), Case.id.desc())
        .limit(limit)
    )
    return [StoryRow(*row) for row in session.execute(wanted)]
