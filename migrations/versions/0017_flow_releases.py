"""releases of the call flow: which version is in force, since when, by whom"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "flow_releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("back_to", sa.Integer(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["version"],
            ["flow_versions.version"],
            name=op.f("fk_flow_releases_version_flow_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["back_to"],
            ["flow_releases.id"],
            name=op.f("fk_flow_releases_back_to_flow_releases"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_releases")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("flow_releases")
