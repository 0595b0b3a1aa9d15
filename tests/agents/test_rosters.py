"""Rosters in the database: who is rung, what may be written, copied, saved and loaded."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from agents.errors import RosterRefused
from agents.models import Staff
from agents.queries import (
    agents_on_duty,
    heads_of,
    on_call_in_turn,
    on_call_people,
    operators_on_duty,
)
from agents.roster_files import compared, written
from agents.roster_models import AbsenceRow, ShiftRow
from agents.roster_wishes import CATALOGUE, AbsenceWish, ShiftWish
from agents.rosters import (
    MOST_SHIFTS,
    add_absence,
    add_shift,
    copy_week,
    end_absence,
    end_shift,
    lines,
    listed,
    replace_lines,
    same_line,
)
from core.database import reading, transaction
from core.runtime import Runtime
from routing.change_log import Author
from routing.editing import edit_hours
from tests.agents.roster_people import (
    FRIDAY,
    KEY,
    OFFICE,
    ON_CALL,
    TODAY,
    at,
    leave,
    on,
    worker,
)
from tests.support.waiting import somebody_waits, wait_for

pytestmark = pytest.mark.backends("postgresql", "sqlite")
TOMORROW = TODAY + timedelta(1)
MONDAY = date(2026, 11, 16)


def rung(clock: str, day: date = TODAY) -> set[int]:
    """Whom a callback of the office would ring."""
    with reading() as session:
        found = operators_on_duty(session, OFFICE, now=at(clock, day))
        return {one.staff_id for one in found}


def called(clock: str) -> list[int]:
    """Whom the on-call list would ring."""
    with reading() as session:
        return [one.staff_id for one in on_call_people(session, now=at(clock))]


def test_callbacks_ring_by_the_roster_once_there_is_one(runtime: Runtime) -> None:
    a, b = worker(), worker("head_operator")
    assert (rung("10:00"), rung("22:30")) == ({a, b}, set())
    on(b, "22:00", "06:00")
    assert (rung("10:00"), rung("22:30"), rung("05:00", TOMORROW)) == (set(), {b}, {b})
    leave(b, cover_id=a)
    assert (rung("22:30"), rung("05:00", TOMORROW), rung("06:00", TOMORROW)) == ({a}, {a}, set())


def test_a_roster_that_has_run_out_leaves_the_office_its_hours(runtime: Runtime) -> None:
    a = worker()
    on(a, "10:00", "11:00")
    assert rung("12:00") == set()
    assert rung("12:00", TODAY + timedelta(3)) == {a}


def test_a_roster_that_has_not_begun_leaves_the_office_its_hours_until_then(
    runtime: Runtime,
) -> None:
    a, b = worker(), worker()
    on(a, "10:00", "11:00", valid_from=TODAY + timedelta(7), valid_to=None, weekday=5)
    assert rung("12:00") == {a, b}
    assert rung("10:30", TODAY + timedelta(7)) == {a}
    assert rung("12:00", TODAY + timedelta(7)) == set()


def test_between_two_days_of_a_roster_nobody_is_on_shift(runtime: Runtime) -> None:
    a = worker()
    on(a, "10:00", "11:00", valid_from=TODAY - timedelta(4), valid_to=TODAY - timedelta(4))
    on(a, "10:00", "11:00", valid_from=TODAY + timedelta(4), valid_to=TODAY + timedelta(4))
    assert rung("10:30") == set()


def test_lines_of_who_has_left_are_no_roster(runtime: Runtime) -> None:
    a, gone = worker(), worker()
    on(gone, "20:00", "23:00")
    with transaction() as session:
        session.get_one(Staff, gone).active = False
    assert rung("10:30") == {a}


def test_an_office_is_rung_in_the_hours_of_its_own(own_runtime: Runtime) -> None:
    a = worker()
    saturday = TODAY + timedelta(1)
    assert (rung("10:00"), rung("10:00", saturday)) == ({a}, set())
    with transaction() as session:
        author = Author("staff:1", FRIDAY)
        edit_hours(session, OFFICE, {6: [("09:00", "12:00")]}, by=author)
    assert (rung("10:00"), rung("10:00", saturday)) == (set(), {a})


def test_another_offices_roster_is_no_matter_here(runtime: Runtime) -> None:
    a, b = worker(), worker(office="ESA-9201")
    on(b, "08:00", "16:00", type(KEY)("ESA-9201", "office"))
    assert rung("10:00") == {a}


def test_who_is_rung_is_one_statement_however_long_the_roster(runtime: Runtime) -> None:
    people = [worker() for _ in range(4)]
    for hour in range(8, 16):
        on(people[hour % 4], f"{hour:02d}:00", f"{hour + 1:02d}:00")
    leave(people[0], cover_id=people[1])
    asked: list[str] = []
    rung("10:00")  # the days off are known from here on

    def note(*told: object) -> None:
        if "FROM staff" in str(told[2]):
            asked.append(str(told[2]))

    event.listen(runtime.engine, "before_cursor_execute", note)
    assert rung("10:30") == {people[2]}
    event.remove(runtime.engine, "before_cursor_execute", note)
    assert len(asked) == 1


def test_agents_have_shifts_at_the_centre(runtime: Runtime) -> None:
    a, b = worker("agent", "HQ"), worker("agent", "HQ")
    on(a, "20:00", "24:00", type(KEY)("HQ", "office"))
    with reading() as session:
        late = agents_on_duty(session, now=at("21:00"), urgent=False)
        early = agents_on_duty(session, now=at("10:00"), urgent=False)
    assert [one.staff_id for one in late] == [a]
    assert b not in {one.staff_id for one in early}


def test_safety_rule_09_shifts_order_the_on_call_list_and_never_empty_it(
    runtime: Runtime,
) -> None:
    a, b = (worker("supervisor", "HQ", on_call=True) for _ in range(2))
    assert called("10:00") == [a, b]
    on(a, "08:00", "16:00", ON_CALL)
    assert called("10:00") == [a]
    assert called("17:00") == [a, b]
    leave(a, key=ON_CALL, cover_id=b)
    assert called("10:00") == [b]
    with transaction() as session:
        session.get_one(Staff, b).phone = None
    assert called("10:00") == [a]


def test_in_danger_those_off_shift_are_rung_after_those_on_it(runtime: Runtime) -> None:
    a, b = (worker("supervisor", "HQ", on_call=True) for _ in range(2))
    on(b, "08:00", "16:00", ON_CALL)
    with reading() as session:
        turn = [one.staff_id for one in on_call_in_turn(session, now=at("10:00"))]
        danger = agents_on_duty(session, now=at("10:00"), urgent=True)
    assert turn == [one.staff_id for one in danger] == [b, a]


def test_a_head_on_leave_leaves_the_decision_to_the_deputy(runtime: Runtime) -> None:
    head, deputy = worker("head_operator"), worker("head_operator", deputy=True)
    leave(head, cover_id=deputy)
    with reading() as session:
        there = {one.staff_id: one.on_duty for one in heads_of(session, [OFFICE], now=FRIDAY)}
    assert there == {head: False, deputy: True}


def refused(act: Callable[[], object]) -> str:
    """The rule by which something is refused; it has a text in both languages."""
    with pytest.raises(RosterRefused) as found:
        act()
    assert found.value.rule in CATALOGUE
    return found.value.rule


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"starts": "8:00"}, "time_bad"),
        ({"starts": "24:00"}, "time_bad"),
        ({"ends": "24:01"}, "time_bad"),
        ({"ends": "๑๖:๐๐"}, "time_bad"),
        ({"weekday": 0}, "weekday_bad"),
        ({"weekday": 8}, "weekday_bad"),
        ({"valid_to": TODAY - timedelta(1)}, "days_reversed"),
        ({"valid_from": date(2020, 1, 1)}, "day_far"),
        ({"valid_to": date(2069, 1, 1), "weekday": 1}, "day_far"),
        ({"staff_id": 0}, "person_unknown"),
    ],
)
def test_a_shift_that_makes_no_sense_is_refused(
    runtime: Runtime, values: dict[str, object], rule: str
) -> None:
    given = {"staff_id": worker(), "starts": "08:00", "ends": "16:00", "valid_from": TODAY}
    with transaction() as session:
        wish = ShiftWish(**(given | values))  # type: ignore[arg-type]
        assert refused(lambda: add_shift(session, KEY, wish, by=1, now=FRIDAY)) == rule


def test_nobody_of_another_office_and_nothing_twice(runtime: Runtime) -> None:
    a, stranger = worker(), worker(office="ESA-9201")
    on(a, "08:00", "16:00")
    assert refused(lambda: on(a, "08:00", "16:00")) == "shift_twice"
    assert refused(lambda: on(stranger, "08:00", "16:00")) == "person_unknown"
    assert refused(lambda: on(a, "08:00", "16:00", ON_CALL)) == "person_unknown"
    assert refused(lambda: leave(a, cover_id=stranger)) == "person_unknown"
    leave(a)
    assert refused(lambda: leave(a, TODAY - timedelta(1), last_day=TOMORROW)) == "absence_twice"


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"reason": "bored"}, "reason_bad"),
        ({"reason": "swap"}, "cover_missing"),
        ({"last_day": TODAY - timedelta(1)}, "days_reversed"),
    ],
)
def test_leave_that_makes_no_sense_is_refused(
    runtime: Runtime, values: dict[str, object], rule: str
) -> None:
    a = worker()
    given = {"first_day": TODAY, "last_day": TODAY, "reason": "sick"}
    with transaction() as session:
        wish = AbsenceWish(a, **(given | values))  # type: ignore[arg-type]
        assert refused(lambda: add_absence(session, KEY, wish, by=a, now=FRIDAY)) == rule
        own = AbsenceWish(a, TODAY, TODAY, "swap", a)
        assert refused(lambda: add_absence(session, KEY, own, by=a, now=FRIDAY)) == "cover_self"


def test_what_was_before_stays_when_something_ends(runtime: Runtime) -> None:
    a = worker()
    weekly = on(a, "08:00", "16:00", weekday=5, valid_from=MONDAY - timedelta(14), valid_to=None)
    away = leave(a, TODAY - timedelta(2), last_day=TOMORROW)
    with transaction() as session:
        assert end_shift(session, KEY, weekly, from_day=MONDAY, by=a)
        assert not end_shift(session, ON_CALL, weekly, from_day=MONDAY, by=a)
        assert end_absence(session, OFFICE, away, by=a, today=TODAY)
        assert not end_absence(session, "HQ", away, by=a, today=TODAY)
    with reading() as session:
        found = lines(session, KEY, since=MONDAY - timedelta(14))
        assert [one.valid_to for one in found] == [MONDAY - timedelta(1)]
    assert rung("10:00") == {a}
    again = on(a, "08:00", "16:00")
    with transaction() as session:
        assert end_shift(session, KEY, again, from_day=TODAY, by=a)
    with reading() as session:
        assert lines(session, KEY, since=TODAY) == []


def test_last_week_is_repeated_once(runtime: Runtime) -> None:
    a = worker()
    before = TODAY - timedelta(7)
    on(a, "08:00", "16:00", valid_from=before, valid_to=before)
    on(a, "22:00", "06:00", weekday=5, valid_from=before, valid_to=None)
    for expected in (1, 0):
        with transaction() as session:
            assert copy_week(session, KEY, MONDAY, by=a, now=FRIDAY) == expected
    with reading() as session:
        single = [one for one in lines(session, KEY, since=MONDAY) if one.weekday is None]
    assert [(one.valid_from, one.starts) for one in single] == [(TODAY, "08:00")]


def diff(text: str) -> object:
    """What a file would change of the office's roster."""
    with reading() as session:
        rows, people = lines(session, KEY, since=TODAY), listed(session, KEY)
        return compared(text.encode(), rows, people, TODAY)


