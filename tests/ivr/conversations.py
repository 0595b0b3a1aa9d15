"""The conversations that are kept as text: who calls, on what world, and what the caller does."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.ivr.made_up_world import Person, World
from tests.ivr.phone import CALLER, Phone

SILENT = ""
NOBODY: tuple[Person, ...] = ()
AWAY = (Person(1), Person(2))
THERE = (Person(1), Person(2, takes=True))
# Group, type, this number, any time, level, postal code, yes, no conflict, tells it, PIN, done.
ORDINARY = ("2", "1", "1", "1", "1", "1", "99110", "1", "2", "1", "speak", "5924", "")


@dataclass(frozen=True)
class Conversation:
    """One call; in English the same keys are pressed after the one for English."""

    steps: Sequence[str]
    people: tuple[Person, ...] = NOBODY
    caller: str | None = CALLER

    def held(self, lang: str) -> Phone:
        """The call, from the first word to the last."""
        phone = Phone(World(self.people), caller=self.caller)
        if lang == "en":
            phone.do("4")
        return phone.play(*self.steps)


CONVERSATIONS = {
    "ordinary": Conversation(ORDINARY),
    "ordinary_other_number": Conversation(
        ("2", "4", "3", "1", "2", "0810000456#", "1", "4", "2", "99120", "2", "3", "2", "*", "3")
    ),
    "danger_spoken": Conversation(("1", "1"), THERE),
    "danger_nobody_answers": Conversation(("1", "1", "1", "speak", "1", "*", "2"), AWAY),
    "danger_unspoken": Conversation(("1", "2", "1"), THERE),
    "danger_unspoken_nobody_on_duty": Conversation(("1", "2", "1", "1", "99110", "1", SILENT)),
    "silent": Conversation((SILENT,) * 7, AWAY),
    "silent_then_one_key": Conversation((SILENT, SILENT, "7", "3"), THERE),
    "sensitive": Conversation(("2", "1", "3", "1"), THERE),
    "sensitive_goes_on": Conversation(
        ("2", "1", "3", "3", "1", "2", "2", "99110", "1", "3", "2", SILENT, "3")
    ),
    "number_withheld": Conversation(
        ("2", "3", "1", "2", "1", "*", "2", "2", SILENT, SILENT), caller=None
    ),
    "follow_up": Conversation(("3", "482913704", "7315", "1", "1", "speak")),
    "follow_up_without_number": Conversation(("3", "*", "1", "3")),
    "nobody_on_duty": Conversation(
        ("0", "2", "1", "4", "3", SILENT, SILENT, "1", "2", SILENT, SILENT)
    ),
    "person_in_turn": Conversation(("2", "2", "0", SILENT, SILENT, SILENT), THERE),
    "wrong_keys": Conversation(("8", "8", "2", "8", "#", "1", "9", "2", "8", "8", "8", "3")),
}
