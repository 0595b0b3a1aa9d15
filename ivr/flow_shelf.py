"""The flows for the console to look at and to go back to (calls.flow_book)."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from calls.errors import FlowRefused
from calls.flow_book import FlowCard
from calls.flow_models import FlowRelease
from calls.flow_releases import newest_release, source_of
from core.errors import BadInput, NotFoundError
from ivr import publishing
from ivr.drawing import drawing
from ivr.flow_cards import card_of
from ivr.loader import FlowError, load_flow
from ivr.nodes import Flow
from ivr.versions import built_in_source, current_flow, known_flow

# So many old flows are kept in memory for whoever compares them.
KEPT = 4


@lru_cache(maxsize=KEPT)
def _read(source: str) -> Flow | None:
    try:
        return load_flow(source)
    except FlowError:
        return None


class FlowShelf:
    """Reads flows as the telephone does, and puts one in force through the same checks."""

    def built_in(self) -> str:
        """The version that comes with this software."""
        return current_flow().version

    def card(self, session: Session, version: str) -> FlowCard | None:
        """One version; None where it was never kept, or this software cannot read it."""
        flow = _flow(session, version)
        return card_of(flow) if flow else None

    def drawn(
        self,
        session: Session,
        version: str,
        language: str,
        *,
        title: str,
        stuck: Mapping[str, str],
        to: str,
        scale: float,
    ) -> str | None:
        """One version drawn; None as for a card."""
        flow = _flow(session, version)
        if flow is None:
            return None
        return drawing(flow, language, title=title, stuck=stuck, to=to, scale=scale)

    def restore(
        self, session: Session, number: int, *, base: int, by: str, note: str, now: datetime
    ) -> FlowRelease:
        """Put an earlier release in force again, the built-in flow for 0; else FlowRefused."""
        newest = newest_release(session)
        if (newest.id if newest else 0) != base:
            raise FlowRefused("overtaken")
        if newest is None:
            raise FlowRefused("same" if number == 0 else "gone")
        try:
            if number:
                return publishing.roll_back(session, number, by=by, note=note, now=now)
            return publishing.publish(session, built_in_source(), by=by, note=note, now=now)
        except FlowError:
            raise FlowRefused("unfit") from None
        except BadInput:
            raise FlowRefused("same") from None
        except NotFoundError:
            raise FlowRefused("gone") from None


def _flow(session: Session, version: str) -> Flow | None:
    known = known_flow(version)
    if known is not None:
        return known
    source = source_of(session, version)
    return _read(source) if source is not None else None
