"""A Gather takes keys by Twilio's timing rules."""

import pytest


def prompt(attributes="", inner="<Say>one two</Say>"):
    """A Gather that leads to /key, with a Redirect behind it for silence."""
    gather = f'<Gather action="/key" {attributes}>{inner}</Gather>'
    return gather + "<Redirect>/silence</Redirect>"


def digits(world, attributes, keys):
    """What one prompt makes of a script: the Digits that were sent, None for silence."""
    world.toy.pages |= {"/voice": prompt(attributes), "/key": "<Hangup/>", "/silence": "<Hangup/>"}
    world.call(keys=keys)
    sent = world.toy.got("/key")
    return sent[0]["Digits"] if sent else None


@pytest.mark.parametrize(
    ("attributes", "keys", "expected"),
    [
        ('numDigits="1" finishOnKey=""', "21", "2"),
        ('numDigits="1" finishOnKey=""', "*", "*"),
        ('numDigits="1" finishOnKey=""', "#", "#"),
        ('numDigits="5" finishOnKey=""', "92160", "92160"),
        ('numDigits="5" finishOnKey=""', "92 160", "92"),
        ('numDigits="5" finishOnKey=""', "* 1", "*"),
        ('numDigits="5" finishOnKey=""', "**", "**"),
        ("", "0812345678#9", "0812345678"),
        ("", "12 3", "12"),
        ("", "#", None),
        ('numDigits="1"', "-", None),
        ('numDigits="1"', "", None),
        ('numDigits="1" actionOnEmptyResult="true"', "", ""),
        ('input="speech"', "1", None),
    ],
)
def test_a_prompt_sends_what_was_pressed_and_falls_through_without(
    world, attributes, keys, expected
):
    assert digits(world, attributes, keys) == expected
    assert world.problems() == []


def test_each_prompt_waits_for_its_own_key(world):
    world.toy.pages["/voice"] = prompt('numDigits="1"').replace("/key", "/second")
    world.toy.pages["/second"] = prompt('numDigits="5" finishOnKey=""')
    world.toy.pages["/key"] = "<Hangup/>"
    world.call(keys="292160")
    assert world.toy.got("/key")[0]["Digits"] == "92160"


def test_a_key_during_the_prompt_of_a_gather_cuts_it_short(world):
    world.toy.pages |= {"/voice": prompt('numDigits="1"'), "/key": "<Hangup/>"}
    call = world.call(keys="!1")
    assert world.said(call) == []
    assert world.toy.got("/key")[0]["Digits"] == "1"


def test_a_key_during_speech_outside_a_gather_is_lost(world):
    world.toy.pages["/voice"] = "<Say>listen first</Say>" + prompt('numDigits="1"')
    call = world.call(keys="!1")
    assert "presses 1 (lost)" in world.said(call, "caller")
    assert world.toy.got("/key") == []


def test_virtual_time_counts_letters_pauses_and_timeouts(world):
    world.toy.pages["/voice"] = (
        "<Say>0123456789</Say><Pause length='3'/><Gather timeout='7' numDigits='1'/><Say>end</Say>"
    )
    call = world.call()
    times = {line["text"]: line["at"] for line in call["transcript"]}
    # 1 s speech, 3 s pause, 1 s of thinking, 7 s of silence
    assert times["end"] == 12.0


def test_a_caller_who_wants_english_presses_the_key_that_is_offered(world):
    offer = "<Say>กด หนึ่ง</Say><Say>For English, press four.</Say>"
    world.toy.pages |= {"/voice": prompt('numDigits="1"', offer), "/key": prompt('numDigits="1"')}
    world.call(lang="en", keys="2")
    assert [form["Digits"] for form in world.toy.got("/key")] == ["4", "2"]


def test_speech_is_sent_only_where_the_prompt_listens_to_it(world):
    world.toy.pages["/voice"] = prompt('numDigits="1"').replace("/silence", "/speech")
    world.toy.pages["/speech"] = prompt('input="dtmf speech" numDigits="1"')
    world.call(keys="s", speech="เกาะสมุย")
    assert [form.get("SpeechResult") for form in world.toy.got("/key")] == ["เกาะสมุย"]


def test_a_caller_who_hangs_up_in_a_prompt_leaves_no_action_but_a_status(world):
    world.toy.pages["/voice"] = prompt('numDigits="5"')
    call = world.call(keys="12h")
    assert (call["status"], call["ended_by"]) == ("completed", "caller")
    assert world.toy.paths() == ["/voice", "/status"]


@pytest.mark.parametrize(("count", "paths"), [(1, ["/voice"]), (2, ["/voice", "/key"])])
def test_a_caller_may_hang_up_after_any_document(world, count, paths):
    world.toy.pages |= {"/voice": prompt('numDigits="1"'), "/key": "<Say>fine</Say>"}
    call = world.call(keys="1", hangup_after=count)
    assert call["ended_by"] == "caller"
    assert world.toy.paths() == [*paths, "/status"]
    assert len(call["documents"]) == count


def test_a_caller_may_hang_up_some_seconds_later(world):
    world.toy.pages["/voice"] = "<Pause length='60'/>"
    call = world.call(keys="h20")
    assert call["transcript"][-1] == {
        "at": 20.0,
        "who": "caller",
        "text": "hangs up",
        "lang": None,
    }
