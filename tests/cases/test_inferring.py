"""What a report is and who reported, inferred from what was pressed; what was said goes before."""

import pytest

from cases.inferring import FACTS, INTENTS, ROLES, inferred, intent_of, role_of, shipped_guesses
from cases.models import Case, CasePlace
from cases.taxonomy import shipped_types

NOTHING = {
    "danger": False,
    "conflict": "unknown",
    "hazard_group": "X",
    "hazard_type": None,
    "school_code": None,
}


@pytest.mark.parametrize(
    ("told", "intent"),
    [
        ({}, "unknown"),
        ({"hazard_group": "V", "hazard_type": "V3"}, "petition"),
        ({"hazard_group": "V", "hazard_type": "V3", "conflict": "yes"}, "complaint"),
        ({"hazard_group": "V", "hazard_type": "V3", "conflict": "unanswered"}, "petition"),
        ({"hazard_group": "V", "hazard_type": "V6"}, "warning"),
        ({"hazard_group": "A", "hazard_type": "A2"}, "warning"),
        ({"hazard_group": "A", "hazard_type": "A2", "danger": True}, "petition"),
        ({"hazard_group": "R", "hazard_type": "R3"}, "complaint"),
        ({"hazard_group": "U"}, "petition"),
    ],
)
def test_what_a_report_is_follows_from_what_was_pressed(
    told: dict[str, object], intent: str
) -> None:
    stated = inferred("intents", NOTHING | told)
    assert (stated.value, stated.why is None) == (intent, intent == "unknown")


def test_who_knows_the_schools_code_works_there_and_what_somebody_said_goes_before() -> None:
    case = Case(danger=False, conflict="no", hazard_group="V", intent="unknown", role="unknown")
    place = CasePlace(school_code="92990042")
    assert role_of(case, place).value == "staff"
    assert role_of(case, CasePlace()).value == "unknown"
    case.role, case.intent = "parent", "warning"
    assert (role_of(case, place).value, role_of(case, place).why) == ("parent", None)
    assert (intent_of(case, place).value, intent_of(case, place).why) == ("warning", None)


def test_every_guess_names_facts_values_and_types_that_there_are() -> None:
    for kind, values in (("intents", INTENTS), ("roles", ROLES)):
        for guess in shipped_guesses()[kind]:
            assert guess.value in values
            assert guess.when.keys() <= FACTS
            assert set(guess.when.get("hazard_type", [])) <= shipped_types().keys()
            assert guess.why.th != guess.why.en
