"""Rings at people who must be told of something urgent (agents.notice_rings)."""

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from calls.models import partial
from calls.ring_models import StaffRing
from core.database import Base


class NoticeCall(StaffRing, Base):
    """One ring at a person who has not seen a notice; `token` is the one of its deliveries.

    `notice_ids` are those that it tells of. `outcome` is "heard", "again" (ring me again),
    "no_answer", "left" (answered, no key), "over" (nothing to tell any more) or "failed". Nobody is
    rung twice at once.
    """

    __tablename__ = "notice_calls"

    token: Mapped[str] = mapped_column(String(36), unique=True)
    notice_ids: Mapped[list[int]] = mapped_column(JSON)

    __table_args__ = (
        partial("ix_notice_calls_open", "check_at", where="check_at IS NOT NULL"),
        partial("uq_notice_calls_rung", "staff_id", where="ended_at IS NULL", unique=True),
    )
