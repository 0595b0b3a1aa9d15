"""The calls that are kept word for word: who calls, what is pressed, how the people react."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.stack import Stack
from tests.system.outcome import Outcome, callback_legs, settled
from tests.system.people import people
from tests.system.spoken import digits_said

AGENTS = ("+66810000011", "+66810000012")
ON_CALL = ("+66810000013", "+66810000014")
TRANG = ("+66810000021", "+66810000022", "+66810000023")
OTHER_NUMBER = "+66810000299"
AWAY = dict.fromkeys((*AGENTS, *ON_CALL), "no_answer")


@dataclass(frozen=True)
class Story:
    """One call. `keys` may hold {reference}, {pin} and {wrong_pin} of the call `after`."""

    keys: str
    number: str
    lang: str = "th"
    phones: Mapping[str, Any] = field(default_factory=dict)
    somebody_on_duty: bool = True
    after: "Story | None" = None


@dataclass(frozen=True)
class Told:
    """A story that took place: the caller's leg, the callback's legs, what became of it.

    `secrets` are the random words of this call by the name that stands for them in the text.
    """

    call: dict[str, Any]
    outcome: Outcome
    callbacks: list[dict[str, Any]]
    secrets: Mapping[str, str]


ORDINARY = Story("2 1 1 1 1 1 92160 1 2 1 r5 * 3", "+66810000200")
STORIES = {
    "ordinary": ORDINARY,
    "english": Story("2 1 1 1 1 1 92160 1 2 1 r5 5924 3", "+66810000201", lang="en"),
    "danger_spoken": Story("1 1", "+66810000202"),
    "danger_unspoken": Story("1 2 1", "+66810000203"),
    "danger_nobody_on_duty": Story("1 1 1 r5", "+66810000204", somebody_on_duty=False),
    "silent": Story("", "+66810000205", phones=AWAY),
    "silent_then_one_key": Story("- - 7 1", "+66810000206"),
    "sensitive": Story("2 1 3 1", "+66810000207"),
    "sensitive_by_keys": Story("2 1 3 3 1 1 1 92160 1 3 2 * 3", "+66810000208"),
    "number_withheld": Story("2 1 1 2 1 92160 1 2 2 * 3", "anonymous"),
    "other_number": Story("2 1 1 2 0810000299# 1 1 1 92160 1 2 2 * 3", "+66810000209"),
    "no_callback": Story("2 1 1 3 1 92160 1 2 2 * 3", "+66810000210"),
    "hangs_up_half_way": Story("2 1 1 h", "+66810000211"),
    "hangs_up_after_permission": Story("2 1 1 1 1 h12", "+66810000212"),
    "nobody_on_duty": Story(
        "2 1 1 0 2 1 1 1 92160 1 2 2 * 3", "+66810000213", somebody_on_duty=False
    ),
    "follow_up": Story("3 {reference} {wrong_pin} {pin} 3", "+66810000214", after=ORDINARY),
}


def tell(stack: Stack, story: Story) -> Told:
    """Let a story take place and wait until nothing more comes of it."""
    known = tell(stack, story.after).secrets if story.after else {}
    people(stack, active=story.somebody_on_duty)
    for number, behaviour in story.phones.items():
        stack.practice(f"/practice/phones/{number}", behaviour, method="PUT")
    earlier = {leg["sid"] for leg in callback_legs(stack)}
    keys = story.keys.format(**known)
    call = stack.phone(keys, **{"from": story.number, "lang": story.lang})
    outcome = settled(stack, call["sid"])
    people(stack, active=True)
    legs = [leg for leg in callback_legs(stack) if leg["sid"] not in earlier]
    return Told(stack.call(call["sid"]), outcome, legs, known | _secrets(call, outcome))


def _secrets(call: dict[str, Any], outcome: Outcome) -> dict[str, str]:
    heard = digits_said(call)
    reference = outcome.call["case_reference"]
    if reference is not None:
        heard["reference"] = reference
    if "pin" in heard:
        heard["wrong_pin"] = f"{(int(heard['pin']) + 1111) % 10000:04d}"
    return heard
