"""every step of a case is watched, not its first one alone"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEX = "ix_assignments_waiting"
FIRST_STEP = "state IN ('requested','approved','offered') AND escalate_at IS NOT NULL"
EVERY_STEP = "state IN ('requested','approved','offered','accepted') AND escalate_at IS NOT NULL"
# The case's own deadline; while a hand-over waits for its answer, that one climbs instead.
NOW_WATCHED = """
    UPDATE assignments SET escalation = 0, escalate_at = due_at
    WHERE is_lead AND state = 'accepted' AND case_id IN (
        SELECT id FROM cases
        WHERE status IN ('acknowledged', 'checking', 'in_progress', 'reported')
    )
"""
# A level was put before all others: the people who have the case.
ONE_MORE = "UPDATE assignments SET escalation = escalation + 1 WHERE escalation > 0"
ONE_LESS = "UPDATE assignments SET escalation = escalation - 1 WHERE escalation > 0"
NO_LONGER_WATCHED = "UPDATE assignments SET escalate_at = NULL WHERE state = 'accepted'"
# Requests that nobody could decide climbed nowhere; now somebody looks again.
CLIMB_AGAIN = (
    "UPDATE handovers SET climb_at = due_at WHERE state = 'requested' AND climb_at IS NULL"
)


def _index_where(condition: str) -> None:
    op.drop_index(INDEX, table_name="assignments")
    where = sa.text(condition)
    op.create_index(
        INDEX, "assignments", ["escalate_at"], postgresql_where=where, sqlite_where=where
    )


def upgrade() -> None:
    """Apply."""
    op.execute(ONE_MORE)
    op.execute(NOW_WATCHED)
    op.execute(CLIMB_AGAIN)
    _index_where(EVERY_STEP)


def downgrade() -> None:
    """Take back."""
    op.execute(NO_LONGER_WATCHED)
    op.execute(ONE_LESS)
    _index_where(FIRST_STEP)
