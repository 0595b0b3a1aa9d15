"""what goes ahead where more is due than a sweep takes at a time; an account that is shut out"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

IS_GRAVE = "severity IN ('emergency','urgent')"
OPEN = (
    "status IN ('received','acknowledged','checking','waiting_approval',"
    "'assigned','in_progress','reported','referred','unreachable')"
)
MOMENTS = ("shut_out_since", "ask_at")
INDEXES = (
    ("ix_cases_grave", "cases", "id", f"{IS_GRAVE} AND {OPEN}"),
    ("ix_handovers_climbing_grave", "handovers", "climb_at", f"climb_at IS NOT NULL AND {IS_GRAVE}"),
    (
        "ix_callbacks_escalating_grave",
        "callbacks",
        "escalate_at",
        f"escalate_at IS NOT NULL AND {IS_GRAVE}",
    ),
    ("ix_notices_owed_grave", "notices", "due_at", f"state = 'owed' AND {IS_GRAVE}"),
    ("ix_notices_unseen_grave", "notices", "next_at", f"next_at IS NOT NULL AND {IS_GRAVE}"),
)


def upgrade() -> None:
    """Apply."""
    for name in MOMENTS:
        op.add_column("ring_paces", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name, table, column, where in INDEXES:
        condition = sa.text(where)
        op.create_index(
            name,
            table,
            ["severity", column],
            postgresql_where=condition,
            sqlite_where=condition,
        )


def downgrade() -> None:
    """Take back."""
    for name, table, _, _ in INDEXES:
        op.drop_index(name, table_name=table)
    for name in reversed(MOMENTS):
        op.drop_column("ring_paces", name)
