"""the desk: hand-overs and their approval, results, decisions about callbacks, office settings"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UNANSWERED = sa.text("state IN ('requested','offered')")
CLIMBING = sa.text("climb_at IS NOT NULL")
RINGING = sa.text("ring_at IS NOT NULL")
OPEN = sa.text("check_at IS NOT NULL")
EXPIRING = sa.text("purge_after IS NOT NULL")


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _code(name: str, length: int, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _sealed(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def _primary(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _index(name: str, table: str, column: str, where: sa.TextClause, unique: bool = False) -> None:
    op.create_index(
        name, table, [column], unique=unique, postgresql_where=where, sqlite_where=where
    )


def upgrade() -> None:
    """Apply."""
    _hand_overs()
    _endings()
    _callbacks()
    op.create_table(
        "office_settings",
        _code("office_code", 32),
        _code("ringing", 16),
        _number("changed_by", nullable=True),
        _moment("changed_at"),
        _key("office_settings", "changed_by", "staff"),
        _primary("office_settings", "office_code"),
    )
    _index("ix_recordings_expiring", "recordings", "purge_after", EXPIRING)
    op.add_column(
        "case_people",
        sa.Column("part", sa.String(length=16), server_default="operator", nullable=False),
    )
    op.add_column(
        "staff_roles",
        sa.Column("deputy", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def _hand_overs() -> None:
    op.create_table(
        "handovers",
        _number("id"),
        _number("case_id"),
        _code("kind", 16),
        _code("state", 16),
        _code("severity", 16),
        _code("from_office_code", 32),
        _code("to_office_code", 32, nullable=True),
        _sealed("reason"),
        _number("asked_by"),
        _moment("asked_at"),
        _code("status_before", 24),
        _moment("due_at"),
        _moment("climb_at", nullable=True),
        _number("level"),
        _moment("ring_at", nullable=True),
        _number("ring_round"),
        _number("decided_by", nullable=True),
        _moment("decided_at", nullable=True),
        _code("decided_way", 16, nullable=True),
        _sealed("decision_words", nullable=True),
        _moment("ended_at", nullable=True),
        _number("ended_by", nullable=True),
        _sealed("end_words", nullable=True),
        _number("version"),
        _key("handovers", "case_id", "cases"),
        _key("handovers", "asked_by", "staff"),
        _key("handovers", "decided_by", "staff"),
        _key("handovers", "ended_by", "staff"),
        _primary("handovers", "id"),
    )
    op.create_index(op.f("ix_handovers_case_id"), "handovers", ["case_id"])
    op.create_index(op.f("ix_handovers_to_office_code"), "handovers", ["to_office_code"])
    _index("uq_handovers_unanswered", "handovers", "case_id", UNANSWERED, unique=True)
    _index("ix_handovers_climbing", "handovers", "climb_at", CLIMBING)
    _index("ix_handovers_ringing", "handovers", "ring_at", RINGING)
    op.create_table(
        "handover_approvers",
        _number("handover_id"),
        _code("office_code", 32),
        _moment("asked_at"),
        _key("handover_approvers", "handover_id", "handovers"),
        _primary("handover_approvers", "handover_id", "office_code"),
    )
    op.create_index("ix_handover_approvers_office_code", "handover_approvers", ["office_code"])
    op.create_table(
        "handover_people",
        _number("handover_id"),
        _number("staff_id"),
        sa.Column("chair", sa.Boolean(), nullable=False),
        _code("answer", 16, nullable=True),
        _moment("answered_at", nullable=True),
        _key("handover_people", "handover_id", "handovers"),
        _key("handover_people", "staff_id", "staff"),
        _primary("handover_people", "handover_id", "staff_id"),
    )
    op.create_index(op.f("ix_handover_people_staff_id"), "handover_people", ["staff_id"])


def _endings() -> None:
    op.create_table(
        "result_reports",
        _number("id"),
        _number("case_id"),
        _number("staff_id"),
        _moment("at"),
        _sealed("done"),
        sa.Column("for_whom", sa.JSON(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        _sealed("referral", nullable=True),
        _code("child_safe", 8),
        _key("result_reports", "case_id", "cases"),
        _key("result_reports", "staff_id", "staff"),
        _primary("result_reports", "id"),
    )
    op.create_index(op.f("ix_result_reports_case_id"), "result_reports", ["case_id"])
    op.create_table(
        "junk_proposals",
        _number("case_id"),
        _number("staff_id"),
        _moment("at"),
        _key("junk_proposals", "case_id", "cases"),
        _key("junk_proposals", "staff_id", "staff"),
        _primary("junk_proposals", "case_id"),
    )


def _callbacks() -> None:
    # No foreign key: SQLite cannot add one to a table that is there.
    op.add_column("callbacks", _number("wanted_staff_id", nullable=True))
    op.add_column("callbacks", _moment("decided_at", nullable=True))
    op.create_table(
        "callback_decisions",
        _number("id"),
        _number("callback_id"),
        _number("staff_id"),
        _code("choice", 24),
        _sealed("words", nullable=True),
        _moment("at"),
        _key("callback_decisions", "callback_id", "callbacks"),
        _key("callback_decisions", "staff_id", "staff"),
        _primary("callback_decisions", "id"),
    )
    op.create_index(
        op.f("ix_callback_decisions_callback_id"), "callback_decisions", ["callback_id"]
    )
    op.create_table(
        "approval_calls",
        _number("id"),
        _number("handover_id"),
        _number("staff_id"),
        _code("leg_key", 43),
        _number("round"),
        _code("state", 16),
        _code("outcome", 16, nullable=True),
        _moment("intent_at"),
        _moment("check_at", nullable=True),
        _number("looks"),
        _number("busy"),
        _moment("ended_at", nullable=True),
        _key("approval_calls", "handover_id", "handovers"),
        _key("approval_calls", "staff_id", "staff"),
        _primary("approval_calls", "id"),
        sa.UniqueConstraint("leg_key", name=op.f("uq_approval_calls_leg_key")),
        sa.UniqueConstraint(
            "handover_id",
            "staff_id",
            "round",
            name=op.f("uq_approval_calls_handover_id_staff_id_round"),
        ),
    )
    _index("ix_approval_calls_open", "approval_calls", "check_at", OPEN)


def downgrade() -> None:
    """Take back."""
    op.drop_column("staff_roles", "deputy")
    op.drop_column("case_people", "part")
    op.drop_index("ix_recordings_expiring", "recordings")
    op.drop_table("office_settings")
    op.drop_table("approval_calls")
    op.drop_table("callback_decisions")
    op.drop_column("callbacks", "decided_at")
    op.drop_column("callbacks", "wanted_staff_id")
    op.drop_table("junk_proposals")
    op.drop_table("result_reports")
    op.drop_table("handover_people")
    op.drop_table("handover_approvers")
    op.drop_table("handovers")
