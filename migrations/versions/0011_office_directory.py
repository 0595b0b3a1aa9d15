"""the directory of offices: telephones, clusters, the log of changes, uploads, who was turned away"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TURNED_AWAY = "meant_for IS NOT NULL"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("office") as changed:
        changed.add_column(sa.Column("phone", sa.String(length=16), nullable=True))
        changed.add_column(sa.Column("phone_fingerprint", sa.String(length=64), nullable=True))
        changed.add_column(sa.Column("cluster", sa.String(length=100), nullable=True))
        changed.create_index(changed.f("ix_office_phone_fingerprint"), ["phone_fingerprint"])
    op.add_column("assignments", sa.Column("meant_for", sa.String(length=32), nullable=True))
    op.create_index(
        "ix_assignments_turned_away",
        "assignments",
        ["meant_for", "created_at"],
        postgresql_where=sa.text(TURNED_AWAY),
        sqlite_where=sa.text(TURNED_AWAY),
    )
    op.create_table(
        "directory_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=100), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_changes")),
    )
    op.create_index("ix_directory_changes_about_id", "directory_changes", ["about", "id"])
    op.create_table(
        "directory_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_uploads")),
    )
    op.create_index(
        op.f("ix_directory_uploads_created_at"), "directory_uploads", ["created_at"]
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("directory_uploads")
    op.drop_table("directory_changes")
    op.drop_index("ix_assignments_turned_away", table_name="assignments")
    op.drop_column("assignments", "meant_for")
    with op.batch_alter_table("office") as changed:
        changed.drop_index(changed.f("ix_office_phone_fingerprint"))
        changed.drop_column("cluster")
        changed.drop_column("phone_fingerprint")
        changed.drop_column("phone")
