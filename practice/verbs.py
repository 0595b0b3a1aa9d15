"""The simple verbs: Say, Play, Pause, Redirect, Hangup, Reject.

A verb returns the request for the next document, or None where the next verb follows.
"""

from collections.abc import Callable
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

from practice.legs import DocumentRequest
from practice.stage import LineClosed, Stage

LETTERS_A_SECOND = 10.0
PLAY_S = 3.0
Verb = Callable[[Stage, ElementTree.Element, str], DocumentRequest | None]


def say(stage: Stage, element: ElementTree.Element, here: str) -> None:
    """Speak a text; a key that is pressed meanwhile is lost."""
    _lose_keys(stage)
    speak(stage, element)


def speak(stage: Stage, element: ElementTree.Element) -> None:
    """Speak a text, `loop` times (0 is until the call ends: spoken once here)."""
    text = " ".join("".join(element.itertext()).split())
    for _ in range(max(int(element.get("loop", "1")), 1)):
        stage.note("hotline", text, element.get("language"))
        stage.heard.append(text)
        key = stage.person.hear(text)
        if key is not None:
            stage.note("system", f"English is offered on key {key}")
        stage.tick(len(text) / LETTERS_A_SECOND)


def play(stage: Stage, element: ElementTree.Element, here: str) -> None:
    """Play a sound: only its name is written down."""
    _lose_keys(stage)
    play_sound(stage, element)


def play_sound(stage: Stage, element: ElementTree.Element) -> None:
    """Write down that a sound is played and let its time pass."""
    name = urlsplit((element.text or "").strip()).path or f"tones {element.get('digits', '')}"
    stage.note("hotline", f"[plays {name}]")
    stage.tick(PLAY_S)


def pause(stage: Stage, element: ElementTree.Element, here: str) -> None:
    """Say nothing for a while."""
    _lose_keys(stage)
    stage.tick(float(element.get("length", "1")))


def redirect(stage: Stage, element: ElementTree.Element, here: str) -> DocumentRequest:
    """Go on with another document."""
    stage.leave_if_heard_enough()
    url = urljoin(here, (element.text or "").strip() or here)
    return DocumentRequest(url, element.get("method", "POST"))


def hang_up(stage: Stage, element: ElementTree.Element, here: str) -> None:
    """End the leg."""
    stage.note("system", "the hotline hangs up")
    raise LineClosed(stage, "hotline")


def reject(stage: Stage, element: ElementTree.Element, here: str) -> None:
    """Refuse an inbound call that was not answered yet."""
    stage.note("system", "the hotline refuses the call")
    busy = element.get("reason") == "busy"
    raise LineClosed(stage, "hotline", "busy" if busy else "no-answer")


def _lose_keys(stage: Stage) -> None:
    while stage.person.keys.presses_at_once():
        stage.note(stage.person.name, f"presses {stage.person.keys.lose_key()} (lost)")
