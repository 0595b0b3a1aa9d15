"""stories: further offices' parts of a case, and many cases about one thing"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _parts()
    _stories()


def _parts() -> None:
    op.create_table(
        "case_parts",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("briefing", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *_keys("case_parts", "assignment_id", assignment_id="assignments", case_id="cases"),
        *_keys("case_parts", place_id="case_places", asked_by="staff"),
    )
    op.create_index("ix_case_parts_case_id", "case_parts", ["case_id"])
    op.create_table(
        "part_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *_keys("part_people", "id", assignment_id="case_parts.assignment_id", staff_id="staff"),
    )
    op.create_index("ix_part_people_staff_id", "part_people", ["staff_id"])
    columns = ["assignment_id", "staff_id"]
    _partial("uq_part_people_at_work", "part_people", columns, "ended_at IS NULL", unique=True)
    op.create_table(
        "part_notes",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        *_keys("part_notes", "note_id", note_id="notes", assignment_id="case_parts.assignment_id"),
    )
    op.create_index("ix_part_notes_assignment_id", "part_notes", ["assignment_id"])
    op.create_table(
        "part_results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.LargeBinary(), nullable=False),
        sa.Column("for_whom", sa.JSON(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("referral", sa.LargeBinary(), nullable=True),
        sa.Column("child_safe", sa.String(length=8), nullable=False),
        *_keys("part_results", "id", assignment_id="case_parts.assignment_id", staff_id="staff"),
    )
    op.create_index("ix_part_results_assignment_id", "part_results", ["assignment_id"])


def _stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_th", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("hazard_group", sa.String(length=1), nullable=False),
        sa.Column("hazard_type", sa.String(length=4), nullable=True),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announcing", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("announcement_th", sa.String(length=400), nullable=True),
        sa.Column("announcement_en", sa.String(length=400), nullable=True),
        sa.Column("announce_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announce_until", sa.DateTime(timezone=True), nullable=True),
        *_keys("stories", "id", opened_by="staff"),
    )
    _partial("uq_stories_announcing", "stories", ["announcing"], "announcing", unique=True)
    _partial("ix_stories_running", "stories", ["opened_at"], "ended_at IS NULL")
    op.create_table(
        "story_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("joined_by", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        *_keys("story_cases", "id", story_id="stories", case_id="cases", joined_by="staff"),
    )
    _partial("uq_story_cases_joined", "story_cases", ["case_id"], "left_at IS NULL", unique=True)
    columns = ["story_id", "case_id"]
    _partial("ix_story_cases_of_story", "story_cases", columns, "left_at IS NULL")
    op.create_table(
        "story_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        *_keys("story_events", "id", story_id="stories", staff_id="staff"),
    )
    op.create_index("ix_story_events_story_id", "story_events", ["story_id"])


def _keys(table: str, primary: str = "", **targets: str) -> list[sa.Constraint]:
    """The keys of a table by the house's names; a target without a column is meant by its id."""
    keys: list[sa.Constraint] = []
    for column, target in targets.items():
        other, _, named = target.partition(".")
        name = f"fk_{table}_{column}_{other}"
        keys.append(sa.ForeignKeyConstraint([column], [f"{other}.{named or 'id'}"], name=name))
    if primary:
        keys.append(sa.PrimaryKeyConstraint(primary, name=f"pk_{table}"))
    return keys


def _partial(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        table,
        columns,
        unique=unique,
        postgresql_where=condition,
        sqlite_where=condition,
    )


def downgrade() -> None:
    """Take back."""
    for table in ("story_events", "story_cases", "stories"):
        op.drop_table(table)
    for table in ("part_results", "part_notes", "part_people", "case_parts"):
        op.drop_table(table)
