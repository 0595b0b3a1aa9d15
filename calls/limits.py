"""How many calls came in lately: one bounded look when a call begins.

Plain statements, no ORM: this runs inside a webhook (design.md §3). What is counted are the rows of
the calls themselves, so that there is nothing to keep in step and nothing to lose.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from calls.limit_models import NumberLimit
from calls.limit_policy import current_limits
from calls.limit_rules import GreetingLimits, Recent, Shortness, shortened
from calls.models import Call
from cases.counting import counted, everything_counts
from core.database import UtcDateTime
from core.logs import logger

log = logger(__name__)


def shortness_at(session: Session, fingerprint: str | None, *, now: datetime) -> Shortness | None:
    """Whether a call that comes in now is greeted shortly; it is answered whatever becomes of this.

    It has a savepoint of its own: what fails in it leaves the call's transaction as it was.
    """
    limits = current_limits().greeting
    connection = session.connection()
    try:
        with connection.begin_nested():
            look = _look(limits, everything_counts())
            row = connection.execute(look, _since(limits, fingerprint, now)).one()
    except DBAPIError as error:
        log.warning("calls could not be counted", error=type(error).__name__)
        return None
    if fingerprint is None:
        return shortened(Recent(row.of_all), limits)
    by_person = row.by_person is not None
    return shortened(Recent(row.of_all, row.of_number, row.without_case, by_person), limits)


def _since(limits: GreetingLimits, fingerprint: str | None, now: datetime) -> dict[str, Any]:
    return {
        "own": fingerprint,
        "now": now,
        "own_since": now - timedelta(minutes=limits.minutes),
        "all_since": now - timedelta(minutes=limits.all_minutes),
    }


@cache
def _look(limits: GreetingLimits, _everything_counts: bool) -> Select[Any]:
    """Three counts and one question in one statement; none reads more rows than its limit.

    It is kept by what counts too: a lesson must not shorten the greeting of real callers.
    """
    own = (
        Call.caller_fingerprint == bindparam("own"),
        Call.started_at > bindparam("own_since", type_=UtcDateTime()),
    )
    held = select(NumberLimit.id).where(
        NumberLimit.fingerprint == bindparam("own"),
        NumberLimit.until > bindparam("now", type_=UtcDateTime()),
        NumberLimit.lifted_at.is_(None),
    )
    lately = (Call.started_at > bindparam("all_since", type_=UtcDateTime()),)
    return select(
        _at_most(limits.of_all, *lately).label("of_all"),
        _at_most(limits.of_one_number, *own).label("of_number"),
        _at_most(limits.without_case, *own, Call.case_id.is_(None)).label("without_case"),
        held.limit(1).scalar_subquery().label("by_person"),
    )


def _at_most(limit: int, *conditions: Any) -> Any:
    rows = select(Call.sid).where(*conditions, counted(Call.is_practice)).limit(limit).subquery()
    return select(func.count()).select_from(rows).scalar_subquery()
