"""callbacks: a place in line, one open callback per line and case, one ring per line, the pace"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CLAIMABLE = "state IN ('due','retry','claimed')"
PRESSING = f"{CLAIMABLE} AND (immediate OR severity = 'emergency')"
RUNG = "state IN ('dialling_operator','dialling_caller','connected')"
INDEXES = (
    ("ix_callbacks_line", ["office_code", "place"], CLAIMABLE, False),
    ("ix_callbacks_pressing", ["due_at"], PRESSING, False),
    ("uq_callbacks_waiting", ["case_id", "number_fingerprint"], CLAIMABLE, True),
    ("uq_callbacks_rung", ["number_fingerprint"], RUNG, True),
)
# What those who wait at this moment are ahead by; later ones are reckoned by the policy.
AHEAD = {"emergency": timedelta(days=36525), "urgent": timedelta(hours=4)}
NEWER = """
    SELECT 1 FROM callbacks AS newer
    WHERE newer.number_fingerprint = callbacks.number_fingerprint AND newer.id > callbacks.id
"""
# Whoever gave two permissions at the same moment: the newer one stands, as it always did.
OLDER_OUT = f"""
    UPDATE callbacks SET state = 'withdrawn', reason = 'superseded', escalate_at = NULL
    WHERE {CLAIMABLE} AND EXISTS ({NEWER} AND newer.case_id = callbacks.case_id
      AND newer.state IN ('due','retry','claimed'))
"""
# Two were rung for one line at once: what became of the older one is for a person to see.
OLDER_TO_A_PERSON = f"""
    UPDATE callbacks SET state = 'decision', reason = 'tries_spent', escalate_at = late_at
    WHERE {RUNG} AND EXISTS ({NEWER}
      AND newer.state IN ('dialling_operator','dialling_caller','connected'))
"""


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "callbacks",
        sa.Column(
            "place",
            sa.DateTime(timezone=True),
            server_default="1970-01-01 00:00:00",
            nullable=False,
        ),
    )
    op.execute("UPDATE callbacks SET place = waiting_since")
    _keep_places()
    op.execute(OLDER_OUT)
    op.execute(OLDER_TO_A_PERSON)
    for name, columns, where, unique in INDEXES:
        condition = sa.text(where)
        op.create_index(
            name,
            "callbacks",
            columns,
            unique=unique,
            postgresql_where=condition,
            sqlite_where=condition,
        )
    op.create_table(
        "ring_paces",
        sa.Column("account_sid", sa.String(length=34), nullable=False),
        sa.Column("second", sa.Integer(), nullable=False),
        sa.Column("rings", sa.Integer(), nullable=False),
        sa.Column("last_office", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("account_sid", name=op.f("pk_ring_paces")),
    )


def _keep_places() -> None:
    """Those who wait for a call now keep the order that they had: danger, then the urgent ones."""
    moment = sa.DateTime(timezone=True)
    callbacks = sa.table(
        "callbacks",
        sa.column("id", sa.Integer()),
        sa.column("severity", sa.String()),
        sa.column("immediate", sa.Boolean()),
        sa.column("waiting_since", moment),
        sa.column("place", moment),
    )
    waiting = sa.select(callbacks).where(sa.text(CLAIMABLE))
    connection = op.get_bind()
    for row in connection.execute(waiting).all():
        severity = "emergency" if row.immediate else row.severity
        ahead = AHEAD.get(severity, timedelta(0))
        connection.execute(
            sa.update(callbacks)
            .where(callbacks.c.id == row.id)
            .values(place=row.waiting_since - ahead)
        )


def downgrade() -> None:
    """Take back."""
    op.drop_table("ring_paces")
    for name, *_ in reversed(INDEXES):
        op.drop_index(name, table_name="callbacks")
    op.drop_column("callbacks", "place")
