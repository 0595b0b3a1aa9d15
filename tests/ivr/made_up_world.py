"""A made-up world for the engine's questions: people on duty, two postal codes, one case."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ivr.turns import (
    Anybody,
    AskHours,
    CheckPin,
    DistrictFact,
    FindDistricts,
    FindHints,
    FindPlayback,
    FindSaid,
    FindSchool,
    FollowedCase,
    HeardFact,
    OffHours,
    Position,
    ProvinceFact,
    Question,
    Ring,
    RingTarget,
    Save,
    SchoolFact,
    SetPin,
    Taken,
    Withdraw,
)

REFERENCE = "482913704"
PLAYED = "https://hotline.example/ivr/media/x"
NEVER = 1_000_000


def district(code: str, name_th: str, name_en: str) -> DistrictFact:
    """A made-up district of a made-up province."""
    return DistrictFact(code, "99", name_th, name_en, "อำเภอ", "ทดสอบ", "Thotsop")


SCHOOLS = {
    "99010042": SchoolFact(
        "99010042",
        "โรงเรียนสมมุติวิทยา 42",
        "Sommut Witthaya 42 School",
        "basic",
        district("9901", "ดอนสมมุติ", "Don Sommut"),
    )
}


# What callers may say, and what it may mean.
SAID = {
    "ดอนสมมุติ": HeardFact((district("9901", "ดอนสมมุติ", "Don Sommut"),)),
    "บึงหรือเขา": HeardFact(
        (
            district("9902", "บึงทดลอง", "Bueng Thotlong"),
            district("9903", "เขาตัวอย่าง", "Khao Tuayang"),
        )
    ),
    "จังหวัดทดสอบ": HeardFact(province=ProvinceFact("99", "ทดสอบ", "Thotsop")),
}


@dataclass(frozen=True)
class Person:
    """Somebody on duty, who takes the calls that ring or lets them ring."""

    staff_id: int
    takes: bool = False
    speaks: str = ""


@dataclass
class World:
    """What the engine may ask, answered from a few made-up facts; `asked` keeps every question."""

    people: tuple[Person, ...] = (Person(1, takes=True),)
    districts: dict[str, tuple[DistrictFact, ...]] = field(
        default_factory=lambda: {
            "99110": (district("9901", "ดอนสมมุติ", "Don Sommut"),),
            "99120": (
                district("9902", "บึงทดลอง", "Bueng Thotlong"),
                district("9903", "เขาตัวอย่าง", "Khao Tuayang"),
            ),
        }
    )
    followed: dict[tuple[str, str], FollowedCase] = field(
        default_factory=lambda: {
            (REFERENCE, "7315"): FollowedCase(7, "in_progress", datetime(2026, 3, 3, 5, tzinfo=UTC))
        }
    )
    looks_until_played: int = 1
    off_hours: OffHours | None = None
    asked: list[Question] = field(default_factory=list)

    def answer(self, question: Question) -> Any:
        """The answer to one question."""
        self.asked.append(question)
        answers: dict[type, Callable[[Any], Any]] = {
            FindDistricts: lambda asked: self.districts.get(asked.postal_code, ()),
            FindSaid: lambda asked: SAID.get(asked.words, HeardFact()),
            FindHints: lambda asked: ("ทดสอบ", "ดอนสมมุติ") if asked.lang == "th" else ("Thotsop",),
            FindSchool: lambda asked: SCHOOLS.get(asked.code),
            CheckPin: lambda asked: self.followed.get((asked.reference, asked.pin)),
            Save: self._save,
            SetPin: lambda _: None,
            FindPlayback: self._playback,
            Withdraw: lambda _: None,
            Anybody: lambda asked: bool(self._who_speak(asked.speaks)),
            AskHours: lambda _: self.off_hours,
            Ring: self._ring,
            Taken: self._taken,
            Position: lambda _: 1,
        }
        return answers[type(question)](question)

    def _playback(self, _asked: FindPlayback) -> str | None:
        looks = sum(isinstance(one, FindPlayback) for one in self.asked)
        return PLAYED if looks >= self.looks_until_played else None

    def _save(self, asked: Save) -> str | None:
        return None if asked.silent_event or asked.facts.get("followed_case") else REFERENCE

    def _who_speak(self, lang: str | None) -> list[Person]:
        return [one for one in self.people if lang in (None, one.speaks)]

    def _ring(self, asked: Ring) -> RingTarget | None:
        people = self._who_speak(asked.speaks)
        person = next((one for one in people if one.staff_id not in asked.rung), None)
        if person is None:
            return None
        number = f"+66810000{900 + person.staff_id}"
        leg = f"https://hotline.example/ivr/leg/{person.staff_id}"
        return RingTarget(str(person.staff_id), person.staff_id, number, leg, leg)

    def _taken(self, asked: Taken) -> bool:
        return any(one.takes for one in self.people if str(one.staff_id) == asked.leg_key)
