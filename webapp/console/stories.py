"""Stories: the list, one story, opening one, its cases joined and taken out, its end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from cases.access import Viewer
from cases.announcement_rules import HOURS
from cases.errors import StoryRefused
from cases.queries import case_file
from cases.stories import end_story, join, join_all, leave, open_story
from cases.story_rules import LONGEST_TITLE, Report, StoryWish, places_of
from core import clock
from core.database import reading, transaction
from core.errors import NotFoundError
from webapp.console import bp
from webapp.console.case_words import word
from webapp.console.guard import action
from webapp.console.pages import page
from webapp.console.story_door import (
    JOIN,
    MANAGE,
    VIEW,
    case_known,
    open_stories,
    open_story_file,
)
from webapp.console.story_page import Words, story_lists, story_page

MOST_AT_ONCE = 50
LONGEST_REFERENCE = 20
# The same for a case that is not there and for one that is kept from the reader.
NOT_SEEN = "case_not_seen"


@dataclass(frozen=True)
class StorySaid:
    """What a page of stories says back: a refusal, or what was just done and can be undone.

    `joined` is how many of several chosen cases were joined, `left_out` pairs of the references of
    the others and why they were not.
    """

    text: str = ""
    status: int = HTTPStatus.OK
    place: str = ""
    th: str = ""
    en: str = ""
    hours: int = 1
    seconds: dict[str, int] | None = None
    joined: int = 0
    left_out: tuple[tuple[str, str], ...] = ()


@bp.get("/stories")
@action(VIEW)
def story_list() -> Response:
    """All stories, and a warning about what looks like one."""
    with reading() as session:
        shown = story_lists(session, open_stories(session), now=clock.now())
    return page("stories/list.html", shown=shown)


@bp.get("/stories/new")
@action(MANAGE)
def new_story() -> Response:
    """The form for a story that begins with one case."""
    reference = request.args.get("case", "")[:LONGEST_REFERENCE]
    return _new_form(reference, "", "")


@bp.post("/stories/new")
@action(MANAGE)
def open_new_story() -> Answer:
    """Open a story with its first case in it."""
    reference = request.form.get("case", "")[:LONGEST_REFERENCE]
    # One letter too many stays, so that it is refused.
    titles = [request.form.get(one, "")[: LONGEST_TITLE + 1] for one in ("title_th", "title_en")]
    try:
        with transaction() as session:
            viewer = open_stories(session, MANAGE)
            case_id = case_known(session, reference, viewer)
            if case_id is None:
                abort(404)
            wish = _wish(session, reference, *titles)
            now = clock.now()
            story = open_story(session, wish, staff_id=viewer.staff_id, now=now)
            join(session, story.id, case_id, staff_id=viewer.staff_id, now=now)
            story_id = story.id
    except StoryRefused as refusal:
        return _new_form(reference, *titles, refusal=refusal)
    return _to_story(story_id)


@bp.get("/stories/<int:story_id>")
@action(VIEW)
def one_story(story_id: int) -> Response:
    """One story."""
    return show_story(story_id)


@bp.post("/stories/<int:story_id>/join")
@action(JOIN)
def join_story(story_id: int) -> Answer:
    """Bring the chosen cases into a story."""
    given = request.form.getlist("case")[:MOST_AT_ONCE]
    chosen = list(dict.fromkeys(one[:LONGEST_REFERENCE] for one in given))
    why: dict[str, str] = {}

    def step(session: Session, viewer: Viewer) -> None:
        known = {one: case_known(session, one, viewer) for one in chosen}
        cases = [case_id for case_id in known.values() if case_id is not None]
        if chosen and not cases:
            abort(404)
        now = clock.now()
        refused = join_all(session, story_id, cases, staff_id=viewer.staff_id, now=now)
        for reference, case_id in known.items():
            rule = NOT_SEEN if case_id is None else refused.get(case_id)
            if rule is not None:
                why[reference] = word("refusal", rule)

    only = chosen[0] if len(chosen) == 1 else None
    done = change_story(story_id, JOIN, step, joined=only)
    return show_story(story_id, _joined_in_part(chosen, why)) if why else done


def _joined_in_part(chosen: Sequence[str], why: Mapping[str, str]) -> StorySaid:
    """What to say where not all of the chosen cases could be joined; one alone is only refused."""
    joined = len(chosen) - len(why)
    status = HTTPStatus.OK if joined else HTTPStatus.CONFLICT
    if len(chosen) == 1:
        return StorySaid(why[chosen[0]], status, "top")
    return StorySaid(status=status, place="joined", joined=joined, left_out=tuple(why.items()))


@bp.post("/stories/<int:story_id>/leave")
@action(JOIN)
def leave_story(story_id: int) -> Answer:
    """Take a case out of a story again."""
    reference = request.form.get("case", "")[:LONGEST_REFERENCE]

    def step(session: Session, viewer: Viewer) -> None:
        case_id = case_known(session, reference, viewer)
        if case_id is None:
            abort(404)
        leave(session, story_id, case_id, staff_id=viewer.staff_id, now=clock.now())

    return change_story(story_id, JOIN, step, left=reference)


@bp.post("/stories/<int:story_id>/end")
@action(MANAGE)
def end_one_story(story_id: int) -> Answer:
    """End a story and what it announces."""

    def step(session: Session, viewer: Viewer) -> None:
        end_story(session, story_id, staff_id=viewer.staff_id, now=clock.now())

    return change_story(story_id, MANAGE, step)


def change_story(
    story_id: int,
    name: str,
    step: Callable[[Session, Viewer], object],
    *,
    on_refusal: Callable[[StoryRefused], Response] | None = None,
    **done: str | None,
) -> Answer:
    """Take a step for who may, then the story as it is; `done` is what can be undone there."""
    try:
        with transaction() as session:
            step(session, open_stories(session, name))
    except NotFoundError:
        abort(404)
    except StoryRefused as refusal:
        if on_refusal is not None:
            return on_refusal(refusal)
        text = word("refusal", refusal.rule)
        return show_story(story_id, StorySaid(text, HTTPStatus.CONFLICT, "top"))
    return _to_story(story_id, **done)


def show_story(story_id: int, said: StorySaid | None = None) -> Response:
    """A story's page with what it says back."""
    said = said or StorySaid()
    with reading() as session:
        file = open_story_file(session, story_id)
        shown = story_page(session, file, open_stories(session), now=clock.now())
    known = {one.reference for one in shown.cases}
    left, joined = request.args.get("left", ""), request.args.get("joined", "")
    return page(
        "stories/story.html",
        status=said.status,
        shown=shown,
        said=said,
        joined=joined if joined in known else "",
        left=left if left in {one.reference for one in shown.near} else "",
        lengths=HOURS,
        word=word,
    )


