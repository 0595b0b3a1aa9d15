"""From what a call knows to what the floors below understand: the case's answers, the wish."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calls.services import CallbackWish
from cases.answers import CaseAnswers
from ivr.hearing import said_province
from ivr.places import FURTHER_PLACES, WAS_SAID

NOT_KNOWN = "X"
CONFIRMED, SCHOOL, PROVINCE = "district", "school", "province"
ANY_TIME, ALL_DAY = "08:00-20:00", "00:00-24:00"
PLACED = {CONFIRMED, SCHOOL, "district_unconfirmed", None}


@dataclass(frozen=True)
class CallIdentity:
    """Which call speaks, and when."""

    sid: str
    account_sid: str
    now: datetime


def case_answers(facts: Mapping[str, Any], visits: Mapping[str, int]) -> CaseAnswers:
    """The answers given so far; what was not asked stays unknown."""
    subcat = facts.get("subcat")
    place = facts.get("place")
    district = facts.get("district") if _is_placed(facts) else None
    school = facts["school"] if place == SCHOOL else {}
    return CaseAnswers(
        hazard_group=facts.get("group"),
        hazard_type=None if subcat == NOT_KNOWN else subcat,
        danger=bool(facts.get("danger")),
        quiet=bool(facts.get("quiet")),
        silent=bool(facts.get("silent_saved")),
        conflict=facts.get("conflict", "unanswered" if "conflict" in visits else "unknown"),
        level=facts.get("level"),
        district_code=district["code"] if district else None,
        province_code=district["province_code"] if district else _province(facts),
        postal_code=facts.get("postal_code") if place != "unknown" else None,
        school_code=school.get("code"),
        affiliation=school.get("affiliation"),
        place_confirmed=place in (CONFIRMED, SCHOOL),
        language=facts["lang"],
        recording_consent=facts.get("recording_consent"),
        caller_number=facts.get("from"),
    )


def _is_placed(facts: Mapping[str, Any]) -> bool:
    """What was said, and may have been misheard, counts only after a key."""
    place = facts.get("place")
    return place in (CONFIRMED, SCHOOL) or (place in PLACED and not facts.get(WAS_SAID))


def _province(facts: Mapping[str, Any]) -> str | None:
    """The province that was confirmed, or where all the districts that were offered lie in one."""
    if facts.get("place") == PROVINCE:
        return said_province(facts)
    if facts.get("place") == "unknown" or facts.get(WAS_SAID):
        return None
    provinces = {district["province_code"] for district in facts.get("candidates", ())}
    return provinces.pop() if len(provinces) == 1 else None


def further_districts(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """District and province of each further place that the caller has confirmed, in order."""
    told = facts.get(FURTHER_PLACES, ())
    return [(district["code"], district["province_code"]) for district in told]


def callback_wish(
    facts: Mapping[str, Any], call: CallIdentity, office_code: str, *, around_clock: bool
) -> CallbackWish:
    """What the caller said about being called back.

    In practice mode "any time" is around the clock, as its safe hours are, so that a practice
    callback rings at whatever hour it is practised.
    """
    answer = facts.get("callback") or ("other_number" if "other_number" in facts else None)
    other = answer == "other_number"
    window = facts.get("callback_window")
    return CallbackWish(
        answer=answer,
        call_sid=call.sid,
        account_sid=call.account_sid,
        office_code=office_code,
        number=facts.get("number") if other else facts.get("caller"),
        number_confirmed=facts.get("callback") in ("this_number", "other_number"),
        window=ALL_DAY if around_clock and window == ANY_TIME else window,
        code=facts["code"],
        language=facts["lang"],
        keys_only=bool(facts.get("quiet")),
    )
