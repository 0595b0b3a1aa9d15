"""routing rules, roll-out switches of offices and districts, and offices' own hours"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _switch() -> sa.Column:
    return sa.Column("is_on", sa.Boolean(), server_default=sa.true(), nullable=False)


def upgrade() -> None:
    """Apply."""
    for table in ("office", "district"):
        with op.batch_alter_table(table) as changed:
            changed.add_column(_switch())
    op.create_table(
        "office_hours",
        sa.Column("office_code", sa.String(length=32), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.String(length=5), nullable=False),
        sa.Column("closes", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_code"], ["office.code"], name=op.f("fk_office_hours_office_code_office")
        ),
        sa.PrimaryKeyConstraint("office_code", "weekday", "opens", name=op.f("pk_office_hours")),
    )
    op.create_table(
        "routing_rule_versions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_routing_rule_versions")),
    )
    op.create_table(
        "routing_rules",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("send_to", sa.String(length=32), nullable=False),
        sa.Column("th", sa.String(length=300), nullable=False),
        sa.Column("en", sa.String(length=300), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["version"],
            ["routing_rule_versions.number"],
            name=op.f("fk_routing_rules_version_routing_rule_versions"),
        ),
        sa.PrimaryKeyConstraint("version", "position", name=op.f("pk_routing_rules")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("routing_rules")
    op.drop_table("routing_rule_versions")
    op.drop_table("office_hours")
    for table in ("district", "office"):
        with op.batch_alter_table(table) as changed:
            changed.drop_column("is_on")
