"""The way to a story: for who works at the hotline and may; everything else is one same 404."""

from flask import abort
from sqlalchemy.orm import Session

from cases.access import Viewer, standing
from cases.desk import find
from cases.reference import valid_reference
from cases.story_files import SEEN, StoryFile, may, story_file
from webapp.console.case_door import viewer_now

VIEW, JOIN, MANAGE = "story.view", "story.join", "story.manage"


def open_stories(session: Session, action: str = VIEW) -> Viewer:
    """Who asks, where they may do this with stories."""
    viewer = viewer_now()
    if not may(viewer, action):
        abort(404)
    return viewer


def open_story_file(session: Session, story_id: int, action: str = VIEW) -> StoryFile:
    """One story for who may; its cases are those that the person may know of."""
    found = story_file(session, story_id, open_stories(session, action))
    if found is None:
        abort(404)
    return found


def case_known(session: Session, reference: str, viewer: Viewer) -> int | None:
    """The case with this reference where the person may know of it."""
    case_id = find(session, reference) if valid_reference(reference) else None
    if case_id is None or not standing(session, viewer, case_id).may(SEEN):
        return None
    return case_id
