"""What every caller hears of a story: looked at first, announced, taken back with one press."""

from http import HTTPStatus

from flask import Response, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from cases.access import Viewer
from cases.announcement_rules import HOURS, LONGEST, fault, tidied
from cases.errors import StoryRefused
from cases.stories import announce, take_back
from core import clock
from core.database import reading
from webapp.console import bp
from webapp.console.case_words import word
from webapp.console.guard import action
from webapp.console.stories import StorySaid, change_story, show_story
from webapp.console.story_door import MANAGE, open_stories


@bp.post("/stories/<int:story_id>/announcement")
@action(MANAGE)
def announce_story(story_id: int) -> Answer:
    """Show how it will sound, or let every caller hear it from now on."""
    # Some letters too many stay, so that it is refused.
    said = tidied(*(request.form.get(one, "")[: 2 * LONGEST] for one in ("th", "en")))
    hours = request.form.get("hours", type=int) or HOURS[0]

    def answer(rule: str | None) -> Response:
        return show_story(
            story_id,
            StorySaid(
                text=word("refusal", rule) if rule else "",
                status=HTTPStatus.BAD_REQUEST if rule else HTTPStatus.OK,
                place="announcement",
                th=said.th,
                en=said.en,
                hours=hours,
                seconds=None if rule else said.seconds,
            ),
        )

    if "announce" not in request.form:
        with reading() as session:
            open_stories(session, MANAGE)
        return answer(fault(said))

    def step(session: Session, viewer: Viewer) -> None:
        announce(session, story_id, said, hours=hours, staff_id=viewer.staff_id, now=clock.now())

    def refused(refusal: StoryRefused) -> Response:
        return answer(refusal.rule)

    return change_story(story_id, MANAGE, step, on_refusal=refused)


@bp.post("/stories/<int:story_id>/silence")
@action(MANAGE)
def silence_story(story_id: int) -> Answer:
    """Take the announcement back: the next caller does not hear it."""

    def step(session: Session, viewer: Viewer) -> None:
        take_back(session, story_id, staff_id=viewer.staff_id, now=clock.now())

    return change_story(story_id, MANAGE, step)
