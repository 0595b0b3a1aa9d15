"""Numbers that phone again and again, over HTTP: a shorter greeting, and never a closed door."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from calls.limit_policy import current_limits
from calls.limits import shortness_at
from calls.models import Call
from cases.stories import announce, open_story
from cases.story_rules import StoryWish
from core import clock
from core.database import transaction
from core.runtime import Runtime
from ivr.versions import current_flow
from tests.webhooks.looking import AGENT_PHONES, agent, dump, the_case
from tests.webhooks.telephone import Caller, Provider
from tests.webhooks.test_announcements import SAID

pytestmark = pytest.mark.backends("postgresql", "sqlite")
Phone = Callable[..., Caller]
OFTEN = current_limits().greeting.without_case
AGAIN, OTHER = "+66810000055", "+66810000077"


def welcome(variant: str) -> str:
    return current_flow().nodes["welcome"].texts[variant]


def called(phone: Phone, times: int, number: str = AGAIN) -> None:
    """So many calls of a number that hangs up at once."""
    for _ in range(times):
        phone(number).hang_up()


def test_after_many_calls_without_a_case_the_number_is_greeted_shortly(phone: Phone) -> None:
    called(phone, OFTEN - 1)
    assert welcome("th") in phone(AGAIN).heard.spoken
    caller = phone(AGAIN)
    assert welcome("th_short") in caller.heard.spoken
    assert welcome("en_short") in caller.press("4").spoken
    assert welcome("th") in phone(OTHER).heard.spoken


def test_danger_rings_a_person_from_the_short_greeting(phone: Phone) -> None:
    agent()
    called(phone, OFTEN)
    assert phone(AGAIN).press("1", "1").rings == [AGENT_PHONES[0]]
    assert the_case().danger is True


def test_the_same_call_again_hears_the_same_greeting(phone: Phone) -> None:
    called(phone, OFTEN)
    caller = phone(AGAIN)
    heard, before = caller.heard.body, dump()
    assert caller.dial().body == heard
    assert dump() == before


def test_calls_that_led_to_a_case_or_are_long_past_do_not_count(phone: Phone) -> None:
    for _ in range(OFTEN):
        phone(AGAIN).press("2", "1")
    assert welcome("th") in phone(AGAIN).heard.spoken
    called(phone, OFTEN, OTHER)
    with transaction() as session:
        session.execute(update(Call).values(started_at=clock.now() - timedelta(hours=2)))
    assert welcome("th") in phone(OTHER).heard.spoken


def test_a_withheld_number_is_never_limited_for_the_others_who_withhold_theirs(
    phone: Phone,
) -> None:
    called(phone, OFTEN + 1, "anonymous")
    assert welcome("th") in phone("anonymous").heard.spoken


def test_who_phones_again_and_again_is_spared_what_is_announced(phone: Phone) -> None:
    staff_id, now = agent(), clock.now()
    with transaction() as session:
        story = open_story(
            session, StoryWish("น้ำท่วม", "Flood", "A", "A1"), staff_id=staff_id, now=now
        )
        since = now - timedelta(minutes=1)
        announce(session, story.id, SAID, hours=1, staff_id=staff_id, now=since)
    called(phone, OFTEN)
    said = phone(AGAIN).heard.spoken
    assert welcome("th_short") in said
    assert SAID.th not in said


@pytest.mark.parametrize(
    "told",
    [{"From": "+6621266565"}, {"From": "021266565"}, {"ForwardedFrom": "+6621266565"}],
    ids=["from ourselves", "from ourselves as people write it", "forwarded by ourselves"],
)
def test_b22_a_call_that_comes_back_to_us_ends_kindly_and_leaves_no_trace(
    told: dict[str, str], provider: Provider
) -> None:
    before = dump()
    heard = Caller(provider).ask("/ivr/voice", **told)
    for lang in ("th", "en"):
        assert current_flow().errors["loop"][lang] in heard.spoken
    assert heard.verbs[-1] == "Hangup"
    assert dump() == before


def test_an_office_may_forward_its_callers_to_us(provider: Provider) -> None:
    heard = Caller(provider).ask("/ivr/voice", ForwardedFrom="+6621110000")
    assert welcome("th") in heard.spoken


def test_a_long_call_is_warned_and_ended_by_the_clock_of_its_row(phone: Phone) -> None:
    """However quick each turn is, with and without the ORM: the first key counts all the same."""
    caller, longest = phone(), current_flow().longest
    assert longest is not None
    _begun(caller, longest.warn_s)
    caller.press("2")
    assert caller.heard.spoken.startswith(current_flow().errors["call_long"]["th"])
    _begun(caller, longest.end_s)
    caller.press("1")
    assert current_flow().errors["call_over"]["th"] in caller.heard.spoken
    assert caller.heard.verbs[-1] == "Hangup"
    assert the_case().hazard_group == "V"


def _begun(caller: Caller, seconds: int) -> None:
    """The call began so many seconds ago."""
    with transaction() as session:
        began = clock.now() - timedelta(seconds=seconds)
        session.execute(update(Call).where(Call.sid == caller.sid).values(started_at=began))


def test_a_call_goes_on_as_usual_though_nothing_can_be_counted(runtime: Runtime) -> None:
    """A table that is locked away costs the short greeting, never the call's own transaction."""
    with runtime.engine.begin() as connection:
        connection.execute(text("ALTER TABLE calls RENAME TO calls_elsewhere"))
    try:
        with transaction() as session:
            assert shortness_at(session, "f" * 64, now=clock.now()) is None
            assert session.scalar(text("SELECT 1")) == 1
    finally:
        with runtime.engine.begin() as connection:
            connection.execute(text("ALTER TABLE calls_elsewhere RENAME TO calls"))
