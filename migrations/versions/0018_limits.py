"""the calls of one number, and of all, over a short time; numbers that people greet shortly"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The index over the number alone is the first part of the new one.
    op.create_index("ix_calls_of_number", "calls", ["caller_fingerprint", "started_at"])
    op.create_index("ix_calls_started_at", "calls", ["started_at"])
    op.drop_index("ix_calls_caller_fingerprint", table_name="calls")
    op.create_table(
        "number_limits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        _moment("set_at", nullable=False),
        _moment("until", nullable=False),
        _moment("review_at"),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        _moment("reviewed_at"),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        _moment("lifted_at"),
        *(_staff(column) for column in ("set_by", "reviewed_by", "lifted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_limits")),
    )
    op.create_index("ix_number_limits_of_number", "number_limits", ["fingerprint", "until"])
    op.create_index("ix_number_limits_until", "number_limits", ["until"])


def _moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _staff(column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_number_limits_{column}_staff")
    return sa.ForeignKeyConstraint([column], ["staff.id"], name=name)


def downgrade() -> None:
    op.drop_table("number_limits")
    op.create_index("ix_calls_caller_fingerprint", "calls", ["caller_fingerprint"])
    op.drop_index("ix_calls_started_at", table_name="calls")
    op.drop_index("ix_calls_of_number", table_name="calls")
