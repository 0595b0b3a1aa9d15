"""the telephone as a channel of notices, and the next channel where nobody has seen one in time"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

UNSEEN = sa.text("next_at IS NOT NULL")
OPEN = sa.text("check_at IS NOT NULL")
RUNG = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.add_column("notices", sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("notice_preferences", sa.Column("ranking", sa.JSON(), nullable=True))
    op.create_index(
        "ix_notices_unseen",
        "notices",
        ["next_at"],
        postgresql_where=UNSEEN,
        sqlite_where=UNSEEN,
    )
    op.create_table(
        "notice_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("leg_key", sa.String(length=43), nullable=False),
        sa.Column("token", sa.String(length=36), nullable=False),
        sa.Column("notice_ids", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        _moment("intent_at", nullable=False),
        _moment("check_at"),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("busy", sa.Integer(), nullable=False),
        _moment("ended_at"),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_notice_calls_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_calls")),
        sa.UniqueConstraint("leg_key", name=op.f("uq_notice_calls_leg_key")),
        sa.UniqueConstraint("token", name=op.f("uq_notice_calls_token")),
    )
    _index("ix_notice_calls_open", "check_at", OPEN)
    _index("uq_notice_calls_rung", "staff_id", RUNG, unique=True)


def _moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _index(name: str, column: str, where: sa.TextClause, *, unique: bool = False) -> None:
    op.create_index(
        name,
        "notice_calls",
        [column],
        unique=unique,
        postgresql_where=where,
        sqlite_where=where,
    )


def downgrade() -> None:
    op.drop_table("notice_calls")
    op.drop_column("notice_preferences", "ranking")
    op.drop_index("ix_notices_unseen", table_name="notices")
    op.drop_column("notices", "next_at")
