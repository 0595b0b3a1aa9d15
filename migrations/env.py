"""Alembic's entry: runs the migrations on the connection that core.migrations hands in."""

from importlib import import_module

from alembic import context
from sqlalchemy.types import TypeDecorator

from core.database import Base

MODELS = (
    "core.heartbeats",
    "routing.models",
    "routing.change_models",
    "agents.models",
    "agents.notice_models",
    "agents.profile_models",
    "agents.committee_models",
    "agents.roster_models",
    "cases.models",
    "cases.note_models",
    "cases.handover_models",
    "cases.result_models",
    "cases.deadline_models",
    "cases.part_models",
    "cases.story_models",
    "calls.models",
    "calls.flow_models",
    "calls.ring_models",
    "calls.notice_models",
    "calls.warning_models",
    "calls.limit_models",
    "calls.node_models",
    "recordings.models",
)

for module in MODELS:
    import_module(module)


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write the database's own types into a draft: a migration outlives the code of its day."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


# SQLite cannot alter a column in place: batch mode makes a new table and copies.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
