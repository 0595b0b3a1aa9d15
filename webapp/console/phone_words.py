"""What people do on the practice line, in the reader's words; the provider writes it in English."""

import re
from typing import Final

from webapp.console.language import gettext, marked

DONE: Final = (
    (re.compile("rings"), marked("rings")),
    (re.compile("answers"), marked("answers")),
    (re.compile("hangs up"), marked("hangs up")),
    (re.compile("no-answer"), marked("does not answer")),
    (re.compile("stops ringing"), marked("stops ringing, for somebody is wanted in danger")),
    (re.compile("busy"), marked("is busy")),
    (re.compile(r"presses (?P<keys>[0-9*#]+)"), marked("presses %(keys)s")),
    (
        re.compile(r"presses (?P<keys>[0-9*#]+) \((?:lost|not listened to)\)"),
        marked("presses %(keys)s while nobody listens"),
    ),
    (re.compile(r"says: (?P<words>.*)", re.DOTALL), marked("says: %(words)s")),
    (re.compile(r"speaks for (?P<seconds>\d+) seconds"), marked("speaks for %(seconds)s seconds")),
    (re.compile("beep"), marked("a tone")),
    (re.compile("the hotline hangs up"), marked("the hotline hangs up")),
    (re.compile(r"caller and phone \S+ talk"), marked("both are talking")),
    (re.compile(r"\[plays .*\]"), marked("a recorded sound")),
)


def in_words(text: str) -> str | None:
    """A line of the provider in the reader's language; None where there are no words for it."""
    for pattern, words in DONE:
        found = pattern.fullmatch(text)
        if found:
            return gettext(words) % found.groupdict()
    return None
