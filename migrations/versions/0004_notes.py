"""notes on cases, and the people who have a case"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AT_WORK = sa.text("ended_at IS NULL")


def _moment(name: str, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _id() -> sa.Column:
    return sa.Column("id", sa.Integer(), nullable=False)


def _to(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "case_people",
        _id(),
        _to("case_id"),
        _to("staff_id"),
        _moment("since"),
        _moment("ended_at", nullable=True),
        _key("case_people", "case_id", "cases"),
        _key("case_people", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_people")),
    )
    op.create_index(op.f("ix_case_people_staff_id"), "case_people", ["staff_id"])
    op.create_index(
        "uq_case_people_at_work",
        "case_people",
        ["case_id", "staff_id"],
        unique=True,
        postgresql_where=AT_WORK,
        sqlite_where=AT_WORK,
    )
    op.create_table(
        "notes",
        _id(),
        _to("case_id"),
        _to("author_staff_id"),
        sa.Column("office_code", sa.String(length=32), nullable=False),
        sa.Column("visibility", sa.String(length=24), nullable=False),
        _moment("created_at"),
        _key("notes", "case_id", "cases"),
        _key("notes", "author_staff_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_case_id"), "notes", ["case_id"])
    op.create_table(
        "note_revisions",
        _id(),
        _to("note_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _to("staff_id"),
        _moment("at"),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        _key("note_revisions", "note_id", "notes"),
        _key("note_revisions", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_revisions")),
        sa.UniqueConstraint("note_id", "number", name=op.f("uq_note_revisions_note_id_number")),
    )
    op.create_table(
        "note_drafts",
        _to("case_id"),
        _to("staff_id"),
        sa.Column("visibility", sa.String(length=24), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        _moment("saved_at"),
        _key("note_drafts", "case_id", "cases"),
        _key("note_drafts", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("case_id", "staff_id", name=op.f("pk_note_drafts")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("note_drafts")
    op.drop_table("note_revisions")
    op.drop_table("notes")
    op.drop_table("case_people")
