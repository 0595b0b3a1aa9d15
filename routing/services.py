"""Loading the public tree of the country, and checking the directory; the caller commits."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from routing.checks import Finding, check_counts, check_jurisdictions, check_names, check_tree
from routing.directory import read_directory
from routing.geography import Geography
from routing.import_jurisdictions import KEYS as LINK_KEYS
from routing.import_jurisdictions import replaces
from routing.loading import Counts, bump_version, upsert
from routing.models import FILE, PUBLIC, District, Jurisdiction, Office, PostalCode, Province
from routing.public_tree import read_public_tree
from routing.snapshot import District as DistrictValue
from routing.snapshot import Link

POSTAL_KEYS = ("postal_code", "district_code")


def load_public_tree(session: Session, *, root: Path) -> dict[str, Counts]:
    """Put places, offices and jurisdictions into the database, table by table; safe to repeat.

    What somebody loaded from a file is newer knowledge and stays. Raises GeographyMissing when the
    Node packages are not installed under `root`.
    """
    tree = read_public_tree(root)
    counts = _load_geography(session, tree.geography)
    mine = _codes_from_files(session)
    offices = [asdict(one) | {"origin": PUBLIC} for one in tree.offices if one.code not in mine]
    counts["offices"] = upsert(session, Office, ("code",), offices)
    links = list(_links(session, tree.links))
    counts["jurisdictions"] = upsert(session, Jurisdiction, LINK_KEYS, links)
    bump_version(session)
    return counts


def check_directory(session: Session, *, root: Path) -> list[Finding]:
    """Everything about the directory that is not as it should be; empty when it is whole.

    Raises GeographyMissing when the Node packages are not installed under `root`.
    """
    directory = read_directory(session)
    tree = read_public_tree(root)
    return [
        *check_counts(directory),
        *check_names(directory, tree, _codes_from_files(session)),
        *check_tree(directory),
        *check_jurisdictions(directory),
    ]


def _load_geography(session: Session, geography: Geography) -> dict[str, Counts]:
    pairs = [dict(zip(POSTAL_KEYS, pair, strict=True)) for pair in geography.postal_codes]
    counts = {
        "provinces": upsert(session, Province, ("code",), map(asdict, geography.provinces)),
        "districts": upsert(session, District, ("code",), map(_place, geography.districts)),
        "postal codes": upsert(session, PostalCode, POSTAL_KEYS, pairs),
    }
    _drop_old_postal_codes(session, geography)
    return counts


def _place(district: DistrictValue) -> dict[str, Any]:
    """A district without its switch, which is the ministry's: a new load must not turn it."""
    return {name: value for name, value in asdict(district).items() if name != "is_on"}


def _drop_old_postal_codes(session: Session, geography: Geography) -> None:
    """Pairs that a later correction took away; no file brings any, so none of them is wanted."""
    wanted = set(geography.postal_codes)
    for pair in session.scalars(select(PostalCode)):
        if (pair.postal_code, pair.district_code) not in wanted:
            session.delete(pair)
    session.flush()


def _codes_from_files(session: Session) -> frozenset[str]:
    return frozenset(session.scalars(select(Office.code).where(Office.origin == FILE)))


def _links(session: Session, links: tuple[Link, ...]) -> Iterator[dict[str, Any]]:
    """The links that no file has replaced: files are newer knowledge."""
    rows = session.execute(select(Jurisdiction).where(Jurisdiction.origin == FILE)).scalars()
    mine = list(rows)
    keys = {tuple(getattr(row, name) for name in LINK_KEYS) for row in mine}
    named = (row for row in mine if row.district_code)
    served = {(row.affiliation, row.level, row.district_code) for row in named}
    for link in links:
        known = tuple(getattr(link, name) for name in LINK_KEYS) in keys
        if not known and not replaces(served, link.affiliation, link.level, link.district_code):
            yield asdict(link) | {"origin": PUBLIC}
