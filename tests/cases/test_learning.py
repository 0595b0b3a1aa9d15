"""What the desk chose in one case becomes what the directory says, and only where that is safe."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import select, update

from cases.access import Viewer
from cases.answers import CaseAnswers
from cases.choosing import question_of, severity_of
from cases.correcting import correct
from cases.correction_rules import Correction
from cases.errors import StaleCase
from cases.learning import Offer, learn, offer_of, unlearn, who_decided
from cases.models import CasePlace
from cases.not_ours import NotOurs, pass_up
from cases.sending import send_to_candidate
from cases.services import finish_case, open_case
from cases.taking import acknowledge
from core.database import reading, transaction
from core.runtime import Runtime
from routing.change_log import Author, changes_about
from routing.directory import current_directory
from routing.editing import end_link
from routing.explaining import explain
from routing.loading import bump_version, hold_directory
from routing.models import District, Jurisdiction, Office
from routing.rule_versions import publish
from routing.rulebook import Rule, When
from routing.rules import choose_office
from tests.cases.hand_over_people import (
    HOUR,
    NOW,
    events,
    file_of,
    hired,
    opened,
    operator,
    shut_out,
)
from tests.cases.part_people import asked_part
from tests.support.waiting import somebody_waits, wait_for

BOTH = pytest.mark.backends("postgresql", "sqlite")
LATER = NOW + 2 * HOUR
# Mueang Nakhon Ratchasima: seven primary areas, and nobody knows which serves it.
OPEN_DISTRICT = "3001"
CHOSEN, OTHER = "ESA-3001", "ESA-3002"
TOLD = {"hazard_group": "V", "hazard_type": "V3", "conflict": "no", "place_confirmed": True}
_numbers = count(1)


def routed(district: str = OPEN_DISTRICT, **more: object) -> int:
    """A case that went where the directory sends it."""
    return routed_at(NOW, district, **more)


def routed_at(at: datetime, district: str = OPEN_DISTRICT, **more: object) -> int:
    """The same at a moment."""
    answers = CaseAnswers(**{**TOLD, "district_code": district, **more})
    sids = {"call_sid": f"CA{next(_numbers):032d}", "account_sid": "AC" + "0" * 32}
    with transaction() as session:
        made = open_case(session, answers, **sids, now=at)
        asked = question_of(
            answers, severity=severity_of(session, answers), excluded=frozenset(), at=at
        )
        decision = choose_office(asked, current_directory(session))
        finish_case(session, made.id, answers, decision, now=at, ended=True)
        return made.id


def chosen(case_id: int, office: str = CHOSEN) -> Viewer:
    """The desk sends it on; who did."""
    desk = hired(("operator", "HQ"))
    with transaction() as session:
        send_to_candidate(session, case_id, office, viewer=desk, now=NOW + HOUR)
    return desk


def offered(case_id: int, now: datetime = LATER) -> Offer | None:
    with reading() as session:
        return offer_of(session, file_of(case_id), now=now)


def learned(
    case_id: int, viewer: Viewer, seen: Offer | None = None, now: datetime = LATER
) -> Offer:
    offer = seen or offered(case_id)
    assert offer is not None
    with transaction() as session:
        learn(session, file_of(case_id).case.reference, offer, viewer=viewer, now=now)
    return offer


def office_at(at: datetime, district: str = OPEN_DISTRICT) -> tuple[str, list[str]]:
    """Where such a report goes at a moment, and why in Thai."""
    answers = CaseAnswers(**TOLD, district_code=district)
    asked = question_of(answers, severity="normal", excluded=frozenset(), at=at)
    with reading() as session:
        decision = explain(session, asked).decision
    return decision.office_code, [one.th for one in decision.reasons]


def rows() -> list[Jurisdiction]:
    with reading() as session:
        wanted = select(Jurisdiction).where(Jurisdiction.district_code == OPEN_DISTRICT)
        return list(session.scalars(wanted.where(Jurisdiction.affiliation == "basic")))


def not_ours(case_id: int, office: str, why: str = "other_area") -> str:
    """An operator of the office that was chosen says that it is another's; who has it now."""
    viewer = hired(("operator", office))
    with transaction() as session:
        return pass_up(session, case_id, NotOurs(why), viewer=viewer, now=NOW + HOUR)


