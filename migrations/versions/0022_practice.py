"""the mark of practice calls and cases, which no figure of a real service counts"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

PRACTICE = sa.text("is_practice")


def upgrade() -> None:
    # What is there is taken for real: better one figure too high than a report that is not counted.
    for table in ("calls", "cases"):
        op.add_column(table, _mark())
    op.create_index(
        "ix_cases_practice",
        "cases",
        ["id"],
        postgresql_where=PRACTICE,
        sqlite_where=PRACTICE,
    )


def _mark() -> sa.Column:
    return sa.Column("is_practice", sa.Boolean(), server_default=sa.false(), nullable=False)


def downgrade() -> None:
    op.drop_index("ix_cases_practice", table_name="cases")
    for table in ("cases", "calls"):
        op.drop_column(table, "is_practice")
