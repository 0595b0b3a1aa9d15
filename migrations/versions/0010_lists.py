"""lists: a case's status beside its office and deadline, and what lists are read from"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OPEN = (
    "is_lead AND case_status IN ('received','acknowledged','checking','waiting_approval',"
    "'assigned','in_progress','reported','referred','unreachable')"
)
OVER = "is_lead AND case_status IN ('closed','duplicate','not_a_case')"
OWED = (
    "state IN ('requested','due','retry','claimed',"
    "'dialling_operator','dialling_caller','connected')"
)
INDEXES = (
    ("ix_assignments_open", "assignments", ["due_at", "case_id"], OPEN),
    ("ix_assignments_open_office", "assignments", ["office_code", "due_at", "case_id"], OPEN),
    (
        "ix_assignments_received",
        "assignments",
        ["due_at", "case_id"],
        "is_lead AND case_status = 'received'",
    ),
    ("ix_assignments_over", "assignments", ["case_id"], OVER),
    ("ix_assignments_over_office", "assignments", ["office_code", "case_id"], OVER),
    (
        "ix_assignments_other_parts",
        "assignments",
        ["office_code", "case_id"],
        "NOT is_lead AND state IN ('offered','accepted')",
    ),
    ("ix_callbacks_owed", "callbacks", ["late_at", "case_id"], OWED),
)


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "assignments",
        sa.Column("case_status", sa.String(length=24), server_default="received", nullable=False),
    )
    op.execute(
        "UPDATE assignments SET case_status ="
        " (SELECT status FROM cases WHERE cases.id = assignments.case_id)"
    )
    for name, table, columns, where in INDEXES:
        op.create_index(
            name, table, columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where)
        )


def downgrade() -> None:
    """Take back."""
    for name, table, _columns, _where in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    op.drop_column("assignments", "case_status")
