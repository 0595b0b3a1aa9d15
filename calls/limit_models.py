"""The table of numbers that people have given the short greeting, each for a time."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, SealedText, UtcDateTime


class NumberLimit(Base):
    """One number greeted shortly from `set_at` until `until`, or until somebody lifts it.

    The number is a fingerprint here and nothing else. From `review_at` on a second person is asked
    whether it is still right; where it is None it ends before anybody would be asked.
    """

    __tablename__ = "number_limits"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(SealedText("number_limits.reason"))
    set_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    review_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_number_limits_of_number", "fingerprint", "until"),)
