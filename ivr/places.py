"""Which facts hold a place that is asked for: the first one of a call, and each further one."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class PlaceFacts:
    """The names of the facts: the code that was entered, the districts it fits, the one chosen."""

    postal_code: str
    candidates: str
    district: str


DISTRICTS: Final = "districts"
FURTHER_DISTRICTS: Final = "further_districts"
PLACES: Final = {
    DISTRICTS: PlaceFacts("postal_code", "candidates", "district"),
    FURTHER_DISTRICTS: PlaceFacts("further_postal_code", "further_candidates", "further"),
}
# Whether the district was said instead of pressed, and the province that was said alone.
WAS_SAID: Final = "place_was_said"
SAID_PROVINCE: Final = "said_province"
# A report has at most four places; the first one leads.
FURTHER_PLACES: Final = "further_places"
MOST_FURTHER: Final = 3
