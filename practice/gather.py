"""Gather: what is pressed or said at a prompt goes to the action, silence falls through.

https://www.twilio.com/docs/voice/twiml/gather
"""

from dataclasses import dataclass
from xml.etree import ElementTree

from practice.documents import next_request
from practice.keys import Ending, Entry
from practice.legs import LISTENING, SPEAKING, DocumentRequest
from practice.stage import Stage
from practice.verbs import play_sound, speak

REACTION_S = 1.0
KEY_S = 0.5
SPEECH_S = 3.0


@dataclass(frozen=True)
class Wish:
    """The attributes of a Gather with their defaults."""

    limit: int | None
    finish: str
    timeout_s: float
    takes_keys: bool
    takes_speech: bool
    tells_silence: bool


def read_wish(element: ElementTree.Element) -> Wish:
    """Read the attributes; the timeout also is the longest pause between two keys."""
    limit, timeout = element.get("numDigits"), element.get("timeout", "5")
    inputs = element.get("input", "dtmf").split()
    return Wish(
        limit=int(limit) if limit else None,
        finish=element.get("finishOnKey", "#"),
        timeout_s=5.0 if timeout == "auto" else float(timeout),
        takes_keys="dtmf" in inputs,
        takes_speech="speech" in inputs,
        tells_silence=element.get("actionOnEmptyResult", "false") == "true",
    )


def gather(stage: Stage, element: ElementTree.Element, here: str) -> DocumentRequest | None:
    """Play the prompts, listen, and go to the action or fall through."""
    wish = read_wish(element)
    if not (wish.takes_keys and stage.person.keys.presses_at_once()):
        stage.listens = wish.takes_keys
        _play_prompts(stage, element)
        stage.leave_if_heard_enough()
        stage.tick(REACTION_S)
    stage.listens = False
    stage.leg.doing = LISTENING
    given = _listen(stage, wish)
    stage.leg.doing = SPEAKING
    if not given and not wish.tells_silence:
        return None
    return next_request(element, here, given or {"Digits": ""})


def _play_prompts(stage: Stage, element: ElementTree.Element) -> None:
    for prompt in element:
        if stage.is_cut_short():
            return
        if prompt.tag == "Say":
            speak(stage, prompt)
        elif prompt.tag == "Play":
            play_sound(stage, prompt)
        else:
            stage.tick(float(prompt.get("length", "1")))


def _listen(stage: Stage, wish: Wish) -> dict[str, str]:
    entry = _entry(stage, wish)
    if entry.waited_s is not None:
        stage.passed(entry.waited_s)
    if entry.ending is Ending.SPEECH:
        return _spoken(stage, is_live=entry.waited_s is not None)
    if entry.wait_s:
        stage.note("system", f"waits for {entry.wait_s} real seconds")
        stage.wait_really(entry.wait_s)
    if entry.digits or entry.finish:
        stage.note(stage.person.name, f"presses {entry.digits}{entry.finish}")
    if entry.waited_s is None:
        _take_time(stage, wish, entry)
    if not entry.digits:
        # The finish key alone is no answer: Twilio goes on with the next verb.
        return {}
    return {"Digits": entry.digits, "FinishedOnKey": entry.finish, "msg": "Gather End"}


def _take_time(stage: Stage, wish: Wish, entry: Entry) -> None:
    """A script presses its keys in no time: the seconds that a person would have taken."""
    stage.tick(KEY_S * len(entry.digits + entry.finish))
    if entry.ending in (Ending.PAUSE, Ending.SILENCE):
        stage.plan_hangup(skip_pauses=False)
        stage.tick(wish.timeout_s)


def _entry(stage: Stage, wish: Wish) -> Entry:
    head = stage.person.keys.head()
    if not wish.takes_keys and head is not None and head.kind == "key":
        stage.note(stage.person.name, f"presses {stage.person.keys.lose_key()} (not listened to)")
        return Entry("", Ending.SILENCE)
    return stage.person.enter(
        limit=wish.limit,
        finish=wish.finish,
        speaks=wish.takes_speech,
        listens_s=wish.timeout_s,
    )


def _spoken(stage: Stage, *, is_live: bool) -> dict[str, str]:
    words = stage.person.say()
    stage.note(stage.person.name, f"says: {words}")
    stage.tick(0 if is_live else SPEECH_S)
    return {"SpeechResult": words, "Confidence": "0.9"}
