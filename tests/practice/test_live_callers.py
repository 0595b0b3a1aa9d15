"""A person at a screen phones in real time: keys count when they are pressed, not before."""

import io
import time
import wave

import pytest
import requests

NUMBER = "+66810000777"
MENU = (
    '<Gather numDigits="1" finishOnKey="" timeout="{wait}" action="/chose">'
    "<Say>{text}</Say></Gather>"
    "<Say>nothing</Say><Hangup/>"
)


def begin(world, **pages):
    """Phone the toy service; the call's sid."""
    world.toy.pages |= {f"/{name}": page for name, page in pages.items()}
    return world.control("POST", "/calls", {"from": NUMBER, "live": True})["sid"]


def act(world, sid, **wish):
    return world.control("POST", f"/calls/{sid}/act", wish)


def doing(world, sid, what):
    """Wait until the hotline does something with the caller."""
    return world.until(lambda: world.control("GET", f"/calls/{sid}")["doing"] == what)


def sound(seconds):
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x01\x00" * 8000 * seconds)
    return data.getvalue()


def test_a_key_that_is_pressed_into_a_prompt_ends_the_prompt(world):
    began = time.monotonic()
    sid = begin(world, voice=MENU.format(wait=5, text="x" * 300), chose="<Hangup/>")
    world.until(lambda: world.control("GET", f"/calls/{sid}")["transcript"])
    act(world, sid, press="2")
    assert world.over(sid)["ended_by"] == "hotline"
    assert world.toy.got("/chose")[0]["Digits"] == "2"
    # The prompt alone would have taken thirty seconds.
    assert time.monotonic() - began < 20


def test_silence_is_a_person_who_presses_nothing_for_as_long_as_the_menu_waits(world):
    sid = begin(world, voice=MENU.format(wait=1, text="x"), chose="<Hangup/>")
    call = world.over(sid)
    assert world.said(call) == ["x", "nothing"]
    assert world.toy.got("/chose") == []


def test_several_keys_are_one_entry_until_the_finishing_key(world):
    menu = '<Gather finishOnKey="#" timeout="9" action="/chose"/>'
    sid = begin(world, voice=menu, chose="<Hangup/>")
    doing(world, sid, "listening")
    for key in "92160#":
        act(world, sid, press=key)
    world.over(sid)
    assert world.toy.got("/chose")[0]["Digits"] == "92160"


def test_words_are_an_answer_where_words_are_listened_to(world):
    menu = '<Gather input="speech" timeout="9" action="/chose"/>'
    sid = begin(world, voice=menu, chose="<Hangup/>")
    doing(world, sid, "listening")
    act(world, sid, say="ขอนแก่น")
    world.over(sid)
    assert world.toy.got("/chose")[0]["SpeechResult"] == "ขอนแก่น"


@pytest.mark.parametrize("page", [MENU.format(wait=60, text="x"), "<Pause length='60'/>"])
def test_hanging_up_ends_the_call_at_once_and_is_the_caller_s_doing(world, page):
    sid = begin(world, voice=page)
    world.until(lambda: world.toy.got("/voice"))
    act(world, sid, hang_up=True)
    assert world.over(sid)["ended_by"] == "caller"
    assert world.until(lambda: world.toy.got("/status"))[-1]["CallStatus"] == "completed"


RECORD = '<Record action="/done" finishOnKey="#" maxLength="60" recordingStatusCallback="/told"/>'


def test_what_is_said_into_the_microphone_is_the_recording(world):
    sid = begin(world, voice=RECORD, done="<Hangup/>")
    doing(world, sid, "recording")
    address = f"{world.url}/practice/calls/{sid}/sound"
    assert requests.put(address, data=sound(3), timeout=10).status_code == 204
    act(world, sid, press="#")
    world.over(sid)
    [done] = world.toy.got("/done")
    assert (done["RecordingDuration"], done["Digits"]) == ("3", "#")
    auth = ("AC" + "1" * 32, "0123456789abcdef0123456789abcdef")
    kept = requests.get(f"{done['RecordingUrl']}.wav", auth=auth, timeout=10)
    assert kept.content == sound(3)


def test_who_hangs_up_while_recording_leaves_what_was_recorded(world):
    sid = begin(world, voice=RECORD, done="<Hangup/>")
    doing(world, sid, "recording")
    requests.put(f"{world.url}/practice/calls/{sid}/sound", data=sound(2), timeout=10)
    act(world, sid, hang_up=True)
    assert world.over(sid)["ended_by"] == "caller"
    assert world.until(lambda: world.toy.got("/told"))[-1]["RecordingStatus"] == "completed"


def test_who_says_nothing_leaves_no_recording(world):
    sid = begin(world, voice=RECORD + "<Hangup/>", done="<Hangup/>")
    doing(world, sid, "recording")
    act(world, sid, silence=True)
    world.over(sid)
    assert world.toy.got("/done") == []


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"press": "x"},
        {"press": "12"},
        {"press": "silence", "say": "x"},
        {"say": " "},
        {"do": 1},
    ],
)
def test_a_wish_that_means_nothing_is_refused_and_the_call_goes_on(world, wish):
    sid = begin(world, voice=MENU.format(wait=60, text="x"), chose="<Hangup/>")
    answer = requests.post(f"{world.url}/practice/calls/{sid}/act", json=wish, timeout=10)
    assert answer.status_code == 400
    act(world, sid, press="1")
    world.over(sid)
    assert world.toy.got("/chose")[0]["Digits"] == "1"


@pytest.mark.parametrize("data", [b"", b"RIFF", b"x" * 5_000_000])
def test_a_sound_that_is_none_is_refused(world, data):
    sid = begin(world, voice=RECORD, done="<Hangup/>")
    doing(world, sid, "recording")
    answer = requests.put(f"{world.url}/practice/calls/{sid}/sound", data=data, timeout=10)
    assert answer.status_code == 400
    act(world, sid, hang_up=True)
    world.over(sid)


def test_nobody_acts_in_a_call_that_is_over_or_has_a_script(world):
    world.toy.pages["/voice"] = "<Hangup/>"
    sid = world.call(keys="1")["sid"]
    answer = requests.post(f"{world.url}/practice/calls/{sid}/act", json={"press": "1"}, timeout=10)
    assert answer.status_code == 400
