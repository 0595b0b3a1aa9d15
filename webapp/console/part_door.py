"""The way to a part of a case: found by its number for who may know of it, else one same 404."""

from dataclasses import dataclass

from flask import abort
from sqlalchemy.orm import Session

from cases.access import Standing, Viewer
from cases.holding import hold_case
from cases.part_access import VIEW, PartFile, part_file, part_standing
from webapp.console.case_door import viewer_now


@dataclass(frozen=True)
class OpenedPart:
    """A part, and how the person who asks stands to it."""

    file: PartFile
    viewer: Viewer
    standing: Standing


def open_part(session: Session, part_id: int, action: str = VIEW) -> OpenedPart:
    """The part for an action; 404 where there is none, and the same 404 where it is denied."""
    viewer, file = viewer_now(), part_file(session, part_id)
    if file is None:
        abort(404)
    stands = part_standing(session, viewer, file)
    if not stands.may(action) or not stands.may(VIEW):
        abort(404)
    return OpenedPart(file, viewer, stands)


def open_part_to_change(session: Session, part_id: int, action: str) -> OpenedPart:
    """The same for who is about to change it: the case is held before the right is looked at."""
    file = part_file(session, part_id)
    if file is None:
        abort(404)
    hold_case(session, file.case.id)
    return open_part(session, part_id, action)
