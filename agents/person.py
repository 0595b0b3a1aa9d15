"""A person as the command line or a people file names one, and what may be wrong with that."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.roles import ROLES
from core import runtime
from core.phones import dialable, normalise
from routing.catalogue import Catalogue, Text
from routing.vocabulary import HQ

CATALOGUE = Catalogue(Path(__file__).parent / "data" / "refusals.yaml")
EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]+\.[^\s@]+")
LONGEST_EMAIL = 254
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1024
Fault = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Person:
    """One role of one person; None leaves what is known of a person who is there already."""

    email: str
    name: str
    role: str
    office_code: str
    phone: str | None = None
    always_on_duty: bool | None = None
    on_call: bool | None = None
    password: str | None = None


def faults(person: Person, has_office: Callable[[str], bool]) -> Iterator[Fault]:
    """The rules of refusals.yaml that a person breaks, each with the values of its text."""
    if len(person.email) > LONGEST_EMAIL or not EMAIL.fullmatch(person.email):
        yield "email_bad", {}
    if not person.name.strip():
        yield "name_missing", {}
    if person.role not in ROLES:
        yield "role_unknown", {"choices": ", ".join(ROLES)}
    if person.office_code != HQ and not has_office(person.office_code):
        yield "office_unknown", {"office": person.office_code}
    if person.phone is not None and number_of(person) is None:
        yield "phone_bad", {}
    password = person.password
    if password is not None and not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        yield "password_short", {"least": SHORTEST_PASSWORD, "most": LONGEST_PASSWORD}


def number_of(person: Person) -> str | None:
    """The person's number in E.164; None where it may not be rung."""
    number = normalise(person.phone)
    own = frozenset({runtime.current().settings.hotline_number})
    return number if dialable(number, own) else None


def text_of(fault: Fault) -> Text:
    """A fault in both languages."""
    rule, values = fault
    return CATALOGUE.fill(rule, values, values)
