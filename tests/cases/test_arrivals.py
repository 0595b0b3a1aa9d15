"""An office learns that a case has come to it: once, when the call is over, by its people and by
its own channel."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from agents.models import Notice, Staff
from agents.notices import OfficeAddress, set_office_address
from cases.answers import CaseAnswers
from cases.arrivals import tell_arrivals, untold
from cases.conflict_rules import Conflict
from cases.conflicts import shut_out as found_later
from cases.holding import hold_case
from cases.models import Assignment, Case
from cases.sending import send_to_candidate
from cases.services import end_unchanged, escalate_overdue, finish_case
from cases.taking import acknowledge
from core.database import reading, transaction
from core.runtime import Runtime, configure
from routing.rules import Decision
from tests.cases.hand_over_people import (
    AREA,
    DISTRICT,
    HOUR,
    MINUTE,
    NOW,
    PROVINCE,
    accepted,
    approved,
    asked,
    file_of,
    head,
    hired,
    opened,
    operator,
    shut_out,
    taken,
    to_office,
    told,
)

pytestmark = pytest.mark.backends("postgresql", "sqlite")
ARRIVED = "case_arrived"
GROUP = "C" + "0123456789abcdef" * 2


def swept(limit: int = 100) -> int:
    """One run of the sweep."""
    with transaction() as session:
        return tell_arrivals(session, NOW, limit)


def has_group(office: str) -> None:
    """The office has a LINE group."""
    with transaction() as session:
        set_office_address(session, office, OfficeAddress(line_group=GROUP), now=NOW)


def notices(template: str = ARRIVED) -> list[Notice]:
    """The notices of one kind, the first one first."""
    with reading() as session:
        wanted = select(Notice).where(Notice.template == template).order_by(Notice.id)
        return list(session.scalars(wanted))


def living(template: str = ARRIVED) -> set[int | str | None]:
    """Who has still to act on a notice of this kind."""
    return {
        one.recipient_staff_id or one.office_code
        for one in notices(template)
        if one.state not in ("withdrawn", "settled")
    }


@pytest.mark.parametrize("unchanged", [False, True])
def test_the_office_is_told_once_when_the_call_is_over(runtime: Runtime, unchanged: bool) -> None:
    """Whether the caller told more to the end or hung up."""
    one, chief = operator(AREA), head(AREA)
    hired(("agent", AREA)), operator("ESA-9201")
    case_id = opened(AREA, "urgent", ended=False)
    assert swept() == 0
    with transaction() as session:
        if unchanged:
            end_unchanged(session, case_id, now=NOW)
        else:
            answers = CaseAnswers("V", "V1", conflict="no")
            finish_case(session, case_id, answers, Decision(AREA, ()), now=NOW, ended=True)
    assert (swept(), swept()) == (1, 0)
    assert told(ARRIVED) == [one.staff_id, chief.staff_id]
    case = file_of(case_id)
    assert {(row.severity, row.reference, row.answer_by) for row in notices()} == {
        ("urgent", case.case.reference, case.assignment.due_at)
    }
    assert case.assignment.told_at == NOW


def test_what_somebody_has_acknowledged_needs_no_telling(runtime: Runtime) -> None:
    taken(operator(AREA), AREA)
    assert swept() == 0
    assert told(ARRIVED) == []


def test_who_was_not_told_yet_never_is_once_somebody_acknowledges(runtime: Runtime) -> None:
    one, _ = operator(AREA), operator(AREA)
    has_group(AREA)
    case_id = opened(AREA)
    swept()
    assert len(living()) == 3
    with transaction() as session:
        acknowledge(session, case_id, viewer=one, now=NOW)
    assert living() == set()


def test_the_office_alone_is_told_where_it_has_nobody(runtime: Runtime) -> None:
    opened(AREA)
    swept()
    assert [(one.office_code, one.is_beside) for one in notices()] == [(AREA, False)]


def test_the_offices_own_channel_is_told_beside_its_people(runtime: Runtime) -> None:
    one, other = operator(AREA), operator(PROVINCE)
    has_group(AREA)
    opened(AREA), opened(PROVINCE)
    swept()
    told_of = [(row.recipient_staff_id, row.office_code, row.is_beside) for row in notices()]
    assert len(told_of) == 3
    assert set(told_of) == {
        (one.staff_id, None, False),
        (None, AREA, True),
        (other.staff_id, None, False),
    }


def test_a_case_that_routing_moves_is_told_to_the_new_office_alone(runtime: Runtime) -> None:
    old, new = operator(AREA), operator(PROVINCE)
    case_id = opened(AREA)
    swept()
    assert living() == {old.staff_id}
    with transaction() as session:
        answers = CaseAnswers("V", "V3", conflict="no")
        finish_case(session, case_id, answers, Decision(PROVINCE, ()), now=NOW, ended=True)
    assert swept() == 1
    assert living() == {new.staff_id}


def test_a_case_that_the_desk_sends_on_is_told_to_the_office_it_goes_to(runtime: Runtime) -> None:
    desk, new = operator("HQ"), operator(AREA)
    case_id = opened("HQ", candidates=(AREA,))
    swept()
    assert living() == {desk.staff_id}
    with transaction() as session:
        send_to_candidate(session, case_id, AREA, viewer=desk, now=NOW + MINUTE)
    assert swept() == 1
    assert living() == {new.staff_id}


def test_safety_rule_07_a_case_that_leaves_who_must_not_know_is_told_to_the_office_above(
    runtime: Runtime,
) -> None:
    desk, accused = operator("HQ"), operator(DISTRICT)
    above = operator(PROVINCE)
    case_id = opened(DISTRICT)
    swept()
    assert living() == {accused.staff_id}
    with transaction() as session:
        conflict = Conflict("ผู้ถูกร้องเป็นหัวหน้าหน่วยงาน", DISTRICT, None)
        found_later(session, case_id, conflict, viewer=desk, now=NOW + MINUTE)
    assert swept() == 1
    assert living() == {above.staff_id}


def test_safety_rule_07_who_must_not_know_is_not_told_nor_an_office(runtime: Runtime) -> None:
    accused, other = operator(AREA), operator(AREA)
    has_group(AREA)
    shut_out(opened(AREA), staff=accused.staff_id)
    whole = opened(PROVINCE)
    operator(PROVINCE), has_group(PROVINCE)
    shut_out(whole, office=PROVINCE)
    assert swept() == 2
    assert living() == {other.staff_id, AREA, "DOLE"}, "of the second one the office above is told"


def test_an_office_that_a_case_is_handed_over_to_is_told_of_the_offer_and_not_again(
    runtime: Runtime,
) -> None:
    """Somebody there has accepted it: the office knows."""
    asker, chief, receiver = operator(), head(), operator(DISTRICT)
    has_group(DISTRICT)
    case_id = taken(asker)
    handover_id = asked(case_id, to_office(), asker)
    approved(handover_id, chief)
    assert told("handover_offered") == [receiver.staff_id, DISTRICT]
    assert [one.is_beside for one in notices("handover_offered")] == [False, True]
    accepted(handover_id, receiver)
    assert swept() == 0
    assert living("handover_offered") == set()


def test_the_group_is_told_of_what_is_overdue_beside_the_head_and_not_of_whose_it_is(
    runtime: Runtime,
) -> None:
    worker, chief = operator(AREA), head(AREA)
    has_group(AREA)
    taken(worker, AREA)
    for days in (20, 40):
        with transaction() as session:
            escalate_overdue(session, NOW + days * 24 * HOUR, 10)
    assert told("overdue_people") == [worker.staff_id]
    assert told("overdue_head") == [chief.staff_id, AREA]


def test_practice_in_a_real_service_is_told_to_nobody(own_runtime: Runtime) -> None:
    operator(AREA)
    case_id = opened(AREA)
    settings = own_runtime.settings.model_copy(update={"telephony": "twilio"})
    with transaction() as session:
        session.execute(update(Case).where(Case.id == case_id).values(is_practice=True))
        session.execute(update(Staff).values(practises=True))
    configure(settings, own_runtime.engine)
    assert (swept(), swept()) == (1, 0)
    assert told(ARRIVED) == []


def test_a_sweep_is_bounded_and_leaves_what_somebody_holds_to_the_next(runtime: Runtime) -> None:
    operator(AREA)
    for _ in range(3):
        opened(AREA)
    assert [swept(2), swept(2), swept(2)] == [2, 1, 0]


@pytest.mark.backends("postgresql")
def test_a_case_that_somebody_changes_is_told_when_they_are_done(runtime: Runtime) -> None:
    operator(AREA)
    case_id = opened(AREA)
    with runtime.engine.connect() as connection:
        connection.execute(select(Case.id).where(Case.id == case_id).with_for_update())
        assert swept() == 0
        connection.rollback()
    assert swept() == 1


def test_the_most_pressing_arrival_is_told_first(runtime: Runtime) -> None:
    first, second = opened(AREA), opened(AREA, "emergency")
    with reading() as session:
        assert [row.case_id for row in session.execute(untold())] == [second, first]
    with transaction() as session:
        hold_case(session, first)
        late = NOW - timedelta(days=1)
        session.execute(update(Assignment).where(Assignment.case_id == first).values(due_at=late))
    assert swept(1) == 1
    assert file_of(first).assignment.told_at == NOW
    assert file_of(second).assignment.told_at is None


@pytest.mark.backends("postgresql")
def test_a_look_finds_what_is_untold_by_its_index(runtime: Runtime) -> None:
    opened(AREA)
    asked_for: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, given: object, *_rest: object) -> None:
        asked_for.append((statement, given))

    event.listen(runtime.engine, "before_cursor_execute", note)
    with reading() as session:
        session.execute(untold().limit(10)).all()
        event.remove(runtime.engine, "before_cursor_execute", note)
        [(statement, given)] = asked_for
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = session.connection().exec_driver_sql(f"EXPLAIN {statement}", given)  # type: ignore[arg-type]
        assert "ix_assignments_untold" in "\n".join(str(row[0]) for row in plan)
