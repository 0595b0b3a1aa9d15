"""What the parts of a call flow are called: kinds of nodes, what is said, how one leaves a node."""

from typing import Final

from calls.flow_book import Way
from webapp.console.language import gettext, marked

TYPES: Final = {
    "menu": marked("one key"),
    "any_key": marked("any key at all"),
    "dynamic_menu": marked("a choice of places"),
    "digits": marked("a number"),
    "record": marked("a recording"),
    "playback": marked("plays the recording"),
    "queue": marked("rings people"),
    "action": marked("saves something"),
    "say": marked("only speaks"),
    "check": marked("asks nothing"),
    "end": marked("ends the call"),
    "text": marked("another text"),
}
PARTS: Final = {
    "prompt": marked("Prompt"),
    "head": marked("Once before it"),
    "quiet": marked("For who cannot speak"),
    "closed": marked("With nobody on duty"),
    "announced": marked("With an announcement"),
    "short": marked("Short greeting"),
    "option": marked("Each option"),
    "last": marked("Last option"),
    "agent_hears": marked("What the person who is rung hears"),
    "wait": marked("While waiting"),
    "th_tail": marked("After the Thai prompt"),
    "en_tail": marked("After the English prompt"),
}
WAYS: Final = {
    "silence": marked("silence"),
    "another key": marked("another key"),
    "any key": marked("any key"),
    "an option": marked("an option"),
    "next": marked("goes on"),
    "else": marked("else"),
    "don't know": marked("don't know"),
    "another way": marked("another way"),
    "nobody answers": marked("nobody answers"),
    "nobody on duty": marked("nobody on duty"),
    "it is there": marked("it is there"),
    "it does not come": marked("it does not come"),
    "without consent": marked("without consent"),
    "the key that repeats": marked("the key that repeats"),
    "when it is skipped": marked("when it is skipped"),
    "when it cannot be asked": marked("when it cannot be asked"),
    "when it was reached too often": marked("when it was reached too often"),
}
KEY: Final = "key "


def type_word(name: str) -> str:
    """What a node of this type does."""
    return gettext(TYPES[name]) if name in TYPES else name


def part_word(name: str) -> str:
    """When a text is said; the flow's own name where there is no word for it."""
    return gettext(PARTS[name]) if name in PARTS else name


def way_word(way: Way) -> str:
    """By what a node is left, with what the answer is called."""
    if way.how in WAYS:
        word = gettext(WAYS[way.how])
    elif way.how.startswith(KEY):
        word = gettext("key %(key)s") % {"key": way.how.removeprefix(KEY)}
    else:
        word = way.how
    return word if way.label in ("", "any") else f"{word} · {way.label}"
