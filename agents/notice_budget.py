"""LINE's monthly budget: counted before a push, by members of the group, as LINE itself counts."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agents.notice_models import LineUsage
from agents.notice_policy import current_policy
from agents.notice_rules import may_spend
from core import runtime
from core.inserts import insert_unless_there
from core.zones import bangkok


def month_of(now: datetime) -> str:
    """The month that is counted."""
    return f"{bangkok(now):%Y-%m}"


def used(session: Session, now: datetime) -> int:
    """How many messages this month has used."""
    wanted = select(LineUsage.used).where(LineUsage.month == month_of(now))
    return session.scalar(wanted) or 0


def spend(session: Session, cost: int, *, emergency: bool, now: datetime) -> bool:
    """Count a push; False when the budget does not allow it."""
    month = month_of(now)
    insert = insert_unless_there(session.connection(), LineUsage)
    session.execute(insert.values(month=month, used=0))
    row = session.scalar(
        select(LineUsage)
        .where(LineUsage.month == month)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    budget = runtime.current().settings.line_monthly_budget
    reserve = current_policy().line_reserve
    if row is None or not may_spend(row.used, cost, budget, reserve, emergency=emergency):
        return False
    row.used += cost
    session.flush()
    return True


def give_back(session: Session, cost: int, *, first_try_at: datetime) -> None:
    """LINE refused a push, so it counts nothing."""
    session.execute(
        update(LineUsage)
        .where(LineUsage.month == month_of(first_try_at), LineUsage.used >= cost)
        .values(used=LineUsage.used - cost)
        .execution_options(synchronize_session=False)
    )
