"""The country of a simulation: real offices of the public tree, made-up people of all habits."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from agents.models import Staff
from agents.office_settings import AUTOMATIC, WORK_LIST, set_ringing
from agents.person import Person
from agents.services import add_staff
from cases.access import Viewer
from core.database import transaction
from routing.directory import current_directory
from routing.rules import Question, choose_office
from routing.snapshot import Directory
from routing.vocabulary import HQ
from tests.simulation.chance import Chance, picked

NOBODY: Final = "nobody"
# How an office takes its callbacks; a few have no people at all.
MODES = {AUTOMATIC: 0.68, WORK_LIST: 0.22, NOBODY: 0.10}
DUTIES = {"auto": 0.72, "always": 0.10, "on": 0.04, "off": 0.08, "shift": 0.06}
# How somebody reacts to a ring: mostly there, often not at the desk, never, or declines it.
HABITS = {"steady": 0.70, "lax": 0.18, "no_show": 0.08, "declines": 0.04}
KINDS = {"area_primary": 0.55, "area_secondary": 0.25, "district": 0.20}
LEVELS = ("kindergarten_primary", "secondary", "nonformal")
# Kept for the people of the desk: Bangkok numbers that ring nobody.
DESK_NUMBERS: Final = 1000


@dataclass(frozen=True)
class Human:
    """Somebody who works with the hotline."""

    staff_id: int
    phone: str
    office: str
    role: str
    habit: str
    duty: str
    deputy: bool = False
    on_call: bool = False

    @property
    def viewer(self) -> Viewer:
        """The person at the console."""
        return Viewer(self.staff_id, ((self.role, self.office),))


@dataclass(frozen=True)
class Place:
    """Where reports come from that belong to one office."""

    office: str
    district: str
    province: str
    level: str
    postal_code: str | None = None
    district_key: str = ""


@dataclass(frozen=True)
class Country:
    """Offices, the people of each, the places that reports come from."""

    modes: dict[str, str]
    parents: dict[str, str | None]
    people: dict[str, tuple[Human, ...]]
    places: tuple[Place, ...]
    by_phone: dict[str, Human] = field(repr=False)
    by_id: dict[int, Human] = field(repr=False)

    @property
    def offices(self) -> list[str]:
        """The codes of all offices, headquarters too."""
        return sorted(self.modes)

    def above(self, code: str) -> list[str]:
        """The offices above, the nearest first."""
        chain: list[str] = []
        above = self.parents.get(code)
        while above is not None and above not in chain:
            chain.append(above)
            above = self.parents.get(above)
        return chain

    def below(self, code: str) -> list[str]:
        """The offices of the simulation whose nearest office with people is this one."""
        return [
            one
            for one in self.offices
            if next(filter(self.people.get, self.above(one)), "") == code
        ]


def settle(offices: int, chance: Chance, *, now: datetime) -> Country:
    """Choose so many offices, with those above them, give them people; written and committed."""
    with transaction() as session:
        directory = current_directory(session)
        places = _places(offices, directory, chance)
        codes = _with_those_above({one.office for one in places}, directory)
        modes = _modes(codes, {one.office for one in places}, chance)
        phones = (f"+6621000{number:03}" for number in range(DESK_NUMBERS))
        people = {
            code: tuple(_hired(session, code, modes[code], chance, phones, now)) for code in codes
        }
        for code, mode in modes.items():
            if mode == WORK_LIST:
                first = people[code][0]
                set_ringing(session, code, WORK_LIST, staff_id=first.staff_id, now=now)
    everybody = [one for group in people.values() for one in group]
    return Country(
        modes=modes,
        parents={code: directory.offices[code].parent_code for code in codes},
        people=people,
        places=tuple(places),
        by_phone={one.phone: one for one in everybody},
        by_id={one.staff_id: one for one in everybody},
    )


def _places(wanted: int, directory: Directory, chance: Chance) -> list[Place]:
    """Places of different offices, so many that with the offices above them the number is met."""
    stream = chance.of("places")
    found: list[Place] = []
    codes: set[str] = {HQ}
    candidates = {kind: _shuffled(directory, kind, stream) for kind in KINDS}
    while any(candidates.values()) and len(codes) < wanted:
        kind = picked({kind: KINDS[kind] for kind in KINDS if candidates[kind]}, stream)
        place = _place_of(candidates[kind].pop(), directory, stream)
        if place is None:
            continue
        grown = _with_those_above({*codes, place.office}, directory)
        if len(grown) <= wanted:
            found.append(place)
            codes = set(grown)
    return found


def _shuffled(directory: Directory, kind: str, stream: random.Random) -> list[str]:
    codes = sorted(one.code for one in directory.offices.values() if one.type == kind)
    stream.shuffle(codes)
    return codes


def _place_of(code: str, directory: Directory, stream: random.Random) -> Place | None:
    """A district whose reports routing gives to this very office."""
    office = directory.offices[code]
    districts = [
        one
        for one in sorted(directory.districts.values(), key=lambda one: one.code)
        if one.code == office.district_code or one.province_code == office.province_code
    ]
    stream.shuffle(districts)
    for district in districts[:12]:
        for level in LEVELS:
            asked = Question(
                hazard_group="V", district_code=district.code, level=level, severity="normal"
            )
            if choose_office(asked, directory).office_code == code:
                postal, key = _postal_code(district.code, directory)
                return Place(code, district.code, district.province_code, level, postal, key)
    return None


def _postal_code(district: str, directory: Directory) -> tuple[str | None, str]:
    """A postal code of the district, and the key that picks the district where it is offered."""
    for code in sorted(directory.postal_codes):
        offered = [one.code for one in directory.districts_of_postal_code(code)]
        if district in offered[:4]:
            return code, str(offered.index(district) + 1)
    return None, ""


def _with_those_above(codes: set[str], directory: Directory) -> list[str]:
    found = {HQ}
    for code in codes:
        above: str | None = code
        while above is not None and above not in found:
            found.add(above)
            above = directory.offices[above].parent_code
    return sorted(found)


def _modes(codes: Sequence[str], lowest: set[str], chance: Chance) -> dict[str, str]:
    """Each mode is there at least once; the offices above have people and ring by themselves."""
    stream = chance.of("modes")
    modes = {code: picked(MODES, stream) if code in lowest else AUTOMATIC for code in codes}
    first = sorted(lowest)
    stream.shuffle(first)
    return modes | dict(zip(first, MODES, strict=False))


def _hired(
    session: Session,
    code: str,
    mode: str,
    chance: Chance,
    phones: Iterator[str],
    now: datetime,
) -> Iterator[Human]:
    if mode == NOBODY:
        return
    stream = chance.of("people", code)
    for number in range(stream.randint(4, 6) if code == HQ else stream.randint(2, 6)):
        role = "head_operator" if number == 0 or (number == 1 and stream.random() < 0.4) else ""
        deputy = bool(role) and number == 1
        duty = picked(DUTIES, stream)
        # The first one of an office is there as the hours say, and on the hotline's list at HQ.
        human = Person(
            email=f"person{number}@{code.lower()}.simulation.example",
            name="Malee",
            role=role or "operator",
            office_code=code,
            phone=next(phones),
            always_on_duty=duty == "always" and number > 0,
            on_call=code == HQ,
            deputy=deputy or None,
        )
        staff = add_staff(session, human, now=now)
        if duty in ("on", "off") and number > 0:
            _set_duty(session, staff.id, duty)
        yield Human(
            staff_id=staff.id,
            phone=str(staff.phone),
            office=code,
            role=human.role,
            habit="steady" if number == 0 else picked(HABITS, stream),
            duty=duty if number > 0 else "auto",
            deputy=deputy,
            on_call=code == HQ,
        )


def _set_duty(session: Session, staff_id: int, duty: str) -> None:
    session.execute(update(Staff).where(Staff.id == staff_id).values(duty=duty))
