"""What the hotline's desk decided for good: a district that is served by the office chosen there.

Only for a district for which no office is named yet, where the desk has to choose each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.zones import bangkok
from routing.change_log import Author, record
from routing.import_jurisdictions import LINKS
from routing.loading import addition, bump_version, hold_directory, revision, rows_of
from routing.matching import Search, find_office
from routing.models import Jurisdiction
from routing.snapshot import Directory, Link

# How the basis of such a jurisdiction begins; the case's reference and the day follow.
DESK = "desk"
# Why it stands in the log of changes; words for people are in the console's catalogue.
DECIDED, ENDED = "desk_decided", "desk_ended"


@dataclass(frozen=True)
class Served:
    """Which reports: those of a district, of an affiliation and, in basic education, a level."""

    district_code: str
    affiliation: str
    level: str | None


def named_for(served: Served, directory: Directory, at: datetime) -> tuple[Link, ...]:
    """The jurisdictions that name this very district; the province's are only candidates."""
    return tuple(
        link
        for link in directory.links_at(served.affiliation, served.district_code)
        if link.serves(served.level, at) and directory.office(link.office_code)
    )


def may_serve(office_code: str, served: Served, directory: Directory, at: datetime) -> bool:
    """Whether the office is one of those among which the desk has to choose."""
    district = directory.district(served.district_code)
    province = directory.province(district.province_code) if district else None
    search = Search(served.affiliation, served.level, district, province, at)
    found = find_office(search, directory)
    return not found.chosen and office_code in {one.code for one in found.candidates}


def add_served(
    session: Session, served: Served, office_code: str, *, reference: str, by: Author
) -> int:
    """Give reports to an office from now on; the id of the jurisdiction."""
    values = {
        "office_code": office_code,
        "affiliation": served.affiliation,
        "level": served.level,
        "province_code": served.district_code[:2],
        "district_code": served.district_code,
        "confirmed": True,
        "basis": f"{DESK}:{reference}:{bangkok(by.at).date().isoformat()}",
        "valid_from": by.at,
    }
    made = Jurisdiction(**values)
    session.add(made)
    record(session, [addition(LINKS, values)], replace(by, reason=DECIDED))
    bump_version(session)
    return made.id


def end_served(session: Session, jurisdiction_id: int, *, by: Author) -> Jurisdiction | None:
    """End what the desk decided, from now on; None where there is nothing of that kind to end."""
    # First, as whoever edits the directory does: else each could wait for the other for ever.
    hold_directory(session)
    found = session.get(Jurisdiction, jurisdiction_id, with_for_update=True, populate_existing=True)
    if found is None or reference_of(found.basis) is None or found.valid_to is not None:
        return None
    [old] = rows_of(session, Jurisdiction, Jurisdiction.id == found.id)
    change = revision(LINKS, old, {"valid_to": by.at})
    found.valid_to = by.at
    record(session, [change] if change else [], replace(by, reason=ENDED))
    bump_version(session)
    return found


def decided_for_good(session: Session, most: int) -> Sequence[Jurisdiction]:
    """What the desk decided, the newest first, with what was ended."""
    wanted = select(Jurisdiction).where(Jurisdiction.basis.startswith(f"{DESK}:"))
    return session.scalars(wanted.order_by(Jurisdiction.id.desc()).limit(most)).all()


def reference_of(basis: str) -> str | None:
    """The case in which the desk decided, or None for what rests on something else."""
    kind, _, rest = basis.partition(":")
    return rest.partition(":")[0] if kind == DESK and rest else None
