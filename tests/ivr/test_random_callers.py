"""Callers who press anything at all: every call gets a document each time, and comes to an end."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.nodes import Record
from ivr.turns import FindSaid, Reply, Save
from tests.ivr.conversations import AWAY, NOBODY, THERE, TO_NAMES
from tests.ivr.documents import FLOW
from tests.ivr.made_up_world import World
from tests.ivr.phone import CALLER, Phone

MOST_STEPS = 60
# No node more than max_visits times, no more than a few tries at each visit.
LONGEST_CALL = 400
KEYPAD = st.sampled_from("0123456789*#")
RIGHT = st.sampled_from(["99110", "99120", "482913704", "7315", "0810000456#", "5924"])
NO_KEYS = ["１", "๑", "hangup", "9" * 500, "1,2", "\x00", "\x1b[A", "1\n2", " ", "-1", "é", "²"]
GARBAGE = st.sampled_from([*NO_KEYS, "\ud800", "</Say>", "{code}", "**", "##", "12**"])
STEP = st.one_of(KEYPAD, st.just(""), GARBAGE, RIGHT)
ANY_STEP = st.one_of(STEP, st.text(max_size=9))
STEPS = st.one_of(
    st.lists(ANY_STEP, max_size=MOST_STEPS),
    st.lists(st.one_of(KEYPAD, RIGHT), min_size=20, max_size=MOST_STEPS),
)
WORLDS = st.sampled_from([NOBODY, AWAY, THERE])
CALLERS = st.sampled_from([CALLER, None])


def hear(phone, keys):
    """One reply, as whatever the caller's node takes it for."""
    spoke = isinstance(FLOW.nodes[phone.node], Record) and bool(keys)
    phone.hear(Reply(keys, recorded_s=5 if spoke else 0))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS, people=WORLDS, caller=CALLERS, lang=st.sampled_from(["th", "en"]))
def test_any_keys_give_a_sound_document_each_time(steps, people, caller, lang):
    phone = Phone(World(people), lang=lang, caller=caller)
    for keys in steps:
        if phone.state.ended:
            break
        hear(phone, keys)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    said=st.lists(st.one_of(st.text(min_size=1), GARBAGE), max_size=4),
    keys=st.sampled_from(["", "1", "*"]),
)
def test_any_words_give_a_sound_document_and_leave_nothing_behind(said, keys):
    """What was heard is never kept, and in the quiet way not even listened to."""
    phone = Phone().play(*TO_NAMES)
    for words in said:
        phone.hear(Reply(keys, words=f"{words} heard-7f3a"))
    assert "heard-7f3a" not in str(phone.state)
    quiet = Phone(World(NOBODY)).play("1", "2", "1", "1", "#")
    assert quiet.node == "place_school"
    assert "dtmf speech" not in str(quiet.verbs)
    quiet.hear(Reply(words="ดอนสมมุติ"))
    assert not quiet.asked(FindSaid)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    steps=st.lists(STEP, min_size=1, max_size=5),
    people=WORLDS,
    caller=CALLERS,
)
def test_the_same_keys_for_ever_come_to_an_end(steps, people, caller):
    """The loop guard bounds every call, however stubborn the caller."""
    phone = Phone(World(people), caller=caller)
    heard = 0
    while not phone.state.ended:
        hear(phone, steps[heard % len(steps)])
        heard += 1
        assert heard < LONGEST_CALL, phone.state.visits


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS, people=WORLDS, caller=CALLERS)
def test_going_silent_after_anything_ends_the_call_and_saves_what_was_told(steps, people, caller):
    phone = Phone(World(people), caller=caller)
    for keys in steps:
        if phone.state.ended:
            break
        hear(phone, keys)
    for _ in range(LONGEST_CALL):
        if phone.state.ended:
            break
        hear(phone, "")
    assert phone.state.ended
    told = {"group", "danger", "quiet"} & phone.facts.keys()
    saved = [one for one in phone.world.asked if isinstance(one, Save)]
    assert not told or any(not save.silent_event for save in saved)
