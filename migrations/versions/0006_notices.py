"""how notices reach people

The down revision is 0004 until the migration between is merged.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OWED = sa.text("state = 'owed'")
UNDELIVERED = sa.text("state = 'undelivered'")
OPEN = sa.text("state IN ('owed', 'claimed')")
LOOSE = sa.text("state = 'owed' AND token IS NULL")


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, length: int, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _number(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def _partial(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)


def upgrade() -> None:
    """Apply."""
    op.add_column("notices", _text("severity", 16, nullable=True))
    op.create_index(op.f("ix_notices_reference"), "notices", ["reference"])
    _partial("ix_notices_owed", "notices", ["due_at"], OWED)
    _partial("ix_notices_undelivered", "notices", ["id"], UNDELIVERED)
    op.create_table(
        "notice_deliveries",
        _number("id"),
        _number("notice_id"),
        _text("channel", 16),
        _text("receiver", 48),
        _text("notice_class", 16),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        _text("state", 16),
        _moment("due_at"),
        _number("tries"),
        _text("token", 36, nullable=True),
        _moment("first_try_at", nullable=True),
        _moment("claimed_until", nullable=True),
        _text("provider_id", 200, nullable=True),
        _text("error_code", 64, nullable=True),
        _moment("created_at"),
        _moment("sent_at", nullable=True),
        _moment("seen_at", nullable=True),
        _key("notice_deliveries", "notice_id", "notices"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_deliveries")),
        sa.UniqueConstraint(
            "notice_id", "channel", name=op.f("uq_notice_deliveries_notice_id_channel")
        ),
    )
    op.create_index(op.f("ix_notice_deliveries_token"), "notice_deliveries", ["token"])
    op.create_index(
        "ix_notice_deliveries_receiver_sent_at", "notice_deliveries", ["receiver", "sent_at"]
    )
    _partial(
        "ix_notice_deliveries_open", "notice_deliveries", ["channel", "emergency", "due_at"], OPEN
    )
    _partial(
        "ix_notice_deliveries_loose",
        "notice_deliveries",
        ["receiver", "channel", "emergency", "due_at"],
        LOOSE,
    )
    for table, more in (("notice_receipts", [_moment("seen_at")]), ("notice_barred", [])):
        op.create_table(
            table,
            _number("notice_id"),
            _number("staff_id"),
            *more,
            _key(table, "notice_id", "notices"),
            _key(table, "staff_id", "staff"),
            sa.PrimaryKeyConstraint("notice_id", "staff_id", name=op.f(f"pk_{table}")),
        )
    op.create_table(
        "notice_preferences",
        _number("staff_id"),
        sa.Column("channels", sa.JSON(), nullable=False),
        _text("quiet_hours", 11),
        _moment("updated_at"),
        _key("notice_preferences", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_notice_preferences")),
    )
    op.create_table(
        "office_channels",
        _text("office_code", 32),
        _text("email", 254, nullable=True),
        _text("line_group", 33, nullable=True),
        _number("line_members"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("office_code", name=op.f("pk_office_channels")),
    )
    op.create_table(
        "line_usage",
        _text("month", 7),
        _number("used"),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_line_usage")),
    )


def downgrade() -> None:
    """Take back."""
    for table in (
        "line_usage",
        "office_channels",
        "notice_preferences",
        "notice_barred",
        "notice_receipts",
        "notice_deliveries",
    ):
        op.drop_table(table)
    for index in ("ix_notices_undelivered", "ix_notices_owed", op.f("ix_notices_reference")):
        op.drop_index(index, "notices")
    with op.batch_alter_table("notices") as notices:
        notices.drop_column("severity")
