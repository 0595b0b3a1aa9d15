"""A supervisor's short greeting for a number: for a time, looked at twice, lifted at once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from calls.errors import LimitRefused
from calls.limit_models import NumberLimit
from calls.limits import shortness_at
from calls.number_limits import (
    awaiting_review,
    frequent_numbers,
    keep_limit,
    lift_limit,
    limit_number,
    limits_in_force,
)
from core import clock
from core.database import reading, transaction
from core.numbers import number_fingerprint
from tests.console.limit_people import frequent
from tests.webhooks.looking import agent, rows

pytestmark = pytest.mark.backends("postgresql", "sqlite")
AGAIN, OTHER = "+66810000055", "+66810000077"
HOUR = timedelta(hours=1)


def limited(by: int, *, hours: int = 24, at: datetime | None = None) -> int:
    """A limit of AGAIN; its id."""
    sid = frequent(AGAIN)
    with transaction() as session:
        return limit_number(
            session, sid, hours=hours, reason="โทรเล่น", by=by, now=at or clock.now()
        )


def is_short(number: str, now: datetime) -> bool:
    with transaction() as session:
        return shortness_at(session, number_fingerprint(number), now=now) is not None


@pytest.mark.usefixtures("runtime")
@pytest.mark.parametrize("hours", [2, 24, 168])
def test_it_holds_for_its_time_and_ends_by_itself(hours: int) -> None:
    began = clock.now() + timedelta(days=2)
    limited(agent(), hours=hours, at=began)
    end = began + hours * HOUR
    assert is_short(AGAIN, end - timedelta(seconds=1))
    assert not is_short(AGAIN, end)
    assert not is_short(OTHER, began)


@pytest.mark.usefixtures("runtime")
def test_it_is_lifted_at_once_and_once_only() -> None:
    by, later = agent(), clock.now() + 3 * HOUR
    limit = limited(by)
    assert is_short(AGAIN, later)
    with transaction() as session:
        lift_limit(session, limit, by=by, now=later)
    assert not is_short(AGAIN, later)
    with pytest.raises(LimitRefused, match="gone"), transaction() as session:
        lift_limit(session, limit, by=by, now=later)
    assert [row.lifted_by for row in rows(NumberLimit)] == [by], "what was done stays written"


def asked_about(session: Session, staff_id: int, now: datetime) -> Sequence[int]:
    """The limits that wait for this person's second look."""
    return session.scalars(awaiting_review(staff_id, now=now)).all()


@pytest.mark.usefixtures("runtime")
@pytest.mark.parametrize(("hours", "asked"), [(2, 0), (24, 1), (168, 1)])
def test_a_long_one_waits_for_a_second_person_who_is_not_the_first(hours: int, asked: int) -> None:
    first, second, began = agent(), agent(1), datetime(2026, 11, 20, 3, tzinfo=UTC)
    limit = limited(first, hours=hours, at=began)
    with transaction() as session:
        early, due = began + 11 * HOUR, began + 12 * HOUR
        assert not asked_about(session, second, early)
        assert len(asked_about(session, second, due)) == asked
        assert not asked_about(session, first, due)
        with pytest.raises(LimitRefused):
            keep_limit(session, limit, by=first, now=due)
        if asked:
            keep_limit(session, limit, by=second, now=due)
            assert not asked_about(session, second, due)


@pytest.mark.usefixtures("runtime")
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"hours": 876000}, "hours"),
        ({"hours": 0}, "hours"),
        ({"reason": "  "}, "reason"),
        ({"reason": "ก" * 501}, "reason"),
        ({"call_sid": "CA" + "f" * 32}, "gone"),
    ],
)
def test_what_is_refused(change: dict[str, object], rule: str) -> None:
    """No limit for a hundred years, none without a reason."""
    wish = {"call_sid": frequent(AGAIN), "hours": 2, "reason": "โทรเล่น"} | change
    by, sid = agent(), str(wish.pop("call_sid"))
    with pytest.raises(LimitRefused, match=rule), transaction() as session:
        limit_number(session, sid, by=by, now=clock.now(), **wish)  # type: ignore[arg-type]


@pytest.mark.usefixtures("runtime")
def test_what_waits_for_a_second_person_stands_first() -> None:
    by = agent()
    long, short = frequent("+66810000991"), frequent("+66810000992")
    with transaction() as session:
        waits = limit_number(session, long, hours=168, reason="โทรเล่น", by=by, now=clock.now())
        later = clock.now() + timedelta(hours=165)
        soon = limit_number(session, short, hours=2, reason="โทรเล่น", by=by, now=later)
        found = limits_in_force(session, now=later)
    assert [one.id for one in found] == [waits, soon]


@pytest.mark.usefixtures("runtime")
def test_a_number_is_listed_by_a_mark_until_it_is_limited() -> None:
    by, sid = agent(), frequent(AGAIN)
    with reading() as session:
        (one,) = frequent_numbers(session, now=clock.now())
    assert (one.calls, one.without_case) == (5, 5)
    with transaction() as session:
        limit_number(session, sid, hours=2, reason="โทรเล่น", by=by, now=clock.now())
        with pytest.raises(LimitRefused, match="again"):
            limit_number(session, sid, hours=2, reason="โทรเล่น", by=by, now=clock.now())
        assert frequent_numbers(session, now=clock.now()) == []
        (held,) = limits_in_force(session, now=clock.now())
    assert (held.mark, held.reason) == (one.mark, "โทรเล่น")
    assert AGAIN[-4:] not in held.mark