def saved() -> str:
    """The office's roster as a file."""
    with reading() as session:
        return written(lines(session, KEY, since=TODAY), listed(session, KEY))


def test_a_saved_roster_changes_nothing_when_it_is_loaded(runtime: Runtime) -> None:
    a = worker()
    on(a, "08:00", "16:00")
    on(a, "22:00", "24:00", weekday=5, valid_to=None, on_holidays=True)
    on(a, "06:00", "07:00", weekday=6, valid_from=MONDAY, valid_to=TODAY + timedelta(30))
    found = diff(saved())
    assert (found.added, found.ended, found.unchanged, found.faults) == ((), (), 3, ())
    assert diff("\ufeff" + saved()).unchanged == 3


def test_a_file_is_the_whole_roster_from_today_on(runtime: Runtime) -> None:
    a, b = worker(), worker()
    on(a, "08:00", "16:00", weekday=5, valid_from=MONDAY, valid_to=None)
    with reading() as session:
        email = {one.staff_id: one.email for one in listed(session, KEY)}[b]
    found = diff(f"email,weekday,date,from,to\n{email.upper()},,{TOMORROW},09:00,17:00\n")
    assert (len(found.added), len(found.ended)) == (1, 1)
    with transaction() as session:
        ended = [one.id for one in found.ended]
        replace_lines(session, KEY, added=found.added, ended=ended, by=a, now=FRIDAY)
    with reading() as session:
        every = lines(session, KEY, since=MONDAY)
    assert [(one.staff_id, one.valid_to) for one in every] == [
        (a, TODAY - timedelta(1)),
        (b, TOMORROW),
    ]
    assert diff(saved()).unchanged == 1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("nobody@example.org,,2026-11-21,09:00,17:00", 2),
        ("{email},1,2026-11-21,09:00,17:00", 2),
        ("{email},,,09:00,17:00", 2),
        ("{email},9,,09:00,17:00", 2),
        ("{email},,21/11/2026,09:00,17:00", 2),
        ("{email},,2026-11-21,9,17:00", 2),
        ("{email},,2026-02-30,09:00,17:00", 2),
        ("=HYPERLINK(1),,2026-11-21,09:00,17:00", 2),
        ("{email},,2026-11-21", 2),
    ],
)
def test_a_line_at_fault_stops_the_whole_file(runtime: Runtime, line: str, expected: int) -> None:
    worker()
    with reading() as session:
        email = listed(session, KEY)[0].email
    good = f"{email},,2026-11-22,09:00,17:00"
    found = diff("email,weekday,date,from,to\n" + line.format(email=email) + f"\n{good}\n")
    assert [one.line for one in found.faults] == [expected]
    assert found.added == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a,b\n1,2\n",
        "email,weekday,date,from,to,king\n",
        "\x00",
        "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"),
    ],
)
def test_a_file_of_another_kind_is_told_apart(runtime: Runtime, text: str) -> None:
    assert diff(text).faults


