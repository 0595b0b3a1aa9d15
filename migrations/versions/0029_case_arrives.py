"""when an office was told that a case has come to it, and notices beside those of its people

Offices that have a case already are not told of it anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

UNTOLD = sa.text("is_lead AND case_status = 'received' AND told_at IS NULL")

# Whose call still goes on is told of when it ends, as any other.
KNOWN_ALREADY = """
    UPDATE assignments SET told_at = created_at
    WHERE is_lead AND case_status = 'received'
        AND case_id IN (SELECT id FROM cases WHERE finished_at IS NOT NULL)
"""


def upgrade() -> None:
    """Apply."""
    op.add_column("assignments", sa.Column("told_at", sa.DateTime(timezone=True)))
    op.execute(KNOWN_ALREADY)
    op.create_index(
        "ix_assignments_untold",
        "assignments",
        ["due_at", "case_id"],
        postgresql_where=UNTOLD,
        sqlite_where=UNTOLD,
    )
    op.add_column("notices", sa.Column("answer_by", sa.DateTime(timezone=True)))
    beside = sa.Column("is_beside", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("notices", beside)


def downgrade() -> None:
    """Undo."""
    op.drop_column("notices", "is_beside")
    op.drop_column("notices", "answer_by")
    op.drop_index("ix_assignments_untold", table_name="assignments")
    op.drop_column("assignments", "told_at")
