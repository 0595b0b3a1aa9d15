"""Notices that lie in somebody's console, and what became of them elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from agents.models import Notice
from agents.notice_models import NoticeDelivery
from agents.services import owe_notice
from core import clock
from core.database import reading, transaction
from core.runtime import Runtime, configure

GROUP = "C" + "0123456789abcdef" * 2


def told(
    template: str = "overdue_head", *, state: str = "planned", at: datetime | None = None, **to: Any
) -> int:
    """A notice that was planned; to `staff_id` or `office_code`, about `reference`."""
    moment = at or clock.now()
    with transaction() as session:
        occasion = to.pop("occasion", "")
        made = owe_notice(session, template, occasion=occasion, due_at=moment, now=moment, **to)
        assert made
        notice = session.scalars(select(Notice).order_by(Notice.id.desc()).limit(1)).one()
        notice.state = state
        return notice.id


def went_out(notice_id: int, channel: str = "email", state: str = "sent", **more: Any) -> None:
    """What became of a notice on one channel."""
    now = clock.now()
    row = {
        "receiver": "staff:1",
        "notice_class": "urgent",
        "due_at": now,
        "created_at": now,
        "sent_at": now if state == "sent" else None,
    }
    with transaction() as session:
        made = NoticeDelivery(notice_id=notice_id, channel=channel, state=state, **row | more)
        session.add(made)


def lost(template: str = "overdue_head", **to: Any) -> int:
    """A notice that reached nobody: its mail failed for good."""
    notice_id = told(template, state="undelivered", **to)
    went_out(notice_id, "email", "given_up", error_code="refused", tries=3)
    return notice_id


def settled(notice_id: int) -> None:
    """The notice's matter is over."""
    with transaction() as session:
        session.execute(update(Notice).where(Notice.id == notice_id).values(state="settled"))


def state_of(notice_id: int) -> tuple[str, list[str]]:
    """How a notice stands, and its parts on channels."""
    with reading() as session:
        parts = select(NoticeDelivery.state).where(NoticeDelivery.notice_id == notice_id)
        states = session.scalars(parts.order_by(NoticeDelivery.id)).all()
        return session.get_one(Notice, notice_id).state, list(states)


@contextmanager
def no_channels(runtime: Runtime) -> Iterator[None]:
    """A service that sends neither mail nor LINE nor SMS."""
    nothing = {"telephony": "twilio", "line_channel_token": "", "sms_from": ""}
    configure(runtime.settings.model_copy(update=nothing))
    try:
        yield
    finally:
        configure(runtime.settings)
