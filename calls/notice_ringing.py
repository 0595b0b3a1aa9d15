"""The first step of ringing somebody about an urgent notice: hold what is due, write the ring.

The steps after it are the same for all rings at members of staff (calls.staff_rings).
"""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from agents import notice_rings
from agents.notice_rings import Told
from calls.dialling import new_key, unknown_check
from calls.legs import NOTICE, take_person
from calls.notice_calls import NOTICES
from calls.notice_models import NoticeCall
from calls.pace import NotNow, take_ring
from calls.policy import Policy
from calls.staff_rings import StaffAsking
from core import runtime


def prepare_ring(
    session: Session, delivery_id: int, policy: Policy, *, now: datetime
) -> StaffAsking | None:
    """Write the ring of a due delivery and its leg; None when nobody is to be rung now."""
    look_at = now + timedelta(seconds=policy.look_every_s)
    token = notice_rings.token_of(session, delivery_id)
    if token is not None and _goes_on(session, token):
        notice_rings.ring_goes_on(session, token, look_at)
        return None
    told = notice_rings.take_due(session, delivery_id, now=now)
    if told is None:
        return None
    account = runtime.current().settings.twilio_account_sid
    if not take_person(session, told.staff_id, account, NOTICE, now=now):
        wait = timedelta(seconds=policy.all_talking_s)
        notice_rings.put_off(session, told.row_ids, now + wait)
        return None
    try:
        with session.begin_nested():
            return _ring(session, told, policy, now=now)
    except NotNow as reason:
        notice_rings.put_off(session, told.row_ids, now + reason.wait)
        return None


def _goes_on(session: Session, token: str) -> bool:
    """Whether the ring that a delivery belongs to is not over."""
    going = exists().where(NoticeCall.token == token, NoticeCall.ended_at.is_(None))
    return bool(session.scalar(select(going)))


def _is_rung(session: Session, staff_id: int) -> bool:
    """Whether an earlier ring at this person is not over, whatever its leg says."""
    going = exists().where(NoticeCall.staff_id == staff_id, NoticeCall.ended_at.is_(None))
    return bool(session.scalar(select(going)))


def _ring(session: Session, told: Told, policy: Policy, *, now: datetime) -> StaffAsking:
    """Write everything down and take one of the second's rings, or none of it (NotNow)."""
    look_after = timedelta(seconds=policy.look_every_s)
    if _is_rung(session, told.staff_id):
        raise NotNow(look_after)
    account = runtime.current().settings.twilio_account_sid
    check_at = unknown_check(policy, now=now)
    ring = NoticeCall(
        token=str(uuid4()),
        notice_ids=list(told.notice_ids),
        staff_id=told.staff_id,
        leg_key=new_key(),
        intent_at=now,
        check_at=check_at,
    )
    # Should nobody ever report on this ring, it is looked after before anybody is rung again.
    notice_rings.ring_begins(session, told, ring.token, until=check_at + look_after)
    asking = NOTICES.write(session, ring, policy, account=account, to=told.phone, now=now)
    take_ring(session, account, policy, pressing=False, now=now)
    # Asked last: whoever rings at the same moment waited for the pace, and is seen by now.
    if notice_rings.is_rung_about(session, told.notice_ids):
        raise NotNow(look_after)
    return asking
