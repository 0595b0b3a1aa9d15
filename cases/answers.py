"""What a call has told us about a case so far, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CaseAnswers:
    """The answers of one call; None means not said in this call, and overwrites nothing.

    `hazard_group` is V, A, R, U or X (not yet known). A call that follows up a case leaves it
    None. `conflict` is "yes", "no", "unanswered" (asked, and not answered) or "unknown" (not
    asked). `caller_number` is E.164.
    """

    hazard_group: str | None = None
    hazard_type: str | None = None
    danger: bool = False
    quiet: bool = False
    silent: bool = False
    conflict: str = "unknown"
    level: str | None = None
    affiliation: str | None = None
    district_code: str | None = None
    province_code: str | None = None
    postal_code: str | None = None
    school_code: str | None = None
    place_text: str | None = None
    place_confirmed: bool = False
    language: str = "th"
    recording_consent: bool | None = None
    intent: str | None = None
    role: str | None = None
    anonymous: bool | None = None
    caller_number: str | None = None