def test_a_second_choice_after_a_wrong_one_can_hold_for_good(own_runtime: Runtime) -> None:
    """Who said that it is not theirs is no candidate again; the others still are."""
    case_id = routed()
    chosen(case_id)
    assert not_ours(case_id, CHOSEN) == "HQ"
    candidates = file_of(case_id).assignment.candidates
    assert OTHER in candidates
    assert CHOSEN not in candidates
    learned(case_id, chosen(case_id, OTHER))
    assert office_at(LATER)[0] == OTHER


def test_a_wrong_area_of_the_directory_leaves_the_others_of_the_province(
    own_runtime: Runtime,
) -> None:
    """Nothing is offered for good: the directory names another, and is put right there."""
    case_id = routed()
    learned(case_id, chosen(case_id))
    second = routed_at(LATER)
    assert file_of(second).assignment.office_code == CHOSEN
    assert not_ours(second, CHOSEN) == "HQ"
    candidates = file_of(second).assignment.candidates
    assert OTHER in candidates
    assert {CHOSEN, "HQ", "OBEC"}.isdisjoint(candidates)
    chosen(second, OTHER)
    assert offered(second) is None


def test_a_wrong_affiliation_leaves_the_offices_of_the_others(own_runtime: Runtime) -> None:
    case_id = routed()
    chosen(case_id)
    assert not_ours(case_id, CHOSEN, "other_affiliation") == "HQ"
    candidates = file_of(case_id).assignment.candidates
    assert {"DOLE-3001", "OVEC", OTHER} <= set(candidates)
    assert any(code.startswith("SESA-") for code in candidates), "the secondary area as well"


@BOTH
def test_the_choice_holds_from_the_click_on_and_the_reasons_say_so(own_runtime: Runtime) -> None:
    case_id = routed()
    desk = chosen(case_id)
    offer = learned(case_id, desk)
    assert (offer.served.affiliation, offer.served.level) == ("basic", "kindergarten_primary")
    assert office_at(LATER - timedelta(seconds=1))[0] == "HQ"
    office, why = office_at(LATER)
    assert office == CHOSEN
    assert "หลักฐานของพื้นที่รับผิดชอบ: โต๊ะรับเรื่องของศูนย์ตัดสินไว้เมื่อ 20/11/2569" in why
    reference = file_of(case_id).case.reference
    assert not any(reference in one for one in why)
    [row] = rows()
    assert (row.basis, row.confirmed) == (f"desk:{reference}:2026-11-20", True)
    [entry] = events(case_id, "learned")
    assert (entry.actor, entry.data["office_code"]) == (desk.actor, CHOSEN)


def test_the_same_click_again_changes_nothing(own_runtime: Runtime) -> None:
    case_id = routed()
    desk = chosen(case_id)
    offer = learned(case_id, desk)
    learned(case_id, hired(("supervisor", "HQ")), offer)
    assert len(rows()) == len(events(case_id, "learned")) == 1


def test_another_choice_sees_what_is_decided_already(own_runtime: Runtime) -> None:
    first, second = routed(), routed()
    learned(first, chosen(first))
    desk = chosen(second, OTHER)
    offer = offered(second)
    assert offer is not None
    assert [link.office_code for link in offer.named] == [CHOSEN]
    learned(second, desk, replace(offer, named=()))
    assert [one.office_code for one in rows()] == [CHOSEN]
    assert events(second, "learned") == []


@BOTH
def test_of_two_who_decide_at_once_one_decides(own_runtime: Runtime) -> None:
    made = [(routed(), office) for office in (CHOSEN, OTHER)]
    wanted = [(case_id, chosen(case_id, office), offered(case_id)) for case_id, office in made]
    start = Barrier(2)

    def click(one: tuple[int, Viewer, Offer | None]) -> None:
        start.wait()
        learned(*one)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(click, wanted))
    assert len(rows()) == 1


