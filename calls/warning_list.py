"""The warnings that a person sees: those of the offices in their care, but of no secret case."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from calls.models import WRITTEN, OrphanEvent
from calls.warning_models import OPEN, DirectoryWarning, WarningCase
from cases.access import Viewer, not_excluded, reach
from cases.models import SilentEvent
from core import runtime

VIEW: Final = "warning.view"


@dataclass(frozen=True)
class Asked:
    """Which warnings a page wants: a kind or all, set aside or not, after the last one shown."""

    kind: str = ""
    aside: bool = False
    after: tuple[int, int] | None = None


def visible(session: Session, viewer: Viewer) -> ColumnElement[bool]:
    """The condition on DirectoryWarning of everything open that the person may see (§3a.7)."""
    seen = reach(session, viewer, VIEW)
    here = false() if not seen.has_offices else seen.reaches(DirectoryWarning.office_code)
    secret = exists().where(
        WarningCase.warning_id == DirectoryWarning.id, ~not_excluded(viewer, WarningCase.case_id)
    )
    return and_(text(f"warnings.{OPEN}"), true() if seen.everywhere else here, ~secret)


def counts(seen: ColumnElement[bool], session: Session, now: datetime) -> dict[str, int]:
    """How many warnings of each kind are open and not set aside."""
    counted = select(DirectoryWarning.kind, func.count()).where(seen, _pressing(now))
    rows = session.execute(counted.group_by(DirectoryWarning.kind))
    return {row[0]: row[1] for row in rows}


def listed(
    seen: ColumnElement[bool], session: Session, asked: Asked, *, now: datetime, limit: int
) -> list[DirectoryWarning]:
    """The gravest first, then the oldest."""
    wanted = select(DirectoryWarning).where(
        seen, ~_pressing(now) if asked.aside else _pressing(now)
    )
    if asked.kind:
        wanted = wanted.where(DirectoryWarning.kind == asked.kind)
    if asked.after:
        place = tuple_(DirectoryWarning.weight, DirectoryWarning.id)
        wanted = wanted.where(place > tuple_(*asked.after))
    ordered = wanted.order_by(DirectoryWarning.weight, DirectoryWarning.id)
    return list(session.scalars(ordered.limit(limit)))


def pressing(session: Session, viewer: Viewer, *, now: datetime) -> Select[Any]:
    """Ids of the warnings that are open and not set aside."""
    return select(DirectoryWarning.id).where(visible(session, viewer), _pressing(now))


def one_warning(session: Session, viewer: Viewer, warning_id: int) -> DirectoryWarning | None:
    """An open warning that the person may see."""
    wanted = select(DirectoryWarning).where(
        DirectoryWarning.id == warning_id, visible(session, viewer)
    )
    return session.scalar(wanted)


def silent_events(session: Session, limit: int) -> list[SilentEvent]:
    """Calls without a key that nobody has lifted yet, the newest first."""
    wanted = select(SilentEvent).where(SilentEvent.open)
    return list(session.scalars(wanted.order_by(SilentEvent.last_at.desc()).limit(limit)))


def unheard_of(session: Session, events: Collection[SilentEvent]) -> frozenset[int]:
    """Those with a call that came in while nothing of it reached us."""
    calls = {one.call_sid for one in events} | {one.last_call_sid for one in events}
    written = select(OrphanEvent.call_sid).where(
        OrphanEvent.call_sid.in_(calls), OrphanEvent.outcome == WRITTEN
    )
    sids = set(session.scalars(written)) if calls else set()
    return frozenset(one.id for one in events if sids & {one.call_sid, one.last_call_sid})


def orphan_events(session: Session, limit: int) -> list[OrphanEvent]:
    """Signed events of calls that we do not know, not yet explained, the newest first.

    Of the service's own account: what is practised beside it is nobody's to look into.
    """
    own = OrphanEvent.account_sid == runtime.current().settings.twilio_account_sid
    wanted = select(OrphanEvent).where(OrphanEvent.resolved_at.is_(None), own)
    return list(session.scalars(wanted.order_by(OrphanEvent.at.desc()).limit(limit)))


def _pressing(now: datetime) -> ColumnElement[bool]:
    aside = DirectoryWarning.aside_until
    return or_(aside.is_(None), aside <= now)
