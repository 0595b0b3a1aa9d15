"""Which PINs a stranger would try first; pure."""

import re

RUNS = "01234567890"
# A column of the keypad, up or down, is the first thing a thumb finds.
KEYPAD = {"1470", "0741", "2580", "0852", "3690", "0963"}
# Years of birth in both eras: the prompt asks for no birthday.
YEARS = re.compile(r"(19[4-9]|20[0-3]|24[89]|25[0-7])\d")


def too_easy(pin: str) -> bool:
    """Whether a PIN is the first that a stranger would try."""
    pairs = pin[:2] == pin[2:] or pin == pin[::-1]
    run = pin in RUNS or pin[::-1] in RUNS
    return pairs or run or pin in KEYPAD or bool(YEARS.fullmatch(pin))
