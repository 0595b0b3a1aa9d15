"""References: nine digits that are easy to say, of which the last one is a check digit.

The check digit is Damm's (H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004): it catches
every single wrong digit and every swap of two neighbours, and is itself a digit, which ISO 7064
mod 11-2 is not. Eight random digits: a reference tells neither time nor number of cases.
"""

import secrets

RANDOM_DIGITS = 8
LENGTH = RANDOM_DIGITS + 1
# A totally anti-symmetric quasigroup of order 10 with zeros on its diagonal.
DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def new_reference() -> str:
    """A random reference; the database says whether it is taken."""
    digits = f"{secrets.randbelow(10**RANDOM_DIGITS):0{RANDOM_DIGITS}d}"
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """The digit that makes `digits` whole."""
    interim = 0
    for digit in digits:
        interim = DAMM[interim][int(digit)]
    return str(interim)


def valid_reference(text: str) -> bool:
    """Whether `text` is nine plain digits with the right check digit."""
    if len(text) != LENGTH or not (text.isascii() and text.isdigit()):
        return False
    return check_digit(text) == "0"
