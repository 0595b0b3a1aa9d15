"""Pure: what a case knows after one more telling of its call, or of a call that follows it up."""

from dataclasses import replace

from cases.answers import CaseAnswers
from cases.rules import UNKNOWN_GROUP

PLACE = ("district_code", "province_code", "postal_code", "school_code", "place_text")


def merged(known: CaseAnswers, told: CaseAnswers, *, started: bool) -> CaseAnswers:
    """Bring a case up to date.

    The call that reports names a hazard group and tells everything it holds, so a place that the
    caller took back is forgotten. A follow-up names none, and people may have `started` on the
    case: both only fill what is empty. Danger and quiet are never undone.
    """
    if told.hazard_group is not None and not started:
        return _lasting(known, told)
    return _lasting(known, _filled(known, told))


def _lasting(known: CaseAnswers, told: CaseAnswers) -> CaseAnswers:
    """What no later answer takes away; a definite answer replaces an indefinite one."""
    consent = told.recording_consent
    return replace(
        told,
        danger=known.danger or told.danger,
        quiet=known.quiet or told.quiet,
        silent=known.silent or told.silent,
        conflict=known.conflict if told.conflict == "unknown" else told.conflict,
        recording_consent=known.recording_consent if consent is None else consent,
        caller_number=known.caller_number or told.caller_number,
        intent=told.intent or known.intent,
        role=told.role or known.role,
        anonymous=known.anonymous if told.anonymous is None else told.anonymous,
    )


def _filled(known: CaseAnswers, told: CaseAnswers) -> CaseAnswers:
    group, code = _type(known, told)
    keeps_place = any(getattr(known, name) for name in PLACE)
    place = known if keeps_place else told
    return replace(
        known,
        **{name: getattr(place, name) for name in PLACE},
        place_confirmed=place.place_confirmed,
        hazard_group=group,
        hazard_type=code,
        danger=told.danger,
        quiet=told.quiet,
        silent=told.silent,
        conflict=told.conflict,
        recording_consent=told.recording_consent,
        level=known.level or told.level,
        affiliation=known.affiliation or told.affiliation,
        caller_number=told.caller_number,
    )


def _type(known: CaseAnswers, told: CaseAnswers) -> tuple[str | None, str | None]:
    if known.hazard_group in (None, UNKNOWN_GROUP):
        return told.hazard_group or known.hazard_group, told.hazard_type
    if known.hazard_type is None and told.hazard_group == known.hazard_group:
        return known.hazard_group, told.hazard_type
    return known.hazard_group, known.hazard_type
