"""Verbs to TwiML: the only file that knows the provider's document language."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from twilio.twiml import voice_response as xml

from ivr.flow_settings import Language
from ivr.verbs import Dial, Gather, Hangup, Pause, Play, Record, Redirect, Say, Speech, Verb

# What XML 1.0 does not allow: twilio-python writes it out raw and the document no longer parses.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
LONGEST_SAY = 4096
# https://www.twilio.com/docs/api/errors/13330
MOST_HINTS, LONGEST_HINT = 500, 100
# "auto" is refused together with some speech models, and which one is at work is not ours to say.
PAUSE_IN_SPEECH_S = 2
EVENTS = "initiated ringing answered completed"


def render(verbs: Sequence[Verb], languages: Mapping[str, Language]) -> bytes:
    """A whole document, UTF-8; an empty list is an empty Response, which ends a whisper."""
    response = xml.VoiceResponse()
    for verb in verbs:
        _append(response, verb, languages)
    return str(response).encode()


def _append(parent: xml.VoiceResponse, verb: Verb, languages: Mapping[str, Language]) -> None:
    match verb:
        case Say() | Play() | Pause():
            _piece(parent, verb, languages)
        case Gather():
            _gather(parent, verb, languages)
        case Record():
            _record(parent, verb)
        case Dial():
            _dial(parent, verb)
        case Redirect():
            parent.redirect(verb.url, method="POST")
        case Hangup():
            parent.hangup()


def _piece(
    parent: xml.VoiceResponse | xml.Gather,
    piece: Say | Play | Pause,
    languages: Mapping[str, Language],
) -> None:
    match piece:
        case Say():
            _say(parent, piece, languages)
        case Play():
            parent.play(piece.url)
        case Pause():
            parent.pause(length=piece.seconds)


def _say(
    parent: xml.VoiceResponse | xml.Gather, say: Say, languages: Mapping[str, Language]
) -> None:
    language = languages[say.lang]
    text = ILLEGAL.sub("", say.text)[:LONGEST_SAY]
    parent.say(text, voice=language.voice, language=language.say_language)


def _gather(parent: xml.VoiceResponse, gather: Gather, languages: Mapping[str, Language]) -> None:
    # actionOnEmptyResult: silence must reach us too, else it falls through without a webhook.
    options: dict[str, Any] = {} if gather.num_digits is None else {"num_digits": gather.num_digits}
    if gather.speech:
        options |= _speech(gather.speech, languages)
    element = parent.gather(
        input="dtmf speech" if gather.speech else "dtmf",
        action=gather.action,
        method="POST",
        timeout=gather.timeout_s,
        finish_on_key=gather.finish_on_key,
        action_on_empty_result=True,
        **options,
    )
    for piece in gather.prompts:
        _piece(element, piece, languages)


def _speech(speech: Speech, languages: Mapping[str, Language]) -> dict[str, Any]:
    """No model is named: one that does not know the language would fail the whole Gather. Nothing
    is blotted out, for names may sound rude."""
    hints = (one for one in speech.hints[:MOST_HINTS] if len(one) <= LONGEST_HINT)
    return {
        "language": languages[speech.lang].say_language,
        "hints": ILLEGAL.sub("", ",".join(hints)),
        "profanity_filter": False,
        "speech_timeout": PAUSE_IN_SPEECH_S,
    }


def _record(parent: xml.VoiceResponse, record: Record) -> None:
    parent.record(
        action=record.action,
        method="POST",
        max_length=record.max_s,
        timeout=record.timeout_s,
        finish_on_key=record.finish_keys,
        play_beep=record.play_beep,
        trim="do-not-trim",
        recording_status_callback=record.recording_status_callback,
        recording_status_callback_method="POST",
        recording_status_callback_event="completed absent",
    )


def _dial(parent: xml.VoiceResponse, dial: Dial) -> None:
    element = parent.dial(
        action=dial.action,
        method="POST",
        timeout=dial.timeout_s,
        time_limit=dial.time_limit_s,
        caller_id=dial.caller_id,
    )
    for number in dial.numbers:
        options = {}
        if number.machine_detection:
            options = {
                "machine_detection": "Enable",
                "amd_status_callback": number.amd_status_callback,
                "amd_status_callback_method": "POST",
            }
        element.number(
            number.to,
            url=number.url,
            method="POST",
            status_callback=number.status_callback,
            status_callback_event=EVENTS,
            status_callback_method="POST",
            **options,
        )