@BOTH
def test_what_is_ended_is_open_again_and_can_be_decided_anew(own_runtime: Runtime) -> None:
    case_id = routed()
    desk, boss = chosen(case_id), hired(("supervisor", "HQ"))
    learned(case_id, desk)
    [row] = rows()
    for _ in range(2):
        with transaction() as session:
            unlearn(session, row.id, viewer=boss, now=LATER + HOUR)
    assert office_at(LATER)[0] == CHOSEN
    assert office_at(LATER + HOUR)[0] == "HQ"
    assert [one.actor for one in events(case_id, "unlearned")] == [boss.actor]
    with reading() as session:
        ended, made = changes_about(session, CHOSEN, limit=9)
        told = who_decided(session, [file_of(case_id).case.reference])[row.id]
    assert [(one.actor, one.reason) for one in (made, ended)] == [
        (desk.actor, "desk_decided"),
        (boss.actor, "desk_ended"),
    ]
    assert (made.before, ended.before) == (None, {"valid_to": None})
    assert made.detail == ended.detail == "basic kindergarten_primary 30 3001"
    assert (told.by, told.ended_by) == (desk.actor, boss.actor)
    again = offered(case_id, LATER + 2 * HOUR)
    assert again is not None
    assert again.named == ()
    learned(case_id, desk, again, LATER + 2 * HOUR)
    assert len(rows()) == 2


def test_the_desk_and_the_directory_end_the_same_at_once(own_runtime: Runtime) -> None:
    """Whoever comes second waits for the first, and not each for the other."""
    case_id = routed()
    learned(case_id, chosen(case_id))
    [row] = rows()
    boss = hired(("supervisor", "HQ"))

    def end_at_the_desk() -> None:
        with transaction() as session:
            unlearn(session, row.id, viewer=boss, now=LATER)

    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            hold_directory(session)
            other = pool.submit(end_at_the_desk)
            wait_for(lambda: somebody_waits(own_runtime.engine))
            end_link(session, CHOSEN, row.id, "2026-12-01", by=Author("staff:7", LATER))
        other.result()
    assert rows()[0].valid_to is not None
    assert events(case_id, "unlearned") == []


def test_only_what_the_desk_decided_is_ended_here(runtime: Runtime) -> None:
    with reading() as session:
        public = session.scalars(select(Jurisdiction.id).limit(1)).one()
    admin = hired(("admin", "HQ"))
    for number in (public, 999_999):
        with transaction() as session:
            unlearn(session, number, viewer=admin, now=LATER)
    with reading() as session:
        assert session.get_one(Jurisdiction, public).valid_to is None


NOT_ORDINARY = {
    "staff are involved": {"conflict": "yes"},
    "nobody asked, and it must be taken for granted": {"hazard_type": "V1", "conflict": "unknown"},
    "the place was heard, not confirmed": {"place_confirmed": False},
}


@pytest.mark.parametrize("more", NOT_ORDINARY.values(), ids=NOT_ORDINARY)
def test_safety_rule_07_no_other_choice_is_ever_offered(
    more: dict[str, object], runtime: Runtime
) -> None:
    case_id = routed(**more)
    candidates = file_of(case_id).assignment.candidates
    chosen(case_id, CHOSEN if CHOSEN in candidates else candidates[0])
    assert offered(case_id) is None


def test_safety_rule_07_nothing_is_offered_where_somebody_must_not_know(
    runtime: Runtime,
) -> None:
    case_id = routed()
    chosen(case_id)
    assert offered(case_id) is not None
    shut_out(case_id, office=OTHER)
    assert offered(case_id) is None


def test_asking_another_office_for_a_part_leaves_the_offer(runtime: Runtime) -> None:
    case_id, lead = routed(), operator(CHOSEN)
    chosen(case_id)
    with transaction() as session:
        acknowledge(session, case_id, viewer=lead, now=LATER)
    before = offered(case_id)
    asked_part(case_id, lead, OTHER, at=LATER)
    assert before is not None
    assert offered(case_id) == before


