"""The words that routing is made of: office types, affiliations, levels (design.md §4)."""

from core.spoken import LANGUAGES as SPOKEN

HQ = "HQ"
# A body outside the ministry: it gets reports by referral, never as their owner.
PARTNER = "partner"

OFFICE_TYPES = (
    "hq",
    "agency",
    "province",
    "district",
    "area_primary",
    "area_secondary",
    "school",
    PARTNER,
)

BASIC = "basic"
NONFORMAL = "nonformal"
VOCATIONAL = "vocational"
PRIVATE = "private"
LOCAL = "local"
UNIVERSITY = "university"
PRESCHOOL = "preschool"
OTHER = "other"
AFFILIATIONS = (BASIC, NONFORMAL, VOCATIONAL, PRIVATE, LOCAL, UNIVERSITY, PRESCHOOL, OTHER)

PRIMARY_LEVEL = "kindergarten_primary"
SECONDARY_LEVEL = "secondary"
UNKNOWN_LEVEL = "unknown"
LEVELS = (PRIMARY_LEVEL, SECONDARY_LEVEL, VOCATIONAL, NONFORMAL, UNKNOWN_LEVEL)

EMERGENCY, URGENT = "emergency", "urgent"
SEVERITIES = (EMERGENCY, URGENT, "normal")
# Those that the telephone speaks.
LANGUAGES = SPOKEN
