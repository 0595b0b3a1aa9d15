"""What a caller has just said, for the provider to play: a sealed address instead of a signature.

Twilio promises no signature when it fetches a sound (https://www.twilio.com/docs/voice/twiml/play),
so the address alone opens it, and dies with the call.
"""

from flask import Blueprint, Response, abort

from core.database import reading
from core.errors import NotFoundError
from ivr import media

bp = Blueprint("media", __name__, url_prefix="/ivr/media")


@bp.get("/<token>")
def played(token: str) -> Response:
    """One recording of a call that goes on; never cached, never named."""
    try:
        with reading() as session:
            found = media.sound(session, token)
    except NotFoundError:
        found = None
    if found is None:
        abort(404)
    response = Response(found, mimetype="audio/wav")
    response.headers["Cache-Control"] = "no-store"
    return response
