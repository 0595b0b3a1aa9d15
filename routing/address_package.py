"""Names out of thai-address-universal, whose JavaScript holds them packed.

The package (npm, ISC) keeps a tree of word numbers (province → districts → sub-districts with
postal codes) in index.js and two word lists in th_db-*.js and en_db-*.js, in which one letter of
the other script stands for a frequent word. Measured on 2.2.0; the tests count what comes out.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import HotlineError

TREE = re.compile(r"var p=(\[\[.*?\]\]\]\]\]\]);", re.DOTALL)
# JavaScript's minifier writes 81000 as 81e3.
ROUND_NUMBER = re.compile(r"\b(\d+)e(\d+)\b")
THAI_SHORTHAND = re.compile(r"[A-Za-z]")
ENGLISH_SHORTHAND = re.compile(r"[ก-ฮ]")


class PackageChanged(HotlineError):
    """A Node package is not in the form that was pinned."""


@dataclass(frozen=True)
class NamedDistrict:
    """A district as the package names it, with the postal codes of its sub-districts."""

    province_th: str
    province_en: str
    name_th: str
    name_en: str
    postal_codes: frozenset[str]


def read_districts(package: Path) -> tuple[NamedDistrict, ...]:
    """Every district of the package in `node_modules/thai-address-universal`."""
    folder = package / "dist" / "esm"
    thai = _words(folder, "th_db", THAI_SHORTHAND)
    english = _words(folder, "en_db", ENGLISH_SHORTHAND)
    return tuple(
        NamedDistrict(
            province_th=thai[province],
            province_en=english[province],
            name_th=thai[district],
            name_en=english[district],
            postal_codes=frozenset(str(code) for _, code in parts if code is not None),
        )
        for province, districts in _tree(folder)
        for district, parts in districts
    )


def _tree(folder: Path) -> list[Any]:
    match = TREE.search((folder / "index.js").read_text(encoding="utf-8"))
    if match is None:
        raise PackageChanged("thai-address-universal: index.js holds no tree of places")
    text = match[1].replace("``", "null")
    tree: list[Any] = json.loads(ROUND_NUMBER.sub(lambda m: m[1] + "0" * int(m[2]), text))
    return tree


def _words(folder: Path, stem: str, shorthand: re.Pattern[str]) -> list[str]:
    """The unpacked word list: `data`.split(`x`), `lookup`, `words` stand between backticks."""
    path = next(folder.glob(f"{stem}-*.js"), None)
    parts = path.read_text(encoding="utf-8").split("`") if path else []
    if len(parts) != 9:
        raise PackageChanged(f"thai-address-universal: {stem} is not packed as in 2.2.0")
    data, separator, frequent = parts[1], parts[3], parts[7].split("|")
    return [
        shorthand.sub(lambda m: frequent[_position(m[0])], packed)
        for packed in data.split(separator)
    ]


def _position(letter: str) -> int:
    if letter >= "ก":
        return ord(letter) - ord("ก")
    return ord(letter) - ord("A") if letter <= "Z" else 26 + ord(letter) - ord("a")
