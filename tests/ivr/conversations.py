"""The conversations that are kept as text: who calls, on what world, and what the caller does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.zones import BANGKOK
from ivr.turns import OffHours
from tests.ivr.made_up_world import NEVER, Person, World
from tests.ivr.phone import CALLER, Phone

SILENT = ""
NOBODY: tuple[Person, ...] = ()
AWAY = (Person(1), Person(2))
THERE = (Person(1), Person(2, takes=True))
# Group, type, no call, level unknown, no postal code, no conflict.
BEFORE_STORY = ("2", "1", "1", "3", "5", "*", "2")
# Group, type, not now, no call, secondary; then no conflict and no recording, a given PIN, done.
FIGHT = ("2", "1", "2", "2", "3", "2")
NO_STORY = ("2", "2", "*", "3")
# Group, type, this number, any time, level, postal code, yes, no conflict, tells it, PIN, done.
ORDINARY = ("2", "1", "1", "1", "1", "1", "99110", "1", "2", "1", "speak", "5924", "")
# A building, no call, primary, then the name instead of the postal code.
TO_NAMES = ("2", "2", "2", "3", "1", "#")


NEWS = {
    "th": "ขณะนี้ทราบเรื่องน้ำท่วมในจังหวัดตรังแล้ว เจ้าหน้าที่กำลังช่วยเหลือ แจ้งเรื่องเพิ่มได้ตามปกติ",
    "en": "We know about the flood in Trang. Help is on its way. You can still report as usual.",
}
# A Friday that is a holiday, and a weekday's night.
HOLIDAY = OffHours(True, datetime(2026, 12, 7, 8, 30, tzinfo=BANGKOK), days_ahead=3)
NIGHT = OffHours(False, datetime(2026, 12, 9, 8, 0, tzinfo=BANGKOK), days_ahead=1)


@dataclass(frozen=True)
class Conversation:
    """One call; in English the same keys are pressed after the one for English."""

    steps: Sequence[str]
    people: tuple[Person, ...] = NOBODY
    caller: str | None = CALLER
    announcement: Mapping[str, str] | None = None
    looks_until_played: int = 1
    off_hours: OffHours | None = None
    short: bool = False

    def held(self, lang: str) -> Phone:
        """The call, from the first word to the last."""
        world = World(
            self.people, looks_until_played=self.looks_until_played, off_hours=self.off_hours
        )
        phone = Phone(world, caller=self.caller, announcement=self.announcement, short=self.short)
        if lang == "en":
            phone.do("4")
        return phone.play(*self.steps)


CONVERSATIONS = {
    "ordinary": Conversation(ORDINARY),
    "story_heard_and_told_anew": Conversation(
        (*BEFORE_STORY, "1", "speak *", SILENT, "*", "2", "speak *", "1", SILENT, "3"),
        looks_until_played=2,
    ),
    "story_heard_and_deleted": Conversation((*BEFORE_STORY, "1", "speak *", "3", SILENT, "3")),
    "story_not_here_yet": Conversation(
        (*BEFORE_STORY, "1", "speak *", *(SILENT,) * 4, "*", "3"), looks_until_played=NEVER
    ),
    "fight_of_four_schools": Conversation(
        (*FIGHT, "99110", "3", "99120", "2", "3", "99110", "3", "99120", "1", "3", *NO_STORY)
    ),
    "fight_of_two_schools_one_not_known": Conversation(
        (*FIGHT, "99120", "1", "3", "99110", "2", "99999", "99999", *NO_STORY)
    ),
    "school_by_code": Conversation(
        ("2", "2", "2", "3", "1", "#", "99010043#", "99010042#", "1", *NO_STORY)
    ),
    "school_by_code_not_that_one": Conversation(
        ("2", "2", "2", "3", "1", "#", "99010042#", "2", "99110", "1", *NO_STORY)
    ),
    "place_said": Conversation(
        (*TO_NAMES, "say ดอนสมมุติ", "2", "#", "say บึงหรือเขา", "2", *NO_STORY)
    ),
    "place_said_and_not_understood": Conversation(
        (*TO_NAMES, "say ไม่ใช่ที่ไหน", SILENT, "say 64 kB", *NO_STORY)
    ),
    "province_said_alone": Conversation(
        (*TO_NAMES, "say จังหวัดทดสอบ", "say จังหวัดทดสอบ", "1", *NO_STORY)
    ),
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
    "holiday": Conversation(("0", "3"), off_hours=HOLIDAY),
    "off_hours_nobody_answers": Conversation(("0", *(SILENT,) * 6, "3"), AWAY, off_hours=NIGHT),
    "patani_malay": Conversation(("5", SILENT), (*THERE, Person(3, takes=True, speaks="mfa"))),
    "patani_malay_nobody_answers": Conversation(
        ("5", *(SILENT,) * 5, "1", "speak", "1", "1"), AWAY
    ),
    "patani_malay_in_danger": Conversation(("5", "1", "1"), (Person(3, True, speaks="mfa"),)),
    "person_in_turn": Conversation(("2", "2", "0", SILENT, SILENT, SILENT), THERE),
    "announced": Conversation((SILENT, "*", "1", "1"), THERE, announcement=NEWS),
    "short": Conversation((SILENT, "*", "1", "1"), THERE, short=True),
    "wrong_keys": Conversation(("8", "8", "2", "8", "#", "1", "9", "2", "8", "8", "8", "3")),
}
