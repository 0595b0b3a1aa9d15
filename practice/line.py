"""LINE's Messaging API as far as it pushes to a group, as LINE publishes it.

https://developers.line.biz/en/reference/messaging-api/#send-push-message
"""

import re
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from practice.exchange import Exchange

bp = Blueprint("line", __name__, url_prefix="/v2/bot")
_GROUP = re.compile(r"C[0-9a-f]{32}")
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST = 5000


@bp.post("/message/push")
def push() -> tuple[Response, int]:
    """Keep one push; the same retry key again is 409 and keeps nothing."""
    exchange: Exchange = current_app.extensions["exchange"]
    if not request.headers.get("Authorization", "").startswith("Bearer "):
        return jsonify({"message": "Authentication failed"}), 401
    key = request.headers.get("X-Line-Retry-Key", "")
    body = request.get_json(force=True, silent=True)
    to, text = _push_of(body)
    if text is None or (key and not _KEY.fullmatch(key)):
        return jsonify({"message": "The request body has 1 error(s)"}), 400
    known = exchange.outbox.known("line", key) if key else None
    if known is not None:
        answer = jsonify({"message": "The retry key is already accepted"})
        answer.headers["X-Line-Accepted-Request-Id"] = known.sid
        return answer, 409
    sent = exchange.outbox.keep("line", to=to, text=text, key=key)
    answer = jsonify({"sentMessages": [{"id": sent.sid}]})
    answer.headers["X-Line-Request-Id"] = sent.sid
    return answer, 200


def _push_of(body: Any) -> tuple[str, str | None]:
    """Group and text of a push; no text for anything that is not one text for a group."""
    told = body if isinstance(body, dict) else {}
    to, messages = str(told.get("to")), told.get("messages")
    if not _GROUP.fullmatch(to) or not isinstance(messages, list) or len(messages) != 1:
        return to, None
    only = messages[0] if isinstance(messages[0], dict) else {}
    text = str(only.get("text", ""))
    return to, text if only.get("type") == "text" and 0 < len(text) <= _LONGEST else None
