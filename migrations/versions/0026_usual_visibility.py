"""who usually reads the notes of an office"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty is what held for all offices so far: the office itself.
    op.add_column("office_settings", sa.Column("note_visibility", sa.String(24), nullable=True))


def downgrade() -> None:
    op.drop_column("office_settings", "note_visibility")
