"""What rows about rings have in common, and the row that paces all rings of an account."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, UtcDateTime


class StaffRing:
    """One ring at a member of staff, written before the provider is asked, like an attempt.

    `check_at` is when a sweep looks after it, empty once it is over; `outcome` is what it came to.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    leg_key: Mapped[str] = mapped_column(String(43), unique=True)
    state: Mapped[str] = mapped_column(String(16), default="asking")
    outcome: Mapped[str | None] = mapped_column(String(16))
    intent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    check_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    looks: Mapped[int] = mapped_column(default=0)
    busy: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RingPace(Base):
    """How many rings the provider was asked for in one second of an account, by all workers.

    `second` counts from 1970. `last_office` is the office whose line was looked at last while more
    was due than one sweep takes. Since `shut_out_since` the provider does not let the account in,
    and from `ask_at` on one ring may find out whether it does again (calls.shut_out).
    """

    __tablename__ = "ring_paces"

    account_sid: Mapped[str] = mapped_column(String(34), primary_key=True)
    second: Mapped[int] = mapped_column(default=0)
    rings: Mapped[int] = mapped_column(default=0)
    last_office: Mapped[str] = mapped_column(String(32), default="")
    shut_out_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ask_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
