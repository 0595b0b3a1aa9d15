"""The words that routing is made of: office types, affiliations, levels (design.md §4)."""

HQ = "HQ"

OFFICE_TYPES = (
    "hq",
    "agency",
    "province",
    "district",
    "area_primary",
    "area_secondary",
    "school",
    "partner",
)

BASIC = "basic"
NONFORMAL = "nonformal"
VOCATIONAL = "vocational"
PRIVATE = "private"
LOCAL = "local"
OTHER = "other"
AFFILIATIONS = (BASIC, NONFORMAL, VOCATIONAL, PRIVATE, LOCAL, OTHER)

PRIMARY_LEVEL = "kindergarten_primary"
SECONDARY_LEVEL = "secondary"
UNKNOWN_LEVEL = "unknown"
LEVELS = (PRIMARY_LEVEL, SECONDARY_LEVEL, VOCATIONAL, NONFORMAL, UNKNOWN_LEVEL)
