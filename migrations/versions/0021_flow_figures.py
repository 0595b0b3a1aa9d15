"""what happened at each node of the flow, day by day; the calls that are still to be counted"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None
FIGURES = ("came", "answered", "wrong", "silent", "again", "to_person", "gave_up")


def upgrade() -> None:
    # Calls from before are not counted: they bear no marks.
    uncounted = sa.Column("uncounted", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("calls", uncounted)
    op.create_index(
        "ix_calls_uncounted",
        "calls",
        ["ended_at"],
        postgresql_where=sa.text("uncounted"),
        sqlite_where=sa.text("uncounted"),
    )
    op.create_table(
        "flow_node_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("node", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in FIGURES),
        sa.PrimaryKeyConstraint("day", "version", "node", name=op.f("pk_flow_node_days")),
    )


def downgrade() -> None:
    op.drop_table("flow_node_days")
    op.drop_index("ix_calls_uncounted", table_name="calls")
    op.drop_column("calls", "uncounted")
