"""who may practise beside the real telephone: nobody, until an admin says so"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    mark = sa.Column("practises", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("staff", mark)


def downgrade() -> None:
    op.drop_column("staff", "practises")
