"""Which districts somebody means who types a name, a postal code or an official code. Pure.

Two districts may share a name (จอมทอง, เฉลิมพระเกียรติ) and a postal code may name four: whoever
typed it chooses. Source: domain.md §3.
"""

import re
import unicodedata
from typing import Final

from routing.snapshot import Directory, District

THAI_DIGITS: Final = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
KIND: Final = re.compile(r"^(อำเภอ|เขต|อ\.|กิ่งอำเภอ)\s*")
DISTRICT_DIGITS: Final = 4
LONGEST: Final = 100


def districts_meant(typed: str, directory: Directory) -> tuple[District, ...]:
    """The districts that fit, by code; none where nothing or nonsense was typed."""
    text = unicodedata.normalize("NFC", typed[:LONGEST]).translate(THAI_DIGITS).strip()
    if not text:
        return ()
    if text.isdecimal():
        by_code = directory.district(text) if len(text) == DISTRICT_DIGITS else None
        return (by_code,) if by_code else directory.districts_of_postal_code(text)
    name = KIND.sub("", text).casefold()
    found = (one for one in directory.districts.values() if name in _names(one))
    return tuple(sorted(found, key=lambda one: one.code))


def _names(district: District) -> tuple[str, str]:
    return (district.name_th.casefold(), district.name_en.casefold())
