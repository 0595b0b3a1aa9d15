"""what the sweep of events of unknown calls looks for, without reading those that are settled"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

UNSETTLED = sa.text("resolved_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_orphan_events_due",
        "orphan_events",
        ["due_at"],
        postgresql_where=UNSETTLED,
        sqlite_where=UNSETTLED,
    )


def downgrade() -> None:
    op.drop_index("ix_orphan_events_due", table_name="orphan_events")
