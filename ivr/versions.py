"""Which flow a call runs on: a new one takes the flow in force, a running one its own.

A flow is read once a process and kept. The one in force is looked up at each call's start, one
statement; a key press finds its flow in memory.
"""

from datetime import datetime
from functools import cache
from threading import Lock

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from calls.flow_releases import (
    keep_source,
    mark_refused,
    newest_release,
    source_of,
    versions_before,
)
from core.logs import logger
from ivr.checker import refuse_bad_flow
from ivr.loader import FLOW_FILE, FlowError, load_flow
from ivr.nodes import Flow

log = logger(__name__)

_older: dict[str, Flow] = {}
# Whether a call may begin with a version, as this process found when it first met it.
_fit: dict[str, bool] = {}
_lock = Lock()


@cache
def current_flow() -> Flow:
    """The built-in flow, read and checked once a process; FlowError when it has a fault."""
    return refuse_bad_flow(load_flow(built_in_source()))


@cache
def built_in_source() -> str:
    """The text of the built-in flow file, read once: it may be edited while this process runs."""
    return FLOW_FILE.read_text(encoding="utf-8")


def flow_in_force(session: Session, now: datetime) -> Flow:
    """The flow that a call begins with now.

    It is the newest release; the last one before it that is fit, where that cannot be loaded or
    has a fault; at last, and while nothing was published, the built-in one. Its source is kept.
    """
    release = newest_release(session)
    if release is None:
        return _built_in(session, now)
    fit = _is_fit(session, release.version)
    if fit == (release.refused_at is not None):
        mark_refused(session, release.id, None if fit else now)
    if fit:
        return flow_of(session, release.version)
    for version in versions_before(session, release.id):
        if _is_fit(session, version):
            return flow_of(session, version)
    return _built_in(session, now)


def _built_in(session: Session, now: datetime) -> Flow:
    flow = current_flow()
    keep_source(session, flow.version, built_in_source(), now=now)
    return flow


def _is_fit(session: Session, version: str) -> bool:
    if version == current_flow().version:
        return True
    with _lock:
        if version not in _fit:
            _fit[version] = _loads(session, version)
        return _fit[version]


def _loads(session: Session, version: str) -> bool:
    """Whatever is wrong with a published flow, the telephone goes on without it."""
    try:
        refuse_bad_flow(flow_of(session, version))
    except SQLAlchemyError:
        raise  # the database's fault, not the flow's
    except Exception as error:
        log.exception("a published flow is refused", version=version, error=type(error).__name__)
        return False
    return True


def flow_of(session: Session, version: str) -> Flow:
    """The flow that a call is pinned to; FlowError when its source was never kept."""
    known = known_flow(version)
    if known is not None:
        return known
    source = source_of(session, version)
    if source is None:
        raise FlowError(f"no flow of version {version} was kept")
    return _older.setdefault(version, load_flow(source))


def known_flow(version: str) -> Flow | None:
    """The flow of a version where this process has met it; asks nobody."""
    flow = current_flow()
    return flow if version == flow.version else _older.get(version)
