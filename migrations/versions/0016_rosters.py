"""holidays that people add, duty rosters, leave and cover, and the directory's warnings"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

HOLDS = sa.text("withdrawn_at IS NULL")
OPEN = sa.text("closed_at IS NULL")


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, length: int, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _number(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _day(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _yes_no(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def _primary(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _make_holidays() -> None:
    op.create_table(
        "holiday_changes",
        _number("id"),
        _day("day"),
        _text("office_code", 32),
        _yes_no("is_off"),
        _text("name_th", 120),
        _text("name_en", 120),
        _number("changed_by"),
        _moment("changed_at"),
        _number("withdrawn_by", nullable=True),
        _moment("withdrawn_at", nullable=True),
        _key("holiday_changes", "changed_by", "staff"),
        _key("holiday_changes", "withdrawn_by", "staff"),
        _primary("holiday_changes", "id"),
    )
    op.create_index(
        "uq_holiday_changes_holds",
        "holiday_changes",
        ["day", "office_code"],
        unique=True,
        postgresql_where=HOLDS,
        sqlite_where=HOLDS,
    )


def _make_rosters() -> None:
    op.add_column("staff", _moment("duty_since", nullable=True))
    op.create_table(
        "shifts",
        _number("id"),
        _text("office_code", 32),
        _text("kind", 8),
        _number("staff_id"),
        _number("weekday", nullable=True),
        _text("starts", 5),
        _text("ends", 5),
        _day("valid_from"),
        _day("valid_to", nullable=True),
        _yes_no("on_holidays"),
        _number("created_by"),
        _moment("created_at"),
        _key("shifts", "staff_id", "staff"),
        _key("shifts", "created_by", "staff"),
        _primary("shifts", "id"),
    )
    op.create_index(
        "ix_shifts_office_code_kind_valid_to", "shifts", ["office_code", "kind", "valid_to"]
    )
    op.create_index("ix_shifts_staff_id", "shifts", ["staff_id"])
    op.create_table(
        "absences",
        _number("id"),
        _number("staff_id"),
        _text("office_code", 32),
        _day("first_day"),
        _day("last_day"),
        _text("reason", 16),
        _number("cover_id", nullable=True),
        _number("created_by"),
        _moment("created_at"),
        _key("absences", "staff_id", "staff"),
        _key("absences", "cover_id", "staff"),
        _key("absences", "created_by", "staff"),
        _primary("absences", "id"),
    )
    op.create_index("ix_absences_staff_id_last_day", "absences", ["staff_id", "last_day"])
    op.create_index("ix_absences_office_code_last_day", "absences", ["office_code", "last_day"])


def _make_warnings() -> None:
    op.create_table(
        "warnings",
        _number("id"),
        _text("kind", 24),
        _text("office_code", 32),
        _text("subject", 64),
        _number("weight"),
        sa.Column("data", sa.JSON(), nullable=False),
        _moment("opened_at"),
        _moment("closed_at", nullable=True),
        _moment("aside_until", nullable=True),
        sa.Column("aside_reason", sa.LargeBinary(), nullable=True),
        _number("aside_by", nullable=True),
        _moment("aside_at", nullable=True),
        _key("warnings", "aside_by", "staff"),
        _primary("warnings", "id"),
    )
    op.create_index(
        "uq_warnings_open",
        "warnings",
        ["kind", "office_code", "subject"],
        unique=True,
        postgresql_where=OPEN,
        sqlite_where=OPEN,
    )
    op.create_index(
        "ix_warnings_open",
        "warnings",
        ["weight", "id"],
        postgresql_where=OPEN,
        sqlite_where=OPEN,
    )
    op.create_table(
        "warning_cases",
        _number("warning_id"),
        _number("case_id"),
        _key("warning_cases", "warning_id", "warnings"),
        _key("warning_cases", "case_id", "cases"),
        _primary("warning_cases", "warning_id", "case_id"),
    )
    op.create_index("ix_callback_attempts_started_at", "callback_attempts", ["started_at"])


def upgrade() -> None:
    """Apply."""
    _make_holidays()
    _make_rosters()
    _make_warnings()


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_callback_attempts_started_at", table_name="callback_attempts")
    for table in ("warning_cases", "warnings", "absences", "shifts", "holiday_changes"):
        op.drop_table(table)
    op.drop_column("staff", "duty_since")
