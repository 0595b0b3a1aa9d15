"""The control side of a caller at a screen: begin a call, press keys, say words, hang up."""

from collections.abc import Mapping
from typing import Any

from practice.calls import inbound_leg, play_inbound
from practice.exchange import Exchange
from practice.keys import ScriptError
from practice.legs import Interrupt, Leg
from practice.live import LONGEST_WORDS, NOTHING_SAID, WORDS, LiveKeys
from practice.person import Person
from practice.sound import length_s
from practice.stage import Stage

REAL_TIME = 1.0
WISHES = ("press", "say", "silence", "hang_up")


def begin(exchange: Exchange, number: str) -> Leg:
    """Phone the hotline; the call goes on in real time until somebody hangs up."""
    leg = inbound_leg(exchange, number)
    person = Person("caller", LiveKeys(leg))
    stage = Stage(exchange, exchange.ledger.add_leg(leg), person)
    stage.speed = REAL_TIME
    exchange.live[leg.sid] = person
    play_inbound(stage)
    return leg


def act(exchange: Exchange, leg: Leg, wish: Mapping[str, Any]) -> None:
    """Do one thing in a live call; ScriptError where it cannot be done."""
    person = _caller(exchange, leg)
    name = next(iter(wish), "")
    if len(wish) != 1 or name not in WISHES:
        raise ScriptError(f"one of {', '.join(WISHES)}")
    if name == "hang_up":
        leg.disturb(Interrupt(status="completed", by="caller"))
    elif name == "say":
        _say(person, str(wish[name]))
    else:
        _press(person, NOTHING_SAID if name == "silence" else str(wish[name]))


def keep_sound(exchange: Exchange, leg: Leg, data: bytes) -> None:
    """Keep what was said for the recording that goes on; ScriptError for anything but a WAV."""
    _caller(exchange, leg)
    found = exchange.ledger.recording_of(leg.sid)
    if found is None:
        raise ScriptError("nothing is being recorded")
    found.said_s = length_s(data)
    found.sound = data


def _caller(exchange: Exchange, leg: Leg) -> Person:
    if leg.is_over:
        exchange.live.pop(leg.sid, None)
    person = exchange.live.get(leg.sid)
    if person is None:
        raise ScriptError("nobody at a screen is in this call")
    return person


def _say(person: Person, words: str) -> None:
    if not words.strip() or len(words) > LONGEST_WORDS:
        raise ScriptError(f"words, at most {LONGEST_WORDS} letters")
    person.speech.append(words)
    _press(person, WORDS)


def _press(person: Person, sign: str) -> None:
    assert isinstance(person.keys, LiveKeys)
    person.keys.press(sign)
