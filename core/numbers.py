"""The one fingerprint of telephone numbers, so that staff, offices and callers can be compared."""

from core import runtime

PURPOSE, PRACTICE = "phone", "practice phone"


def number_fingerprint(e164: str | None, account_sid: str = "") -> str | None:
    """A keyed HMAC of a number in E.164; None where there is no number.

    What is practised beside a real telephone has fingerprints of its own: whichever number a
    trainee makes up, "do not call again" and the tries of the day are not those of who has it.
    """
    if e164 is None:
        return None
    current = runtime.current()
    purpose = PRACTICE if current.settings.is_apart(account_sid) else PURPOSE
    return current.keyring.fingerprint(purpose, e164)
