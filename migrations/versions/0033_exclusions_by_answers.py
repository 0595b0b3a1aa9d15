"""which exclusions follow the keys of the call that goes on; those that are there stay"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    mark = sa.Column("by_answers", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("case_exclusions", mark)


def downgrade() -> None:
    op.drop_column("case_exclusions", "by_answers")
