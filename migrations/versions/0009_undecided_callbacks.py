"""undecided callbacks: found by an index of their own, however many were decided before"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UNDECIDED = sa.text("state IN ('decision','exhausted','stopped') AND decided_at IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_callbacks_undecided",
        "callbacks",
        ["late_at"],
        postgresql_where=UNDECIDED,
        sqlite_where=UNDECIDED,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_callbacks_undecided", table_name="callbacks")
