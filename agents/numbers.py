"""The one fingerprint of telephone numbers, so that staff and callers can be compared."""

from core import runtime

PURPOSE = "phone"


def number_fingerprint(e164: str | None) -> str | None:
    """A keyed HMAC of a number in E.164; None where there is no number."""
    if e164 is None:
        return None
    return runtime.current().keyring.fingerprint(PURPOSE, e164)
