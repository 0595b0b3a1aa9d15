"""What a report is and who reported, read from what was pressed anyway: `cases/data/inferred.yaml`.

Nothing of it is kept: a guess changes with what the case knows, and what somebody has said stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from cases.models import Case, CasePlace
from routing.catalogue import Text

FILE: Final = Path(__file__).parent / "data" / "inferred.yaml"
UNKNOWN: Final = "unknown"
ANY: Final = "any"
INTENTS: Final = frozenset({"petition", "complaint", "warning"})
ROLES: Final = frozenset({"learner", "parent", "staff", "public"})
FACTS: Final = frozenset({"danger", "conflict", "hazard_group", "hazard_type", "school_code"})


@dataclass(frozen=True)
class Stated:
    """A value, and why it was inferred; None where somebody said so, or nothing is known."""

    value: str
    why: Text | None = None


@dataclass(frozen=True)
class Guess:
    """One line of the file."""

    value: str
    when: Mapping[str, list[Any]]
    why: Text

    def fits(self, facts: Mapping[str, Any]) -> bool:
        """Whether every condition holds."""
        return all(
            facts[name] in values or (ANY in values and bool(facts[name]))
            for name, values in self.when.items()
        )


def intent_of(case: Case, place: CasePlace) -> Stated:
    """Petition, complaint or warning."""
    return _stated(case.intent, "intents", case, place)


def role_of(case: Case, place: CasePlace) -> Stated:
    """Who reported: somebody who learns, a parent, somebody who works there, the public."""
    return _stated(case.role, "roles", case, place)


def _stated(said: str, kind: str, case: Case, place: CasePlace) -> Stated:
    if said != UNKNOWN:
        return Stated(said)
    return inferred(
        kind,
        {
            "danger": case.danger,
            "conflict": case.conflict,
            "hazard_group": case.hazard_group,
            "hazard_type": case.hazard_type,
            "school_code": place.school_code,
        },
    )


def inferred(kind: str, facts: Mapping[str, Any]) -> Stated:
    """The first guess of a kind that fits these facts."""
    found = next((one for one in shipped_guesses()[kind] if one.fits(facts)), None)
    return Stated(found.value, found.why) if found else Stated(UNKNOWN)


@cache
def shipped_guesses() -> dict[str, list[Guess]]:
    """The file, read once per process."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        kind: [Guess(one["value"], one["when"], Text(one["th"], one["en"])) for one in rows]
        for kind, rows in raw.items()
    }
