"""people: posts, skills, courses, qualifications, secrecy, committees, and who changed what"""

import sqlalchemy as sa
from alembic import op

from core.database import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STANDING = "replaced_at IS NULL"
ENDING = "warn_at IS NOT NULL"


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=nullable)


def _person(name: str, table: str, *, nullable: bool = False) -> sa.Column:
    key = sa.ForeignKey("staff.id", name=f"fk_{table}_{name}")
    return sa.Column(name, sa.Integer(), key, nullable=nullable)


def upgrade() -> None:
    """Apply: whoever has not signed the undertaking signs it at the next sign-in."""
    op.add_column("staff", sa.Column("post", sa.String(24)))
    op.add_column("staff", sa.Column("undertaking", sa.String(16)))
    op.add_column("staff", _moment("temporary_until", nullable=True))
    op.create_table(
        "staff_skills",
        _person("staff_id", "staff_skills"),
        sa.Column("skill", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", "skill", name="pk_staff_skills"),
    )
    op.create_index("ix_staff_skills_skill", "staff_skills", ["skill"])
    op.create_table(
        "staff_trainings",
        sa.Column("id", sa.Integer(), nullable=False),
        _person("staff_id", "staff_trainings"),
        sa.Column("course", sa.String(120), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=False),
        _person("recorded_by", "staff_trainings", nullable=True),
        _moment("recorded_at"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_trainings"),
    )
    op.create_index("ix_staff_trainings_staff_id", "staff_trainings", ["staff_id"])
    op.create_table(
        "staff_qualifications",
        _person("staff_id", "staff_qualifications"),
        sa.Column("code", sa.String(32), nullable=False),
        _person("confirmed_by", "staff_qualifications", nullable=True),
        _moment("confirmed_at"),
        sa.PrimaryKeyConstraint("staff_id", "code", name="pk_staff_qualifications"),
    )
    op.create_table(
        "staff_undertakings",
        sa.Column("id", sa.Integer(), nullable=False),
        _person("staff_id", "staff_undertakings"),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("way", sa.String(8), nullable=False),
        _moment("signed_at"),
        _person("recorded_by", "staff_undertakings", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_staff_undertakings"),
    )
    op.create_index("ix_staff_undertakings_staff_id", "staff_undertakings", ["staff_id"])
    op.create_table(
        "staff_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        _person("staff_id", "staff_changes", nullable=True),
        _person("actor_id", "staff_changes", nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_changes"),
    )
    op.create_index("ix_staff_changes_staff_id", "staff_changes", ["staff_id"])
    _committees()


def _committees() -> None:
    op.create_table(
        "committees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_code", sa.String(32), nullable=False),
        sa.Column("order_number", sa.String(40), nullable=False),
        sa.Column("appointed_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        _moment("warn_at", nullable=True),
        _person("recorded_by", "committees", nullable=True),
        _moment("recorded_at"),
        _moment("replaced_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_committees"),
    )
    op.create_index("ix_committees_office_code", "committees", ["office_code"])
    standing, ending = sa.text(STANDING), sa.text(ENDING)
    op.create_index(
        "uq_committees_standing",
        "committees",
        ["office_code"],
        unique=True,
        postgresql_where=standing,
        sqlite_where=standing,
    )
    op.create_index(
        "ix_committees_ending",
        "committees",
        ["warn_at"],
        postgresql_where=ending,
        sqlite_where=ending,
    )
    op.create_table(
        "committee_members",
        sa.Column(
            "committee_id",
            sa.Integer(),
            sa.ForeignKey("committees.id", name="fk_committee_members_committee_id"),
            nullable=False,
        ),
        _person("staff_id", "committee_members"),
        sa.Column("part", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("committee_id", "staff_id", name="pk_committee_members"),
    )
    op.create_index("ix_committee_members_staff_id", "committee_members", ["staff_id"])


def downgrade() -> None:
    """Take back."""
    for table in (
        "committee_members",
        "committees",
        "staff_changes",
        "staff_undertakings",
        "staff_qualifications",
        "staff_trainings",
        "staff_skills",
    ):
        op.drop_table(table)
    for column in ("temporary_until", "undertaking", "post"):
        op.drop_column("staff", column)
