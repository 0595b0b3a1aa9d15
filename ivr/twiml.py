"""Verbs to TwiML: the only file that knows the provider's document language."""

import re
from collections.abc import Mapping, Sequence

from twilio.twiml import voice_response as xml

from ivr.nodes import Language
from ivr.verbs import Dial, Gather, Hangup, Pause, Record, Redirect, Say, Verb

# What XML 1.0 does not allow: twilio-python writes it out raw and the document no longer parses.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
LONGEST_SAY = 4096
EVENTS = "initiated ringing answered completed"


def render(verbs: Sequence[Verb], languages: Mapping[str, Language]) -> bytes:
    """A whole document, UTF-8; an empty list is an empty Response, which ends a whisper."""
    response = xml.VoiceResponse()
    for verb in verbs:
        _append(response, verb, languages)
    return str(response).encode()


def _append(parent: xml.VoiceResponse, verb: Verb, languages: Mapping[str, Language]) -> None:
    match verb:
        case Say():
            _say(parent, verb, languages)
        case Pause():
            parent.pause(length=verb.seconds)
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


def _say(
    parent: xml.VoiceResponse | xml.Gather, say: Say, languages: Mapping[str, Language]
) -> None:
    language = languages[say.lang]
    text = ILLEGAL.sub("", say.text)[:LONGEST_SAY]
    parent.say(text, voice=language.voice, language=language.say_language)


def _gather(parent: xml.VoiceResponse, gather: Gather, languages: Mapping[str, Language]) -> None:
    # actionOnEmptyResult: silence must reach us too, else it falls through without a webhook.
    options = {} if gather.num_digits is None else {"num_digits": gather.num_digits}
    element = parent.gather(
        input="dtmf",
        action=gather.action,
        method="POST",
        timeout=gather.timeout_s,
        finish_on_key=gather.finish_on_key,
        action_on_empty_result=True,
        **options,
    )
    for piece in gather.prompts:
        if isinstance(piece, Say):
            _say(element, piece, languages)
        else:
            element.pause(length=piece.seconds)


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
