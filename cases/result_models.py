"""Tables of how a case ends: the report of its result, and the proposal that it is none.

Source: domain.md C4 (a result report every time), A10 (measures), C7 (5 ป).
"""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, SealedText, UtcDateTime


class ResultReport(Base):
    """What was done on a case, for whom, and whether the child is safe now; rows only ever added.

    `for_whom`, `measures` and `steps` are codes of cases.result_rules; `child_safe` is "yes", "no"
    or "unknown"; `referral` names the agency that was asked for help, empty where none was.
    """

    __tablename__ = "result_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    done: Mapped[str] = mapped_column(SealedText("result_reports.done"))
    for_whom: Mapped[list[str]] = mapped_column(JSON)
    measures: Mapped[list[str]] = mapped_column(JSON)
    steps: Mapped[list[str]] = mapped_column(JSON)
    referral: Mapped[str | None] = mapped_column(SealedText("result_reports.referral"))
    child_safe: Mapped[str] = mapped_column(String(8))


class JunkProposal(Base):
    """One person says that this is no case; where it may hurt, a second one must say so too."""

    __tablename__ = "junk_proposals"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
