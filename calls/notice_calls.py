"""Rings at people who have not seen an urgent notice: what they are for, what a key comes to."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from agents import notice_rings
from agents.notice_queries import unread_by
from calls.legs import NOTICE
from calls.models import Leg
from calls.notice_models import NoticeCall
from calls.notice_rules import AGAIN, HEARD, OVER, RANKS
from calls.policy import current_policy
from calls.ring_rules import GAVE_WAY, Ranks
from calls.staff_rings import StaffRings
from cases.receipts import note_readings


class Urgent:
    """The errand: a person must hear of something urgent."""

    kind = NOTICE
    ranks: Ranks = RANKS
    vain = OVER
    model = NoticeCall

    def is_wanted(self, session: Session, ring: NoticeCall) -> bool:
        """Whether the person has not seen it elsewhere, and it is not over."""
        return notice_rings.is_wanted(session, ring.staff_id, ring.notice_ids)

    def is_pressing(self, session: Session, ring: NoticeCall) -> bool:
        """Callers in danger are rung for first: who is rung here has been told elsewhere too."""
        return False

    def settled(self, session: Session, ring: NoticeCall, *, now: datetime) -> None:
        """The key is the receipt; without it the phone rings again, so often as is allowed."""
        if ring.outcome == HEARD:
            unread = unread_by(session, ring.staff_id, ring.notice_ids)
            notice_rings.heard(session, ring.staff_id, ring.notice_ids, now=now)
            note_readings(session, ring.staff_id, unread, now=now)
            return
        if ring.outcome == GAVE_WAY:
            wait = timedelta(seconds=current_policy().all_talking_s)
            notice_rings.not_rung(session, ring.token, until=now + wait)
            return
        notice_rings.unheard(session, ring.token, ring.staff_id, ring.outcome or "", now=now)
        if ring.outcome == AGAIN:
            notice_rings.ring_later(session, ring.notice_ids, now=now)


NOTICES: Final = StaffRings(Urgent())


def refusal(session: Session, leg: Leg, *, now: datetime) -> str | None:
    """Why there is nothing to tell this person any more; the ring is settled by it."""
    ring = NOTICES.of_leg(session, leg)
    if ring.outcome == HEARD or NOTICES.errand.is_wanted(session, ring):
        return None
    NOTICES.settle(session, ring, OVER, now=now)
    return OVER


def may_ring_again(session: Session, leg: Leg) -> bool:
    """Whether the person may ask for another ring."""
    return notice_rings.may_ring_again(session, NOTICES.of_leg(session, leg).notice_ids)


def pressed(session: Session, leg: Leg, outcome: str, *, now: datetime) -> None:
    """The person pressed a key, or was told and pressed none."""
    NOTICES.settle(session, NOTICES.of_leg(session, leg), outcome, now=now)
