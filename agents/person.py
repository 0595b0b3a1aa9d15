"""A person as the command line or a people file names one, and what may be wrong with that."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from agents.profile_words import POSTS
from agents.roles import ROLES
from core import runtime
from core.mail import ADDRESS
from core.phones import dialable, normalise
from routing.catalogue import Catalogue, Text
from routing.vocabulary import HQ

CATALOGUE = Catalogue(Path(__file__).parent / "data" / "refusals.yaml")
HEAD = "head_operator"
LONGEST_EMAIL = 254
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1024
LONGEST_NAME = 120
LONGEST_SKILL = 40
MOST_SKILLS = 20
LONGEST_COURSE = 120
Fault = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Person:
    """One role of one person; None leaves what is known of a person who is there already.

    `undertaking_signed` is the day on which the undertaking of secrecy was signed on paper;
    `course` and `trained_on` belong together.
    """

    email: str
    name: str
    role: str
    office_code: str
    phone: str | None = None
    always_on_duty: bool | None = None
    on_call: bool | None = None
    password: str | None = None
    deputy: bool | None = None
    post: str | None = None
    skills: tuple[str, ...] | None = None
    course: str | None = None
    trained_on: date | None = None
    undertaking_signed: date | None = None


def faults(person: Person, has_office: Callable[[str], bool], *, today: date) -> Iterator[Fault]:
    """The rules of refusals.yaml that a person breaks, each with the values of its text."""
    yield from email_faults(person)
    yield from account_faults(person)
    yield from role_faults(person, has_office)
    yield from profile_faults(person, today=today)


def role_faults(person: Person, has_office: Callable[[str], bool]) -> Iterator[Fault]:
    """The same of the one role alone."""
    if person.role not in ROLES:
        yield "role_unknown", {"choices": ", ".join(ROLES)}
    if person.office_code != HQ and not has_office(person.office_code):
        yield "office_unknown", {"office": person.office_code}
    if person.deputy and person.role != HEAD:
        yield "deputy_of_nobody", {}


def profile_faults(person: Person, *, today: date) -> Iterator[Fault]:
    """The same of what is beside the account: post, skills, course, undertaking."""
    if person.post is not None and person.post not in POSTS:
        yield "post_unknown", {"choices": ", ".join(sorted(POSTS.keys()))}
    skills = person.skills or ()
    if len(skills) > MOST_SKILLS or not all(_is_text(one, LONGEST_SKILL) for one in skills):
        yield "skills_bad", {"most": MOST_SKILLS, "longest": LONGEST_SKILL}
    if bool(person.course) != (person.trained_on is not None):
        yield "course_half", {}
    if person.course and not _is_text(person.course, LONGEST_COURSE):
        yield "course_long", {"longest": LONGEST_COURSE}
    days = (person.trained_on, person.undertaking_signed)
    if any(day is not None and day > today for day in days):
        yield "day_to_come", {}


def email_faults(person: Person) -> Iterator[Fault]:
    """The same of the e-mail address, which nobody changes later."""
    if not (ADDRESS.fullmatch(person.email) and "." in person.email.partition("@")[2]):
        yield "email_bad", {}


def account_faults(person: Person) -> Iterator[Fault]:
    """The same of the account itself: name, telephone, password."""
    if not person.name.strip():
        yield "name_missing", {}
    elif not person.name.isprintable():
        yield "name_bad", {}
    if len(person.name) > LONGEST_NAME:
        yield "name_long", {"longest": LONGEST_NAME}
    if person.phone is not None and number_of(person.phone) is None:
        yield "phone_bad", {}
    password = person.password
    if password is not None and not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        yield "password_short", {"least": SHORTEST_PASSWORD, "most": LONGEST_PASSWORD}


def _is_text(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and text.isprintable()


def number_of(phone: str | None) -> str | None:
    """A person's number in E.164; None where it may not be rung."""
    number = normalise(phone)
    own = frozenset({runtime.current().settings.hotline_number})
    return number if dialable(number, own) else None


def text_of(fault: Fault) -> Text:
    """A fault in both languages."""
    rule, values = fault
    return CATALOGUE.fill(rule, values, values)
