"""Which version of the call flow is in force: written down by a person, read at a call's start."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from calls.flow_models import FlowRelease, FlowVersion
from core.inserts import insert_unless_there

# So many versions are tried when the newest cannot be used, before the built-in flow is.
MOST_TRIED = 10

_NEWEST = (
    select(FlowRelease.id, FlowRelease.version, FlowRelease.refused_at)
    .order_by(FlowRelease.id.desc())
    .limit(1)
)


def newest_release(session: Session) -> Row[int, str, datetime | None] | None:
    """(id, version, refused_at) of the release in force; None while nothing was published."""
    return session.connection().execute(_NEWEST).one_or_none()


def versions_before(session: Session, release_id: int) -> list[str]:
    """The versions of the releases before this one, newest first; bounded."""
    found = session.connection().scalars(
        select(FlowRelease.version)
        .where(FlowRelease.id < release_id)
        .order_by(FlowRelease.id.desc())
        .limit(MOST_TRIED)
    )
    return list(dict.fromkeys(found))


def all_releases(session: Session) -> Sequence[FlowRelease]:
    """Every release, newest first."""
    return session.scalars(select(FlowRelease).order_by(FlowRelease.id.desc())).all()


def source_of(session: Session, version: str) -> str | None:
    """The text of a flow file as it was kept; None for a version that nobody kept."""
    wanted = select(FlowVersion.source).where(FlowVersion.version == version)
    found: str | None = session.connection().scalar(wanted)
    return found


def keep_source(session: Session, version: str, source: str, *, now: datetime) -> None:
    """Write a version's source down, before any call can be pinned to it; once."""
    if source_of(session, version) is not None:
        return
    connection = session.connection()
    connection.execute(
        insert_unless_there(connection, FlowVersion).values(
            version=version, source=source, first_used_at=now
        )
    )


def put_in_force(
    session: Session,
    version: str,
    *,
    by: str,
    note: str,
    back_to: int | None = None,
    now: datetime,
) -> FlowRelease:
    """Add the release that holds from now on; the version's source must be kept already."""
    release = FlowRelease(version=version, at=now, by=by, note=note, back_to=back_to)
    session.add(release)
    session.flush()
    return release


def mark_refused(session: Session, release_id: int, at: datetime | None) -> None:
    """Note that the telephone cannot use a release, or that it can again."""
    session.connection().execute(
        update(FlowRelease).where(FlowRelease.id == release_id).values(refused_at=at)
    )
