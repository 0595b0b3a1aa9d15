"""Four-digit PINs: how one is kept, how one is chosen for a caller."""

import secrets
from datetime import timedelta

from cases.easy_pins import too_easy
from core import runtime

LENGTH = 4
MOST_FAILURES = 5
LOCK = timedelta(minutes=15)
PURPOSE = "case.pin"


def new_pin() -> str:
    """A random PIN that is not too easy."""
    while too_easy(pin := f"{secrets.randbelow(10**LENGTH):0{LENGTH}d}"):
        continue
    return pin


def pin_mac(reference: str, pin: str) -> str:
    """The keyed HMAC that is kept; the reference makes equal PINs differ."""
    return runtime.current().keyring.fingerprint(PURPOSE, f"{reference}:{pin}")
