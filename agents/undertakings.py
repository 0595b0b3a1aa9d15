"""The undertaking of secrecy: its text, and signatures under it.

The version that a person signed last stands in the person's own row, so that the gate in front of
the console costs no query (docs/decisions/0019-people.md). Source: domain.md B13, B14, C2.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from agents.models import Staff
from agents.profile_models import StaffUndertaking
from core import yaml_text
from routing.catalogue import Text

FILE: Final = Path(__file__).parent / "data" / "undertaking.yaml"
SCREEN: Final = "screen"
PAPER: Final = "paper"


@dataclass(frozen=True)
class Undertaking:
    """The text in force."""

    version: str
    title: Text
    opening: Text
    points: tuple[Text, ...]
    closing: Text
    tick: Text


@cache
def current_undertaking() -> Undertaking:
    """The text that everybody must have signed."""
    raw: dict[str, Any] = yaml_text.load(FILE.read_text(encoding="utf-8"))
    parts = {name: Text(**raw[name]) for name in ("title", "opening", "closing", "tick")}
    points = tuple(Text(**one) for one in raw["points"])
    return Undertaking(version=str(raw["version"]), points=points, **parts)


def sign(
    session: Session,
    staff_id: int,
    *,
    way: str,
    signed_at: datetime,
    recorded_by: int | None = None,
) -> None:
    """Write down that a person signed the text in force; once more under one version is nothing."""
    version = current_undertaking().version
    signed = session.execute(
        update(Staff)
        .where(Staff.id == staff_id, Staff.undertaking.is_distinct_from(version))
        .values(undertaking=version)
        .returning(Staff.id)
        .execution_options(synchronize_session="fetch")
    ).first()
    if signed is not None:
        session.add(
            StaffUndertaking(
                staff_id=staff_id,
                version=version,
                way=way,
                signed_at=signed_at,
                recorded_by=recorded_by,
            )
        )
        session.flush()


def last_signature(session: Session, staff_id: int) -> StaffUndertaking | None:
    """What a person signed last, under whichever version."""
    wanted = select(StaffUndertaking).where(StaffUndertaking.staff_id == staff_id)
    return session.scalar(wanted.order_by(StaffUndertaking.id.desc()).limit(1))
