"""The way to one callback: by its id, for who may do this with its case; else one same 404."""

from dataclasses import dataclass

from flask import abort
from sqlalchemy.orm import Session

from calls.models import Callback
from cases.access import Viewer, standing
from cases.holding import hold_case
from cases.models import Case
from webapp.console.case_door import viewer_now

# An address may hold any number; a row's id is never larger.
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class OpenedCallback:
    """A callback, its case's reference, and who asks."""

    callback: Callback
    reference: str
    viewer: Viewer


def open_callback(
    session: Session, callback_id: int, action: str, *, to_change: bool = False
) -> OpenedCallback:
    """The callback for an action; 404 where there is none, and the same 404 where it is denied.

    `to_change` holds the case before the right is looked at: else it could go to another office
    between the look and the change.
    """
    found = session.get(Callback, callback_id) if callback_id <= LARGEST_ID else None
    if found is None:
        abort(404)
    if to_change:
        hold_case(session, found.case_id)
    viewer = viewer_now()
    if not standing(session, viewer, found.case_id).may(action):
        abort(404)
    return OpenedCallback(found, session.get_one(Case, found.case_id).reference, viewer)
