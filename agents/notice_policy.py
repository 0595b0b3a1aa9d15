"""Figures and templates of notices, read from `agents/data/notices.yaml` once per process."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from agents.notice_rules import CLASSES, EMERGENCY, graver, in_order, parse_quiet, waves
from core import yaml_text
from core.errors import HotlineError

FILE = Path(__file__).parent / "data" / "notices.yaml"
EMAIL, LINE, SMS, PHONE, CONSOLE = "email", "line", "sms", "phone", "console"
PERSON_CHANNELS = (EMAIL, SMS, PHONE)
OFFICE_CHANNELS = (LINE, EMAIL)
PAGES = ("case", "handover", "desk", "warnings")
OTHER = "other"


class BadPolicy(HotlineError):
    """notices.yaml names something that does not exist."""


@dataclass(frozen=True)
class NoticeClass:
    """How pressing a notice is, and what follows from it; times in seconds."""

    quiet: bool
    together: bool
    person: tuple[str, ...]
    office: tuple[str, ...]
    window_s: int
    pause_s: int
    retry_s: tuple[int, ...]
    unseen_s: int

    def waves(self, receiver: str, preferred: Sequence[str]) -> list[tuple[str, ...]]:
        """The channels for a receiver ("staff:7", "office:HQ"), in the order of their use."""
        channels = self.person if receiver.startswith("staff:") else self.office
        return waves(in_order(channels, preferred), together=self.together, rung=PHONE)


@dataclass(frozen=True)
class Telephone:
    """How often a receiver's telephone rings for a notice; times in seconds."""

    pauses_s: tuple[int, ...]
    again_s: int


@dataclass(frozen=True)
class Template:
    """One kind of notice; what `rings_late` lets a telephone wait in any case."""

    notice_class: str
    follows_case: bool
    page: str
    rings_late: bool = False


@dataclass(frozen=True)
class NoticePolicy:
    """All of notices.yaml, where each figure is explained."""

    classes: dict[str, NoticeClass]
    templates: dict[str, Template]
    quiet_hours: str
    line_reserve: float
    lease_s: int
    plans_a_sweep: int
    most_in_one: int
    sends_a_sweep: int
    longest_turn_s: int
    telephone: Telephone

    def template(self, name: str) -> Template:
        """A template; one that nobody described is sent all the same, in general words."""
        return self.templates.get(name) or self.templates[OTHER]

    def class_of(self, template: str, severity: str | None) -> str:
        """How pressing a notice is, given the severity of its matter."""
        found = self.template(template)
        if not found.follows_case or severity not in CLASSES:
            return found.notice_class
        return graver(found.notice_class, severity)


def load_policy(path: Path) -> NoticePolicy:
    """The policy in a file; BadPolicy or pydantic's ValidationError says what is wrong."""
    raw = yaml_text.load(path.read_text(encoding="utf-8"))
    for told in raw["templates"].values():
        told["notice_class"] = told.pop("class")
    policy = TypeAdapter(NoticePolicy).validate_python(raw)
    _check(policy)
    return policy


def _check(policy: NoticePolicy) -> None:
    if set(policy.classes) != set(CLASSES):
        raise BadPolicy(f"the classes are {', '.join(CLASSES)}")
    for name, found in policy.classes.items():
        known = set(found.person) <= set(PERSON_CHANNELS)
        if not known or not set(found.office) <= set(OFFICE_CHANNELS):
            raise BadPolicy(f"{name}: unknown channel")
        if PHONE in found.person and name != EMERGENCY:
            raise BadPolicy(f"{name}: a telephone rings in an emergency alone")
    for name, template in policy.templates.items():
        if template.notice_class not in CLASSES or template.page not in PAGES:
            raise BadPolicy(f"{name}: unknown class or page")
    if OTHER not in policy.templates:
        raise BadPolicy(f"there is no template {OTHER}")
    parse_quiet(policy.quiet_hours)


@cache
def current_policy() -> NoticePolicy:
    """The policy in force."""
    return load_policy(FILE)
