"""deadlines: rules that people write, late marks that stay, clocks that stop for a reason"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TICKING = sa.text("look_at IS NOT NULL")
STILL_LATE = sa.text("done_at IS NULL")
STOP_OPEN = sa.text("ended_at IS NULL")
MOMENT = sa.DateTime(timezone=True)
# Every open step has a clock from now on; what is late already is marked by the first looks.
NOW_TICKING = """
    UPDATE assignments SET look_at = due_at,
        owed_since = (SELECT status_since FROM cases WHERE cases.id = assignments.case_id)
    WHERE is_lead AND case_status IN ('received','acknowledged','checking','waiting_approval',
        'assigned','in_progress','reported','referred','unreachable')
"""
# These two owed a step that nobody was told about.
NOW_WATCHED = """
    UPDATE assignments SET escalation = 0, escalate_at = due_at
    WHERE is_lead AND state = 'accepted' AND case_status IN ('referred','unreachable')
"""
NO_LONGER_WATCHED = """
    UPDATE assignments SET escalate_at = NULL
    WHERE is_lead AND case_status IN ('referred','unreachable')
"""


def upgrade() -> None:
    """Apply."""
    op.add_column("assignments", sa.Column("owed_since", MOMENT))
    op.add_column("assignments", sa.Column("due_rule_id", sa.Integer()))
    op.add_column("assignments", sa.Column("look_at", MOMENT))
    op.execute(NOW_TICKING)
    op.execute(NOW_WATCHED)
    op.create_index(
        "ix_assignments_look",
        "assignments",
        ["look_at"],
        postgresql_where=TICKING,
        sqlite_where=TICKING,
    )
    _rules()
    _marks()
    _stops()


def _rules() -> None:
    op.create_table(
        "deadline_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("hazard", sa.String(length=4), nullable=False),
        sa.Column("office_code", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=16)),
        sa.Column("amount", sa.Integer()),
        sa.Column("only_shortens", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["staff.id"], name="fk_deadline_rules_created_by_staff"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deadline_rules"),
    )
    op.create_index("ix_deadline_rules_office_code", "deadline_rules", ["office_code"])


def _marks() -> None:
    op.create_table(
        "late_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("office_code", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("owed_since", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("marked_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_late_marks_case_id_cases"),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name="fk_late_marks_assignment_id_assignments"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_late_marks"),
    )
    op.create_index("ix_late_marks_case_id", "late_marks", ["case_id"])
    op.create_index(
        "uq_late_marks_assignment_id_step_owed_since",
        "late_marks",
        ["assignment_id", "step", "owed_since"],
        unique=True,
    )
    op.create_index(
        "ix_late_marks_office_code_marked_at", "late_marks", ["office_code", "marked_at"]
    )
    op.create_index(
        "ix_late_marks_still_late",
        "late_marks",
        ["assignment_id"],
        postgresql_where=STILL_LATE,
        sqlite_where=STILL_LATE,
    )


def _stops() -> None:
    op.create_table(
        "clock_stops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("owed_since", MOMENT, nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("agreed_by", sa.Integer()),
        sa.Column("begun_at", MOMENT),
        sa.Column("left_s", sa.Integer()),
        sa.Column("counts_work", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_how", sa.String(length=16)),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_clock_stops_case_id_cases"),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name="fk_clock_stops_assignment_id_assignments"
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name="fk_clock_stops_asked_by_staff"),
        sa.ForeignKeyConstraint(["agreed_by"], ["staff.id"], name="fk_clock_stops_agreed_by_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_clock_stops"),
    )
    op.create_index("ix_clock_stops_case_id", "clock_stops", ["case_id"])
    op.create_index(
        "uq_clock_stops_open",
        "clock_stops",
        ["assignment_id"],
        unique=True,
        postgresql_where=STOP_OPEN,
        sqlite_where=STOP_OPEN,
    )
    op.create_index(
        "ix_clock_stops_until",
        "clock_stops",
        ["until"],
        postgresql_where=STOP_OPEN,
        sqlite_where=STOP_OPEN,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("clock_stops")
    op.drop_table("late_marks")
    op.drop_table("deadline_rules")
    op.drop_index("ix_assignments_look", table_name="assignments")
    op.execute(NO_LONGER_WATCHED)
    for name in ("look_at", "due_rule_id", "owed_since"):
        op.drop_column("assignments", name)
