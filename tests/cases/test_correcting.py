"""What a case is, put right by who has it: old and new are kept, no promised time becomes later,
and the case stays where it is."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from cases.access import Viewer
from cases.correcting import Corrected, Correction, correct, would_go_to
from cases.correction_rules import GRADES, Known, change_fault, form_fault, severity_after
from cases.deadlines import step_due
from cases.errors import CaseRefused, CorrectionRefused, StaleCase
from cases.handover_models import Handover
from cases.inferring import intent_of
from cases.junk import mark_not_a_case
from cases.models import Case, CasePlace
from cases.not_ours import NotOurs, pass_up
from cases.queries import exclusions
from cases.sending import send_to_candidate
from cases.services import escalate_overdue
from cases.stopping import StopWish, open_stop, stop_clock
from cases.taking import acknowledge
from core.database import reading, transaction
from core.runtime import Runtime
from routing.models import Office
from tests.cases.hand_over_people import (
    AREA,
    HOUR,
    NOW,
    asked,
    begun,
    events,
    file_of,
    head,
    opened,
    operator,
    rejected,
    shut_out,
    taken,
    to_office,
)

LATER = NOW + HOUR
WORDS = "เด็กปลอดภัยแล้ว ครูยืนยัน"
BOTH = pytest.mark.backends("postgresql", "sqlite")
EVERY = Known()
# Offices of Mueang Nakhon Ratchasima, of which nobody knows which serves it.
OF_3001 = ("ESA-3001", "ESA-3002")


def corrected(case_id: int, by: Viewer, *, words: str = "", **wish: str) -> Corrected:
    """Somebody says what it really is."""
    with transaction() as session:
        return correct(session, case_id, Correction(**wish, words=words), viewer=by, now=LATER)


def refused(case_id: int, by: Viewer, **wish: str) -> str:
    """The rule by which that is refused."""
    with pytest.raises(CorrectionRefused) as refusal:
        corrected(case_id, by, **wish)
    return refusal.value.rule


def unknown(case_id: int) -> None:
    """Nobody knows what it is about."""
    with transaction() as session:
        values = {"hazard_group": "X", "hazard_type": None}
        session.execute(update(Case).where(Case.id == case_id).values(**values))


@pytest.mark.parametrize(
    ("wish", "known", "rule"),
    [
        (Correction(), EVERY, None),
        (Correction(hazard="V3", severity="urgent", district_code="9201"), EVERY, None),
        (Correction(hazard="V99"), Known(hazard=False), "hazard_unknown"),
        (Correction(severity="dreadful"), EVERY, "severity_unknown"),
        (Correction(district_code="9999"), Known(district=False), "district_missing"),
        (Correction(school_code="1"), Known(school=False), "school_missing"),
        (Correction(intent="gossip"), Known(intent=False), "intent_unknown"),
        (Correction(role="auditor"), Known(role=False), "role_unknown"),
    ],
)
def test_only_codes_that_exist_are_kept(wish: Correction, known: Known, rule: str | None) -> None:
    assert form_fault(wish, known) == rule


@pytest.mark.parametrize("old", GRADES)
@pytest.mark.parametrize("new", GRADES)
def test_less_grave_needs_words_and_graver_needs_none(old: str, new: str) -> None:
    changes = {"severity": (old, new)}
    falls = GRADES.index(new) > GRADES.index(old)
    assert change_fault(changes, " ") == ("reason_missing" if falls else None)
    assert change_fault(changes, WORDS) is None
    assert change_fault(changes, "x" * 9_999) == "reason_too_long"
    assert change_fault({}, WORDS) == "nothing_changed"


@pytest.mark.parametrize(
    ("old", "chosen", "by_type", "after"),
    [
        ("normal", None, "urgent", "urgent"),
        ("normal", None, "emergency", "emergency"),
        ("urgent", None, "normal", "urgent"),
        ("urgent", "normal", "emergency", "normal"),
        ("normal", "urgent", "normal", "urgent"),
    ],
)
def test_a_graver_type_makes_it_graver_and_a_person_has_the_last_word(
    old: str, chosen: str | None, by_type: str, after: str
) -> None:
    assert severity_after(old, chosen, by_type) == after


@BOTH
def test_what_nobody_knew_gets_its_type_and_the_timeline_names_old_and_new(
    runtime: Runtime,
) -> None:
    mine = operator()
    case_id = taken(mine)
    unknown(case_id)
    before = file_of(case_id).assignment.due_at
    done = corrected(case_id, mine, hazard="V1", intent="complaint", role="parent")
    assert done == Corrected("urgent", is_graver=True, has_moved=False, has_other_type=True)
    file = file_of(case_id)
    case = file.case
    told = (case.hazard_group, case.hazard_type, case.severity, case.intent, case.role)
    assert told == ("V", "V1", "urgent", "complaint", "parent")
    assert intent_of(case, file.place).why is None, "it is no guess any longer"
    [entry] = events(case_id, "corrected")
    assert entry.data == {
        "hazard": ["X", "V1"],
        "severity": ["normal", "urgent"],
        "intent": ["unknown", "complaint"],
        "role": ["unknown", "parent"],
    }
    assert (entry.words, entry.actor) == (None, mine.actor)
    assert file.assignment.due_at < before
    assert file.assignment.escalate_at == file.assignment.due_at
    with transaction() as session:
        assert escalate_overdue(session, file.assignment.due_at, 10) == 1


@BOTH
def test_a_promised_time_never_moves_back(runtime: Runtime) -> None:
    mine = operator()
    case_id = taken(mine, severity="emergency")
    before = file_of(case_id).assignment
    assert refused(case_id, mine, severity="normal") == "reason_missing"
    done = corrected(case_id, mine, severity="normal", words=WORDS)
    assert done == Corrected("normal", is_graver=False, has_moved=False, has_other_type=False)
    after = file_of(case_id).assignment
    assert (after.due_at, after.escalate_at) == (before.due_at, before.escalate_at)
    assert (file_of(case_id).case.severity, events(case_id, "corrected")[0].words) == (
        "normal",
        WORDS,
    )


def test_an_emergency_has_its_time_from_now_on_and_no_clock_stands_still(runtime: Runtime) -> None:
    mine = operator()
    case_id = taken(mine)
    begun(case_id, mine)
    wish = StopWish("medical_report", WORDS, NOW + timedelta(days=2))
    with transaction() as session:
        stop_clock(session, case_id, wish, viewer=mine, is_head=True, now=NOW)
    corrected(case_id, mine, role="parent")
    with reading() as session:
        assert open_stop(session, case_id) is not None
    corrected(case_id, mine, severity="emergency")
    with reading() as session:
        assert open_stop(session, case_id) is None
    assert file_of(case_id).assignment.due_at == step_due("report", "emergency", LATER)


def test_a_hand_over_that_waits_is_as_grave_as_its_case(runtime: Runtime) -> None:
    mine, _ = operator(), head()
    case_id = taken(mine)
    handover_id = asked(case_id, to_office(), mine)
    corrected(case_id, mine, severity="emergency")
    with reading() as session:
        handover = session.get_one(Handover, handover_id)
    assert (handover.severity, handover.ring_at) == ("emergency", LATER)
    assert file_of(case_id).case.status == "waiting_approval"


def place(case_id: int) -> CasePlace:
    return file_of(case_id).place


def candidates(case_id: int) -> list[str]:
    return file_of(case_id).assignment.candidates


def test_a_place_is_sure_then_and_the_case_stays_with_its_office(own_runtime: Runtime) -> None:
    school = {"type": "school", "name_th": "โรงเรียนสมมติ", "name_en": "Made-up School"}
    with transaction() as session:
        session.add(Office(code="92010001", parent_code=AREA, district_code="9203", **school))
    mine = operator()
    case_id = taken(mine)
    with transaction() as session:
        told = {"district_code": "9209", "province_code": "92", "postal_code": "92160"}
        session.execute(update(CasePlace).where(CasePlace.case_id == case_id).values(**told))
    done = corrected(case_id, mine, school_code="92010001")
    assert done.has_moved
    known = place(case_id)
    assert (known.district_code, known.province_code, known.school_code) == (
        "9203",
        "92",
        "92010001",
    )
    assert (known.postal_code, known.confirmed) == (None, True)
    assert file_of(case_id).assignment.office_code != AREA
    with reading() as session:
        file = file_of(case_id)
        assert would_go_to(session, file.case, file.place, now=LATER).office_code == AREA
    corrected(case_id, mine, district_code="3001")
    known = place(case_id)
    assert (known.district_code, known.province_code, known.school_code) == ("3001", "30", None)
    assert events(case_id, "corrected")[1].data == {
        "district": ["9203", "3001"],
        "school": ["92010001", None],
    }


@pytest.mark.parametrize(("conflict", "shut"), [("yes", {AREA}), ("no", set())])
def test_safety_rule_07_the_office_of_the_right_place_must_not_know_where_it_is_complained_of(
    conflict: str, shut: set[str], runtime: Runtime
) -> None:
    mine = operator()
    case_id = taken(mine)
    with transaction() as session:
        session.execute(update(Case).where(Case.id == case_id).values(conflict=conflict))
    corrected(case_id, mine, district_code="9209")
    with reading() as session:
        assert exclusions(session, case_id).offices == shut
    assert AREA not in (file_of(case_id).assignment.candidates if shut else ())


def at_desk(*candidates: str) -> tuple[int, Viewer]:
    """A case whose area was not known; the desk has acknowledged it."""
    desk, case_id = operator("HQ"), opened("HQ", candidates=candidates)
    with transaction() as session:
        acknowledge(session, case_id, viewer=desk, now=NOW)
    return case_id, desk


def sent(case_id: int, office: str, by: Viewer) -> None:
    """One click."""
    with transaction() as session:
        send_to_candidate(session, case_id, office, viewer=by, now=LATER)


@BOTH
def test_one_click_sends_it_to_the_office_of_the_new_place_and_to_none_of_the_old(
    runtime: Runtime,
) -> None:
    case_id, desk = at_desk(*OF_3001)
    corrected(case_id, desk, district_code="9209")
    assert candidates(case_id) == [AREA]
    for office in OF_3001:
        with pytest.raises(CaseRefused, match="not_a_candidate"):
            sent(case_id, office, desk)
    sent(case_id, AREA, desk)
    assert file_of(case_id).assignment.office_code == AREA


def test_where_the_new_place_is_open_as_well_its_own_offices_are_chosen_from(
    runtime: Runtime,
) -> None:
    case_id, desk = at_desk(AREA)
    corrected(case_id, desk, district_code="3001")
    assert {*OF_3001} < {*candidates(case_id)}
    assert AREA not in candidates(case_id)


def test_only_another_place_changes_who_is_chosen_from(runtime: Runtime) -> None:
    case_id, desk = at_desk(*OF_3001)
    corrected(case_id, desk, hazard="V1", role="parent")
    assert candidates(case_id) == [*OF_3001]


def test_who_has_it_who_must_not_know_and_who_said_not_ours_are_not_chosen_from(
    own_runtime: Runtime,
) -> None:
    mine = operator(AREA)
    case_id = taken(mine, AREA)
    corrected(case_id, mine, district_code="9209")
    assert candidates(case_id) == [], "it is there already"
    case_id, desk = at_desk(AREA)
    shut_out(case_id, office=AREA)
    corrected(case_id, desk, district_code="9209")
    assert AREA not in candidates(case_id)
    case_id, desk = at_desk(AREA)
    sent(case_id, AREA, desk)
    with transaction() as session:
        assert pass_up(session, case_id, NotOurs("other_area"), viewer=mine, now=LATER) == "HQ"
        acknowledge(session, case_id, viewer=desk, now=LATER)
    corrected(case_id, desk, district_code="9209")
    assert candidates(case_id) == []


def test_a_hand_over_that_is_refused_leaves_no_office_of_the_old_place(runtime: Runtime) -> None:
    mine, boss = operator(), head()
    case_id = taken(mine)
    handover_id = asked(case_id, to_office(), mine)
    corrected(case_id, mine, district_code="9201")
    found = candidates(case_id)
    rejected(handover_id, boss, at=LATER)
    sent(case_id, found[0], mine)
    assert file_of(case_id).assignment.office_code == found[0]


def test_what_is_no_correction_is_refused_and_changes_nothing(runtime: Runtime) -> None:
    mine = operator()
    case_id, new, over = taken(mine), opened(), taken(mine)
    with transaction() as session:
        mark_not_a_case(session, over, viewer=mine, has_recording=False, now=NOW)
    assert refused(case_id, mine) == "nothing_changed"
    assert refused(case_id, mine, hazard="V3", severity="normal") == "nothing_changed"
    assert refused(case_id, mine, hazard="V77") == "hazard_unknown"
    assert refused(case_id, mine, hazard="Q") == "hazard_unknown"
    assert refused(case_id, mine, hazard="V1", district_code="0000") == "district_missing"
    assert refused(case_id, mine, school_code="NOWHERE") == "school_missing"
    assert refused(new, mine, hazard="V1") == "wrong_status"
    with pytest.raises(StaleCase):
        corrected(over, mine, hazard="V1")
    assert file_of(case_id).case.hazard_type == "V3"
    assert events(case_id, "corrected") == []


@pytest.mark.parametrize(
    ("hazard", "group", "kind"), [("X", "X", None), ("A", "A", None), ("U2", "U", "U2")]
)
def test_a_group_alone_says_that_the_type_is_not_known(
    hazard: str, group: str, kind: str | None, runtime: Runtime
) -> None:
    mine = operator()
    case_id = taken(mine)
    corrected(case_id, mine, hazard=hazard)
    case = file_of(case_id).case
    assert (case.hazard_group, case.hazard_type) == (group, kind)