def test_a_file_is_as_long_as_a_roster_may_be(runtime: Runtime) -> None:
    worker()
    with reading() as session:
        email = listed(session, KEY)[0].email
    rows = [f"{email},,{TODAY + timedelta(one)},09:00,17:00" for one in range(MOST_SHIFTS + 1)]
    found = diff("\n".join(["email,weekday,date,from,to", *rows]))
    assert len(found.faults) == 1
    twice = diff("\n".join(["email,weekday,date,from,to", rows[0], rows[0]]))
    assert [one.line for one in twice.faults] == [3]


def test_the_same_difference_has_the_same_digest_and_another_has_not(runtime: Runtime) -> None:
    worker()
    with reading() as session:
        email = listed(session, KEY)[0].email
    header = "email,weekday,date,from,to\n"
    one = diff(f"{header}{email},,2026-11-21,09:00,17:00\n")
    other = diff(f"{header}{email},,2026-11-21,09:00,18:00\n")
    assert one.digest == diff(f"{header}{email},,2026-11-21,09:00,17:00\r\n").digest
    assert one.digest != other.digest
    assert len({same_line(wish) for wish in (*one.added, *other.added)}) == 2


def sent_twice(runtime: Runtime, act: Callable[[Session], object]) -> BaseException | None:
    """The same step again before the first one is committed; what the second is refused for."""

    def again() -> None:
        with transaction() as session:
            act(session)

    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            act(session)
            other = pool.submit(again)
            wait_for(lambda: other.done() or somebody_waits(runtime.engine))
        return other.exception()


