"""a clock for parts that were open before parts had one

The clock is set to the moment at which the step began: the sweep finds it there and reckons when to
remind and when to mark it late.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# When the step began to be owed: the part was taken on, or asked for.
BEGAN = """
    COALESCE(
        owed_since,
        CASE WHEN state = 'accepted' THEN
            (SELECT MIN(since) FROM part_people WHERE part_people.assignment_id = assignments.id)
        END,
        created_at
    )
"""
NOW_TICKING = f"""
    UPDATE assignments SET owed_since = {BEGAN}, look_at = {BEGAN}
    WHERE look_at IS NULL AND escalate_at IS NOT NULL
        AND NOT is_lead AND state IN ('offered','accepted')
        AND id IN (SELECT assignment_id FROM case_parts)
"""


def upgrade() -> None:
    """Apply."""
    op.execute(NOW_TICKING)


def downgrade() -> None:
    """Nothing to undo: a clock that is looked at harms nobody."""
