"""What posts, skills and qualifications are called: the values that a profile may hold, as data."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from core import yaml_text
from routing.catalogue import Catalogue, Text

DATA: Final = Path(__file__).parent / "data"
POSTS: Final = Catalogue(DATA / "posts.yaml")
SKILLS: Final = Catalogue(DATA / "skills.yaml")


@dataclass(frozen=True)
class Qualification:
    """One line of the checklist, and the roles for whom it is on the list."""

    code: str
    roles: frozenset[str]
    text: Text


@cache
def qualifications() -> tuple[Qualification, ...]:
    """The checklist in its order."""
    raw = yaml_text.load((DATA / "qualifications.yaml").read_text(encoding="utf-8"))
    return tuple(
        Qualification(code, frozenset(one["roles"]), Text(one["th"], one["en"]))
        for code, one in raw.items()
    )


def words_of(catalogue: Catalogue, code: str) -> Text:
    """What a code is called; one that the catalogue lacks stands for itself."""
    return catalogue.fill(code, {}, {}) if code in catalogue else Text(code, code)
