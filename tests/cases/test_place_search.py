"""Which districts somebody means who types a name or a code."""

import pytest

from cases.place_search import districts_meant
from core.database import reading
from core.runtime import Runtime
from routing.directory import current_directory


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("รัษฎา", ("9209",)),
        ("อำเภอรัษฎา", ("9209",)),
        (" อ.รัษฎา ", ("9209",)),
        ("ratsada", ("9209",)),
        ("9209", ("9209",)),
        ("๙๒๐๙", ("9209",)),
        ("92160", ("9209",)),
        ("เฉลิมพระเกียรติ", ("1913", "3032", "3123", "5515", "8023")),
        ("", ()),
        ("0000", ()),
        ("ไม่มีที่นี่", ()),
        ("\x00%_", ()),
    ],
)
def test_what_is_meant(typed: str, codes: tuple[str, ...], runtime: Runtime) -> None:
    with reading() as session:
        found = districts_meant(typed, current_directory(session))
    assert sorted(one.code for one in found) == sorted(codes)


def test_a_postal_code_may_name_several(runtime: Runtime) -> None:
    with reading() as session:
        assert len(districts_meant("40110", current_directory(session))) == 3
