"""Putting a call flow in force, and going back to an earlier one."""

from datetime import datetime

from sqlalchemy.orm import Session

from calls.flow_models import LONGEST_VERSION, FlowRelease
from calls.flow_releases import (
    all_releases,
    keep_source,
    newest_release,
    put_in_force,
    source_of,
)
from core.errors import BadInput, NotFoundError
from ivr.checker import refuse_bad_flow
from ivr.loader import load_flow
from ivr.versions import built_in_source


def publish(session: Session, source: str, *, by: str, note: str, now: datetime) -> FlowRelease:
    """Put a flow file's text in force for all calls that begin from now on.

    FlowError lists every fault of it; BadInput where it is in force already.
    """
    version = _sound_version(source)
    _refuse_same(session, version)
    keep_source(session, version, source, now=now)
    return put_in_force(session, version, by=by, note=note, now=now)


def roll_back(
    session: Session, number: int | None, *, by: str, note: str, now: datetime
) -> FlowRelease:
    """Put the version of an earlier release in force again, or of the one before the present.

    Before the first release that is the built-in flow. NotFoundError for a number that is none.
    """
    target = _release(session, number) if number is not None else _one_before(session)
    if target is None:
        return publish(session, built_in_source(), by=by, note=note, now=now)
    _refuse_same(session, target.version)
    # The rules may have become stricter since it was published.
    _sound_version(source_of(session, target.version) or "")
    return put_in_force(session, target.version, by=by, note=note, back_to=target.id, now=now)


def published_source(session: Session, number: int | None) -> str:
    """The text of the flow file of a release, by default of the one in force.

    NotFoundError for a number that is none.
    """
    if number is not None:
        return source_of(session, _release(session, number).version) or ""
    newest = newest_release(session)
    return built_in_source() if newest is None else source_of(session, newest.version) or ""


def _sound_version(source: str) -> str:
    version = refuse_bad_flow(load_flow(source)).version
    if len(version) > LONGEST_VERSION:
        raise BadInput("the version at the top of the flow is too long: take a number")
    return version


def _refuse_same(session: Session, version: str) -> None:
    newest = newest_release(session)
    if newest is not None and newest.version == version:
        raise BadInput(f"{version} is in force already")


def _release(session: Session, number: int) -> FlowRelease:
    found = session.get(FlowRelease, number)
    if found is None:
        raise NotFoundError(f"there is no release {number}")
    return found


def _one_before(session: Session) -> FlowRelease | None:
    releases = all_releases(session)
    if not releases:
        raise NotFoundError("nothing was published: the built-in flow is in force")
    return next((one for one in releases if one.version != releases[0].version), None)
