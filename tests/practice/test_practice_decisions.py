"""A made-up person takes calls, and decides about nothing unless a script says so."""

import pytest

from ivr.loader import FLOW_FILE, load_flow
from practice.person import answerer
from practice.phones import Phone, PhoneError, read_phone

HEAD = "+66810000023"
FLOW = load_flow(FLOW_FILE.read_text(encoding="utf-8"))
LANGUAGES = ("th", "en")


def presses(phone, *texts):
    """What somebody presses who hears these texts at one prompt."""
    person = answerer("phone", phone)
    for text in texts:
        person.hear(text)
    return person.enter(limit=1, finish="", speaks=False).digits


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_was_told_nothing_takes_calls_and_decides_nothing(lang):
    assert presses(Phone(), FLOW.approval_leg["keys"][lang]) == ""
    assert presses(Phone(), FLOW.notice_leg["heard_key"][lang]) == ""
    assert presses(Phone(), FLOW.live_leg.offer[lang]) == "1"
    assert presses(Phone(), FLOW.callback_legs["operator"]["offer"][lang]) == "1"
    assert presses(Phone(), FLOW.callback_legs["caller"]["keys"][lang]) == "1"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", ["1", "2", "3", "9"])
def test_who_was_told_the_keys_presses_them(lang, key):
    assert presses(read_phone({"keys": key}), FLOW.approval_leg["keys"][lang]) == key
    assert presses(read_phone({"keys": key}), FLOW.notice_leg["heard_key"][lang]) == key


def test_silence_at_one_decision_keeps_the_key_for_the_next_call():
    person = answerer("phone", Phone())
    person.hear(FLOW.approval_leg["keys"]["th"])
    assert person.enter(limit=1, finish="", speaks=False).digits == ""
    person.hear(FLOW.live_leg.offer["th"])
    assert person.enter(limit=1, finish="", speaks=False).digits == "1"


def test_a_phone_whose_keys_were_not_set_decides_nothing_whatever_else_was_set():
    assert read_phone({"ring_s": 9}).decides is False
    assert read_phone("answer").decides is False
    assert read_phone({"decides": True}).decides is True
    with pytest.raises(PhoneError, match="decides"):
        read_phone({"decides": "yes"})


def test_the_control_side_sets_who_decides(world):
    shown = world.control("PUT", f"/phones/{HEAD}", {"keys": "2"})
    assert (shown["keys"], shown["decides"]) == ("2", True)
