"""Thai telephone numbers: what may be stored, what may be dialled, how they are written."""

import re

import phonenumbers
from phonenumbers import PhoneNumberType

REGION = "TH"
DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９", "01234567890123456789")
# Keypad spellings of ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE (telephony.md §1.3).
PLACEHOLDERS = {"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"}
DIALLABLE = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP,
}
LONGEST = 20
WRITTEN = re.compile(r"[+(]?[\d\s().\-]+")


def normalise(raw: str | None) -> str | None:
    """E.164, or None for anything that is not one whole telephone number (B21, B62)."""
    text = (raw or "").strip().translate(DIGITS).replace("(0)", "")
    if not text or len(text) > LONGEST or not WRITTEN.fullmatch(text):
        return None
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if written in PLACEHOLDERS or not phonenumbers.is_possible_number(number):
        return None
    return written


def dialable(e164: str | None, own_numbers: frozenset[str] = frozenset()) -> bool:
    """Whether a callback may go there: Thai fixed or mobile, never premium, short, foreign or ours.

    An allow-list, not a block-list (domain.md §4, reliability.md §4.2 toll fraud).
    """
    if not e164 or not e164.startswith("+66") or e164 in own_numbers:
        return False
    number = phonenumbers.parse(e164, None)
    valid = phonenumbers.is_valid_number_for_region(number, REGION)
    return valid and phonenumbers.number_type(number) in DIALLABLE


def national(e164: str) -> str:
    """The number as people in Thailand dial it, digits only: 0…"""
    return "0" + e164.removeprefix("+66") if e164.startswith("+66") else e164


def masked(e164: str) -> str:
    """The number with only its last four digits."""
    return "•••• " + e164[-4:]
