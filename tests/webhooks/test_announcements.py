"""What is announced at the front of a call, over HTTP: heard, kept with the call, taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from cases.announcement_rules import Announcement
from cases.stories import announce, open_story, take_back
from cases.story_rules import StoryWish
from core import clock
from core.database import transaction
from core.runtime import Runtime
from ivr.versions import current_flow
from tests.webhooks.looking import agent, dump
from tests.webhooks.telephone import Caller, Provider

pytestmark = pytest.mark.backends("postgresql", "sqlite")
SAID = Announcement("ทราบเรื่องน้ำท่วมแล้ว", "We know about the flood.")
Phone = Callable[..., Caller]


def announced() -> int:
    """A story that every caller hears; its id."""
    staff_id = agent()
    with transaction() as session:
        now = clock.now()
        wish = StoryWish("น้ำท่วม", "Flood", "A", "A1")
        story = open_story(session, wish, staff_id=staff_id, now=now)
        announce(
            session, story.id, SAID, hours=1, staff_id=staff_id, now=now - timedelta(minutes=1)
        )
        return story.id


def body(caller: Caller) -> str:
    return caller.heard.body.decode()


def test_every_caller_hears_it_in_the_first_gather_after_the_key_for_danger(phone: Phone) -> None:
    announced()
    caller = phone()
    said = body(caller)
    front = current_flow().front["th"]
    assert said.index("<Gather") < said.index(front) < said.index(SAID.th) < said.index("</Gather>")
    assert SAID.en not in said
    assert SAID.en in body_after(caller, "4")


def body_after(caller: Caller, key: str) -> str:
    caller.press(key)
    return body(caller)


def test_a_call_keeps_what_it_heard_when_the_announcement_is_taken_back(
    phone: Phone,
) -> None:
    story_id = announced()
    caller = phone()
    heard = caller.heard.body
    staff_id = agent(1)
    with transaction() as session:
        take_back(session, story_id, staff_id=staff_id, now=clock.now())
    before = dump()
    assert caller.dial().body == heard
    assert dump() == before
    assert SAID.th in body_after(caller, "*")
    assert SAID.th not in body(phone("+66810000077"))


def test_danger_pressed_during_it_is_danger(phone: Phone) -> None:
    announced()
    caller = phone()
    caller.press("1")
    assert current_flow().nodes["danger_now"].texts["th"] in body(caller)


def test_the_telephone_is_answered_though_nothing_of_stories_can_be_read(
    runtime: Runtime, provider: Provider
) -> None:
    """A service that is newer than its database, or a table that is locked away."""
    with runtime.engine.begin() as connection:
        connection.execute(text("ALTER TABLE stories RENAME TO stories_elsewhere"))
    try:
        caller = Caller(provider)
        assert current_flow().nodes["welcome"].texts["th"] in caller.dial().body.decode()
    finally:
        with runtime.engine.begin() as connection:
            connection.execute(text("ALTER TABLE stories_elsewhere RENAME TO stories"))
