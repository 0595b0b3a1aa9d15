"""The recorded prompts, for the provider to play: no secret, so no signature is asked for."""

from flask import Blueprint, Response, abort, send_file

from ivr.prompt_files import current_library

SOUND_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg"}
FOR_A_YEAR = "public, max-age=31536000, immutable"

bp = Blueprint("prompts", __name__, url_prefix="/ivr/prompt")


@bp.get("/<digest>.<kind>")
def sound(digest: str, kind: str) -> Response:
    """One recording; whoever has it may keep it, for its address changes with its sound."""
    recorded = current_library().with_digest(digest)
    if recorded is None or recorded.kind != kind:
        abort(404)
    response = send_file(recorded.path, mimetype=SOUND_TYPES[kind], etag=digest)
    response.headers["Cache-Control"] = FOR_A_YEAR
    return response