def test_nothing_is_offered_where_a_rule_had_a_say(own_runtime: Runtime) -> None:
    rule = Rule("to-the-desk", When(district=("9209",)), "desk", "ก", "k")
    with transaction() as session:
        publish(session, [rule], now=NOW)
    case_id = routed("9209")
    chosen(case_id, "ESA-9202")
    assert offered(case_id) is None


def test_nothing_is_offered_of_a_district_that_is_not_on(own_runtime: Runtime) -> None:
    with transaction() as session:
        session.execute(update(District).where(District.code == OPEN_DISTRICT).values(is_on=False))
        bump_version(session)
    case_id = routed()
    assert file_of(case_id).assignment.candidates == ["OBEC"]
    chosen(case_id, "OBEC")
    assert offered(case_id) is None


def test_nothing_is_offered_of_an_office_that_is_gone_by_now(own_runtime: Runtime) -> None:
    case_id = routed()
    chosen(case_id)
    with transaction() as session:
        session.execute(update(Office).where(Office.code == CHOSEN).values(active=False))
        bump_version(session)
    assert offered(case_id) is None


def test_nothing_is_offered_of_a_case_that_was_not_left_to_the_desk(runtime: Runtime) -> None:
    plain = routed("9209")
    assert offered(plain) is None
    by_province = routed(None, province_code="40")
    chosen(by_province, file_of(by_province).assignment.candidates[0])
    assert offered(by_province) is None
    made_up = opened("HQ", candidates=(CHOSEN, OTHER))
    chosen(made_up)
    assert offered(made_up) is None


def put_right(case_id: int, viewer: Viewer, **place: str) -> None:
    """Whoever has the case, acknowledged, says where it really was."""
    with transaction() as session:
        acknowledge(session, case_id, viewer=viewer, now=LATER)
        correct(session, case_id, Correction(**place), viewer=viewer, now=LATER)


@pytest.mark.parametrize("district", ["9209", "4001", "3002"])
def test_nothing_is_offered_of_a_choice_for_a_district_that_was_put_right_before(
    district: str, runtime: Runtime
) -> None:
    case_id = routed()
    put_right(case_id, hired(("operator", "HQ")), district_code=district)
    chosen(case_id, file_of(case_id).assignment.candidates[0])
    assert offered(case_id) is None


def test_nothing_is_offered_of_a_choice_whose_district_was_put_right_afterwards(
    runtime: Runtime,
) -> None:
    case_id = routed()
    chosen(case_id)
    assert offered(case_id) is not None
    put_right(case_id, operator(CHOSEN), district_code="3002")
    assert offered(case_id) is None


def test_a_choice_made_for_a_school_says_nothing_of_its_district(own_runtime: Runtime) -> None:
    """A school that is learned of afterwards takes nothing away."""
    made_up = {"type": "school", "name_th": "โรงเรียนสมมติ", "name_en": "Made-up School"}
    with transaction() as session:
        place = {"parent_code": CHOSEN, "district_code": OPEN_DISTRICT}
        session.add(Office(code="30010001", **made_up, **place))
    before, after = routed(), routed()
    put_right(before, hired(("operator", "HQ")), school_code="30010001")
    assert file_of(before).assignment.candidates == [CHOSEN]
    chosen(before)
    assert offered(before) is None
    chosen(after)
    put_right(after, operator(CHOSEN), school_code="30010001")
    assert offered(after) is not None


def test_nobody_decides_what_did_not_stand_on_the_button(runtime: Runtime) -> None:
    case_id = routed()
    desk = chosen(case_id)
    offer = offered(case_id)
    assert offer is not None
    for other in (
        replace(offer, office_code=OTHER),
        replace(offer, served=replace(offer.served, district_code="3002")),
        replace(offer, served=replace(offer.served, level="secondary")),
    ):
        with pytest.raises(StaleCase):
            learned(case_id, desk, other)
    with transaction() as session:
        moved = update(CasePlace).where(CasePlace.case_id == case_id)
        session.execute(moved.values(district_code="9209"))
    with pytest.raises(StaleCase):
        learned(case_id, desk, offer)
    assert rows() == []
