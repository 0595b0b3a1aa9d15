"""The directory snapshot of this process: read once, shared by all threads, renewed after a load.

Only one small SELECT, in a look only one at all: the stamp of the newest load. Schools stay in the
database.
"""

import threading
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy.orm import Session

from core.looking import learnt
from routing import models
from routing.opening import clock_time
from routing.rule_versions import read_rules
from routing.snapshot import (
    Directory,
    District,
    Link,
    Office,
    Province,
    Rows,
    build_directory,
)

__all__ = ["Directory", "District", "Office", "Province", "current_directory", "read_directory"]

# A load that commits while the tables are read shows as a moved stamp; then they are read again.
READS = 3


@dataclass(frozen=True)
class _Kept:
    stamp: str
    directory: Directory


_lock = threading.Lock()
_kept: list[_Kept] = []


def current_directory(session: Session | Connection) -> Directory:
    """The directory as the database has it now; the same object until somebody loads."""
    return learnt(session, "directory", lambda: _as_it_is(session))


def _as_it_is(session: Session | Connection) -> Directory:
    _, stamp = _version(session)
    kept = _kept[0] if _kept else None
    if kept and stamp and kept.stamp == stamp:
        return kept.directory
    with _lock:
        kept = _kept[0] if _kept else None
        if kept and stamp and kept.stamp == stamp:
            return kept.directory
        found = _read_whole(session)
        _kept[:] = [found]
        return found.directory


def read_directory(session: Session | Connection, *, version: int = 0) -> Directory:
    """A directory straight from the tables, past the snapshot."""
    return build_directory(
        Rows(
            provinces=[Province(*row) for row in session.execute(_PROVINCES)],
            districts=[District(*row) for row in session.execute(_DISTRICTS)],
            postal_codes=[(row[0], row[1]) for row in session.execute(_POSTAL_CODES)],
            offices=[Office(*row) for row in session.execute(_OFFICES)],
            links=[Link(*row) for row in session.execute(_LINKS)],
            hours=[
                (row[0], row[1], (clock_time(row[2]), clock_time(row[3])))
                for row in session.execute(_HOURS)
            ],
            rules=read_rules(session),
        ),
        version=version,
    )


def _read_whole(session: Session | Connection) -> _Kept:
    version, stamp = _version(session)
    for _ in range(READS):
        directory = read_directory(session, version=version)
        seen, (version, stamp) = stamp, _version(session)
        if seen == stamp:
            break
    return _Kept(stamp, directory)


def _version(session: Session | Connection) -> tuple[int, str]:
    row = session.execute(_VERSION).first()
    return (row[0], row[1]) if row else (0, "")


def _columns(model: type[Any], *names: str) -> Select[Any]:
    return select(*(getattr(model, name) for name in names))


# The columns stand in the order of the dataclasses' fields in routing.snapshot.
_VERSION = _columns(models.DirectoryVersion, "version", "stamp")
_PROVINCES = _columns(models.Province, "code", "name_th", "name_en")
_DISTRICTS = _columns(
    models.District, *("code", "province_code", "name_th", "name_en", "kind", "is_on")
)
_POSTAL_CODES = _columns(models.PostalCode, "postal_code", "district_code")
_OFFICES = _columns(
    models.Office,
    *("code", "type", "name_th", "name_en", "parent_code", "province_code", "district_code"),
    *("active", "former_name_th", "confirmed", "basis", "is_on"),
).where(models.Office.type != "school")
_LINKS = _columns(
    models.Jurisdiction,
    *("office_code", "affiliation", "level", "province_code", "district_code"),
    *("confirmed", "basis", "valid_from", "valid_to"),
)
_HOURS = _columns(models.OfficeHours, "office_code", "weekday", "opens", "closes")
