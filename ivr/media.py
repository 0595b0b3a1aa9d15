"""The address at which the provider fetches what a caller has just said, to play it to that caller.

It holds a random token that tells nothing and opens one recording of one call, as long as the call
goes on. The token is all there is to check: the provider's documents promise a signature for
webhooks, not for the sounds that a Play fetches.
"""

import base64
from collections.abc import Iterator

from sqlalchemy.orm import Session

from calls import ledger
from core import runtime
from core.crypto import SealBroken
from recordings.playing import begun
from recordings.queries import by_id, playable_in_call

CONTEXT = "ivr.media"
LONGEST_TOKEN = 256


def address(session: Session, call_sid: str, recording_sid: str) -> str | None:
    """Where this recording of the call may be fetched; None while there is nothing to play."""
    if playable_in_call(session, call_sid, recording_sid) is None:
        return None
    told = f"{call_sid} {recording_sid}".encode()
    sealed = runtime.current().keyring.seal(told, CONTEXT)
    token = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
    return f"{runtime.current().settings.public_url}/ivr/media/{token}"


def sound(session: Session, token: str) -> Iterator[bytes] | None:
    """The sound of a token, or None: a token that opens nothing, a call that is over.

    NotFoundError when the copy cannot be opened.
    """
    told = _opened(token)
    if told is None or not ledger.still_on(session, told[0]):
        return None
    recording_id = playable_in_call(session, *told)
    if recording_id is None:
        return None
    return begun(recording_id, by_id(session, recording_id).path or "")


def _opened(token: str) -> tuple[str, str] | None:
    """The call and the recording that a token of ours names."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        call_sid, _, recording_sid = (
            runtime.current().keyring.open(sealed, CONTEXT).decode().partition(" ")
        )
    except (ValueError, SealBroken):
        return None
    return call_sid, recording_sid
