"""The table of what happened at each node of the flow, day by day; no call can be told from it."""

from datetime import date
from typing import Final

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from calls.flow_models import LONGEST_VERSION
from core.database import Base

# The condition of a partial index, which the sweep says word for word.
UNCOUNTED: Final = "uncounted"
LONGEST_NODE: Final = 64


class NodeDay(Base):
    """How many calls of one day met what at one node of one version of the flow.

    A call counts once for each: however often it came, pressed wrongly or stayed silent there.
    """

    __tablename__ = "flow_node_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(LONGEST_VERSION), primary_key=True)
    node: Mapped[str] = mapped_column(String(LONGEST_NODE), primary_key=True)
    came: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    silent: Mapped[int] = mapped_column(default=0)
    again: Mapped[int] = mapped_column(default=0)
    to_person: Mapped[int] = mapped_column(default=0)
    gave_up: Mapped[int] = mapped_column(default=0)