def count_of(kind: type[ShiftRow] | type[AbsenceRow]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


@pytest.mark.backends("postgresql")
def test_a_form_that_is_sent_twice_writes_one_line(runtime: Runtime) -> None:
    a = worker()
    shift = ShiftWish(a, "08:00", "16:00", TODAY, TODAY)
    away = AbsenceWish(a, TODAY, TODAY, "vacation")
    refused = [
        sent_twice(runtime, lambda one: add_shift(one, KEY, shift, by=a, now=FRIDAY)),
        sent_twice(runtime, lambda one: add_absence(one, KEY, away, by=a, now=FRIDAY)),
    ]
    assert [getattr(one, "rule", None) for one in refused] == ["shift_twice", "absence_twice"]
    assert (count_of(ShiftRow), count_of(AbsenceRow)) == (1, 1)


@pytest.mark.backends("postgresql")
def test_a_week_that_is_copied_twice_at_once_is_there_once(runtime: Runtime) -> None:
    a = worker()
    on(a, "08:00", "16:00", valid_from=MONDAY - timedelta(7), valid_to=MONDAY - timedelta(7))
    assert sent_twice(runtime, lambda one: copy_week(one, KEY, MONDAY, by=a, now=FRIDAY)) is None
    assert count_of(ShiftRow) == 2
