"""Stories: many reports about one thing, brought together; each stays a case of its own.

Joining gives nobody a case, merges none and closes none. Source: the issue of mass incidents,
design.md §3a.7 (who must not know of a case does not meet it through its story) and 8.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases.announcement_rules import HOURS, Announcement, fault
from cases.counting import counted
from cases.errors import StoryRefused
from cases.models import Case
from cases.story_models import Story, StoryCase, StoryEvent
from cases.story_rules import StoryWish, tidy_title, title_fault
from cases.timeline import note_event
from core.errors import NotFoundError
from core.inserts import insert_unless_there

STORY_JOINED = "story_joined"
STORY_LEFT = "story_left"


def open_story(session: Session, wish: StoryWish, *, staff_id: int, now: datetime) -> Story:
    """Open a story; StoryRefused says what is wrong with its names."""
    titles = (tidy_title(wish.title_th), tidy_title(wish.title_en))
    _refuse_if(title_fault(replace(wish, title_th=titles[0], title_en=titles[1])))
    story = Story(
        title_th=titles[0],
        title_en=titles[1],
        hazard_group=wish.hazard_group,
        hazard_type=wish.hazard_type,
        places=sorted(set(wish.places)),
        opened_by=staff_id,
        opened_at=now,
    )
    session.add(story)
    session.flush()
    _note(session, story, "opened", staff_id, now)
    return story


def end_story(session: Session, story_id: int, *, staff_id: int, now: datetime) -> None:
    """Nothing joins a story any longer and nothing of it is announced; its cases stay in it."""
    story = held_story(session, story_id)
    _refuse_if("ended" if story.ended_at else None)
    story.ended_at = now
    _silence(story, now)
    session.flush()
    _note(session, story, "ended", staff_id, now)


def join(session: Session, story_id: int, case_id: int, *, staff_id: int, now: datetime) -> None:
    """Bring a case into a story; StoryRefused "in_a_story" where it belongs to another one, and
    "in_this_story" to this one.

    StoryRefused "practice" for a case that was practised in a real service.
    """
    story = held_story(session, story_id)
    _refuse_if("ended" if story.ended_at else None)
    is_real = session.scalar(select(Case.id).where(Case.id == case_id, counted(Case.is_practice)))
    _refuse_if(None if is_real else "practice")
    insert = insert_unless_there(session.connection(), StoryCase)
    row = insert.values(story_id=story_id, case_id=case_id, joined_by=staff_id, joined_at=now)
    if session.scalar(row.returning(StoryCase.id)) is None:
        _refuse_if("in_this_story" if _holds(session, story_id, case_id) else "in_a_story")
    _note_case(session, story, case_id, STORY_JOINED, staff_id, now)


def join_all(
    session: Session, story_id: int, case_ids: Iterable[int], *, staff_id: int, now: datetime
) -> dict[int, str]:
    """Bring each of these cases into a story that can be; why not, by case, for the others.

    By id, so that two who join the same cases to different stories never wait for each other.
    StoryRefused "ended" where none can be.
    """
    _refuse_if("ended" if held_story(session, story_id).ended_at else None)
    refused = {}
    for case_id in sorted(set(case_ids)):
        try:
            join(session, story_id, case_id, staff_id=staff_id, now=now)
        except StoryRefused as refusal:
            refused[case_id] = refusal.rule
    return refused


def _holds(session: Session, story_id: int, case_id: int) -> bool:
    wanted = select(StoryCase.id).where(
        StoryCase.story_id == story_id, StoryCase.case_id == case_id, StoryCase.left_at.is_(None)
    )
    return session.scalar(wanted) is not None


def leave(session: Session, story_id: int, case_id: int, *, staff_id: int, now: datetime) -> None:
    """Take a case out of a story again; NotFoundError when it is in none of this number."""
    story = held_story(session, story_id)
    left = session.execute(
        update(StoryCase)
        .where(
            StoryCase.story_id == story_id,
            StoryCase.case_id == case_id,
            StoryCase.left_at.is_(None),
        )
        .values(left_at=now)
        .returning(StoryCase.id)
        .execution_options(synchronize_session=False)
    ).first()
    if left is None:
        raise NotFoundError("the case is not in this story")
    _note_case(session, story, case_id, STORY_LEFT, staff_id, now)


def announce(
    session: Session,
    story_id: int,
    said: Announcement,
    *,
    hours: int,
    staff_id: int,
    now: datetime,
) -> None:
    """Let every caller hear this from now on, for so many hours; again replaces what was said.

    StoryRefused says what is wrong; "announcing" that another story is announced: nobody knows at
    the front of a call where it comes from, so there is one announcement for the whole country.
    """
    story = held_story(session, story_id)
    _refuse_if("ended" if story.ended_at else fault(said))
    _refuse_if(None if hours in HOURS else "hours")
    other = _announced(session)
    if other is not None and other.id != story_id:
        _refuse_if("announcing" if _is_heard(other, now) else None)
        other.announcing = False
        session.flush()
    story.announcement_th, story.announcement_en = said.th, said.en
    story.announce_from, story.announce_until = now, now + timedelta(hours=hours)
    story.announcing = True
    try:
        session.flush()
    except IntegrityError as error:  # somebody announced another one in the same moment
        raise StoryRefused("announcing") from error
    _note(session, story, "announced", staff_id, now, said.texts | {"hours": hours})


def take_back(session: Session, story_id: int, *, staff_id: int, now: datetime) -> None:
    """Say nothing any longer, from the next call on; once more changes nothing."""
    story = held_story(session, story_id)
    if not story.announcing:
        return
    _silence(story, now)
    session.flush()
    _note(session, story, "taken_back", staff_id, now)


def held_story(session: Session, story_id: int) -> Story:
    """A story as it is now, held until this transaction ends."""
    story = session.get(Story, story_id, with_for_update=True, populate_existing=True)
    if story is None:
        raise NotFoundError("there is no such story")
    return story


def _announced(session: Session) -> Story | None:
    """The story whose announcement nobody took back, though its time may be over."""
    wanted = select(Story).where(Story.announcing).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def _is_heard(story: Story, now: datetime) -> bool:
    return story.announce_until is not None and story.announce_until > now


def _silence(story: Story, now: datetime) -> None:
    if story.announcing and _is_heard(story, now):
        story.announce_until = now
    story.announcing = False


def _refuse_if(rule: str | None) -> None:
    if rule is not None:
        raise StoryRefused(rule)


def _note(
    session: Session,
    story: Story,
    kind: str,
    staff_id: int,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    session.add(
        StoryEvent(story_id=story.id, at=now, kind=kind, staff_id=staff_id, data=data or {})
    )
    session.flush()


def _note_case(
    session: Session, story: Story, case_id: int, kind: str, staff_id: int, now: datetime
) -> None:
    """On the case's timeline alone: the story's own log names no case to who may not know it."""
    note_event(session, case_id, kind, {"story_id": story.id}, now, f"staff:{staff_id}")
