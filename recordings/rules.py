"""Decisions about recordings: when to try again, when to let go, what a reason is. All pure."""

import re
from datetime import datetime, timedelta
from itertools import pairwise

RECORDING_SID = re.compile(r"RE[0-9a-f]{32}")
LONGEST_S = 24 * 3600

# Kept this long after the case is closed, unless a legal hold lies on it (reliability.md §4.3).
KEPT = timedelta(days=90)

# Seconds before the next try; the media may not exist yet when the webhook comes (F39).
PAUSES_S = (5, 10, 20, 40, 60, 120, 300, 600, 1200, 1800, 3600)
# With this try, two minutes in, the case's people are told that it takes long.
TELL_AT = 7
# Trouble that is about this recording ends in `failed`. Any other (network, provider, disk) says
# nothing about the recording: it is tried for ever, at most ten minutes apart.
LASTING = frozenset({"not_found", "refused", "empty", "not_audio", "wrong_length", "too_large"})
LONGEST_PAUSE_S = 600

FEWEST_LETTERS = 10
FEWEST_DIFFERENT = 4


def is_recording_sid(text: str) -> bool:
    """Whether it is a RecordingSid and nothing else (B30); the only part of an address we take."""
    return RECORDING_SID.fullmatch(text) is not None


def announced_length(seconds: int | None) -> int | None:
    """The announced length, or None when it cannot be one."""
    return seconds if seconds is not None and 0 <= seconds <= LONGEST_S else None


def after_trouble(
    reason: str, tries: int, now: datetime, *, may_fail: bool = True
) -> datetime | None:
    """When to try again after that many tries; None when it has failed."""
    is_lasting = may_fail and reason in LASTING
    if is_lasting and tries > len(PAUSES_S):
        return None
    pause = PAUSES_S[min(tries, len(PAUSES_S)) - 1]
    return now + timedelta(seconds=pause if is_lasting else min(pause, LONGEST_PAUSE_S))


def is_taking_long(tries: int) -> bool:
    """Whether people are told at the beginning of this try: once, however the others ended."""
    return tries == TELL_AT


def purge_after(closed_at: datetime | None, *, legal_hold: bool) -> datetime | None:
    """From when on the audio is let go; None while the case is open or a hold lies on it."""
    if closed_at is None or legal_hold:
        return None
    return closed_at + KEPT


def is_reason(text: str) -> bool:
    """Whether it says something: a few words. Thai has no spaces, so letters are counted."""
    letters = [letter for letter in text.lower() if letter.isalpha()]
    changes = sum(left != right for left, right in pairwise(letters))
    varied = len(set(letters)) >= FEWEST_DIFFERENT and changes >= FEWEST_DIFFERENT
    return len(letters) >= FEWEST_LETTERS and varied
