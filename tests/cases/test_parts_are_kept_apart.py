"""Whatever cases, parts, notes, people and exclusions there are: nobody reads across the wall."""

import random

import pytest

from agents.permissions import offices_above
from agents.roles import ROLES
from cases.access import Viewer, parents_of, standing
from cases.note_rules import VISIBILITIES
from cases.notes import Writing, readable_notes, write_note
from cases.part_access import part_file, part_standing, parts_for
from cases.part_work import readable_part_notes
from cases.queries import exclusions
from core.database import reading, transaction
from core.runtime import Runtime
from tests.cases.hand_over_people import NOW, hired, operator, shut_out, taken
from tests.cases.part_people import asked_part, noted_part, taken_part, withdrawn_part

OFFICES = ("HQ", "OBEC", "ESA-9202", "ESA-9201", "DOLE", "DOLE-40", "DOLE-4001", "DOLE-4002")
LEADS = ("ESA-9202", "DOLE-40", "DOLE-4001")


def any_person(dice: random.Random) -> Viewer:
    return hired(*{(dice.choice(ROLES), dice.choice(OFFICES)) for _ in range(dice.randint(1, 2))})


def any_case(dice: random.Random, people: list[Viewer]) -> tuple[int, dict[int, str]]:
    """A case with parts and a note of each visibility on each; the offices by part."""
    office = dice.choice(LEADS)
    lead = operator(office)
    case_id = taken(lead, office)
    asked = dice.sample([one for one in OFFICES if one != office], dice.randint(1, 4))
    parts = {asked_part(case_id, lead, one): one for one in asked}
    for part_id, theirs in parts.items():
        worker = operator(theirs)
        taken_part(part_id, worker)
        if dice.random() < 0.3:
            taken_part(part_id, dice.choice(people))
        for visibility in VISIBILITIES:
            noted_part(part_id, worker, f"{part_id} {visibility}", visibility)
        if dice.random() < 0.2:
            withdrawn_part(part_id, lead)
    for visibility in VISIBILITIES:
        with transaction() as session:
            writing = Writing(f"lead {visibility}", visibility, office)
            write_note(session, case_id, writing, viewer=lead, now=NOW)
    for barred in dice.sample(people, 2):
        shut_out(case_id, staff=barred.staff_id)
    if dice.random() < 0.5:
        shut_out(case_id, office=dice.choice(OFFICES))
    return case_id, parts


@pytest.mark.parametrize("seed", range(3))
def test_nobody_reads_a_part_that_is_not_theirs_or_below_them(seed: int, runtime: Runtime) -> None:
    dice = random.Random(seed)
    people = [any_person(dice) for _ in range(14)]
    cases = [any_case(dice, people) for _ in range(6)]
    read = 0
    for viewer in people:
        with reading() as session:
            listed = {row.id for row in parts_for(session, viewer, limit=99)}
            for case_id, parts in cases:
                barred = exclusions(session, case_id)
                is_out = viewer.staff_id in barred.staff
                on_case = standing(session, viewer, case_id)
                found = readable_notes(session, case_id, viewer, on_case)
                assert all(one.text.startswith("lead ") for one in found)
                assert not (is_out and found)
                for part_id, office in parts.items():
                    file = part_file(session, part_id)
                    assert file is not None
                    stands = part_standing(session, viewer, file)
                    notes = readable_part_notes(session, file, viewer, stands)
                    may_open = stands.may("part.view")
                    assert (part_id in listed) == (may_open and file.is_open)
                    assert all(one.text.startswith(f"{part_id} ") for one in notes)
                    assert not (is_out and (notes or may_open))
                    above = offices_above(office, parents_of(session, {office}))
                    is_theirs = stands.is_assigned or bool(viewer.offices & {office, *above})
                    assert is_theirs or not notes
                    read += len(notes)
    assert read
