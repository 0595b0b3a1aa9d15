"""when a ring was broken off for a caller in danger"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BROKEN = sa.text("broken_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("legs", sa.Column("broken_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_legs_broken",
        "legs",
        ["staff_id", "broken_at"],
        postgresql_where=BROKEN,
        sqlite_where=BROKEN,
    )


def downgrade() -> None:
    op.drop_index("ix_legs_broken", table_name="legs")
    op.drop_column("legs", "broken_at")