def _new_form(
    reference: str, title_th: str, title_en: str, *, refusal: StoryRefused | None = None
) -> Response:
    with reading() as session:
        viewer = open_stories(session, MANAGE)
        if case_known(session, reference, viewer) is None:
            abort(404)
        wish = _wish(session, reference, title_th, title_en)
        words = Words.of(session)
        what = words.kind(wish.hazard_group, wish.hazard_type)
        where = ", ".join(words.place(one) for one in wish.places)
    return page(
        "stories/new.html",
        status=HTTPStatus.BAD_REQUEST if refusal else HTTPStatus.OK,
        reference=reference,
        title_th=title_th,
        title_en=title_en,
        what=what,
        where=where,
        refusal=word("refusal", refusal.rule) if refusal else "",
    )


def _wish(session: Session, reference: str, title_th: str, title_en: str) -> StoryWish:
    """A story of the same kind and place as a case that the person may know of."""
    file = case_file(session, reference)
    if file is None:
        abort(404)
    case, place = file.case, file.place
    report = Report(
        *(case.id, case.reference, case.opened_at, case.hazard_group, case.hazard_type),
        *(place.district_code, place.province_code),
    )
    return StoryWish(title_th, title_en, report.hazard_group, report.hazard_type, places_of(report))


def _to_story(story_id: int, **done: str | None) -> Answer:
    values: dict[str, Any] = {"story_id": story_id} | done
    return redirect(url_for("desk.one_story", **values), HTTPStatus.SEE_OTHER)
