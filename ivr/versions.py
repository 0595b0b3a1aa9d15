"""Which flow a call runs on: new calls take the file's, running calls the one they began with."""

from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.inserts import insert_unless_there
from ivr.checker import refuse_bad_flow
from ivr.loader import FLOW_FILE, FlowError, load_flow
from ivr.models import FlowVersion
from ivr.nodes import Flow

_older: dict[str, Flow] = {}


@cache
def current_flow() -> Flow:
    """The flow of the file, read and checked once a process; FlowError when it has a fault."""
    return refuse_bad_flow(load_flow(_source()))


@cache
def _source() -> str:
    # Read once: the file may be edited while this process still runs the flow it began with.
    return FLOW_FILE.read_text(encoding="utf-8")


def keep_current(session: Session, now: datetime) -> None:
    """Write the current flow's source down, before any call can be pinned to it."""
    connection = session.connection()
    version = current_flow().version
    kept = select(FlowVersion.version).where(FlowVersion.version == version)
    if connection.scalar(kept) is not None:
        return
    connection.execute(
        insert_unless_there(connection, FlowVersion).values(
            version=version,
            source=_source(),
            first_used_at=now,
        )
    )


def flow_of(session: Session, version: str) -> Flow:
    """The flow that a call is pinned to; FlowError when its source was never kept."""
    flow = current_flow()
    if version == flow.version:
        return flow
    if version not in _older:
        source = session.scalar(select(FlowVersion.source).where(FlowVersion.version == version))
        if source is None:
            raise FlowError(f"no flow of version {version} was kept")
        _older[version] = load_flow(source)
    return _older[version]
