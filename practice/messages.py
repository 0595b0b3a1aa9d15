"""SMS on the REST side, as Twilio publishes it: one is kept, none is ever sent.

https://www.twilio.com/docs/messaging/api/message-resource
"""

import re
from email.utils import format_datetime
from typing import Any

from flask import Response, jsonify, request

from practice import rest, rest_shapes
from practice.outbox import Sent
from practice.phones import may_ring
from practice.rest import exchange, page_of
from practice.rest_shapes import RestError

bp = rest.bp
_SENDER = re.compile(r"\+\d{8,15}|(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}")
_LONGEST = 1600


@bp.post("/Messages.json")
def create_message() -> tuple[Response, int]:
    """Keep one SMS; only to numbers that practice may ring."""
    to, body = request.form.get("To", ""), request.form.get("Body", "")
    if not may_ring(to, exchange().settings.number):
        raise RestError(400, 21211, "Invalid 'To' Phone Number")
    if not _SENDER.fullmatch(request.form.get("From", "")):
        raise RestError(400, 21212, "Invalid 'From' Number")
    if not 0 < len(body) <= _LONGEST:
        raise RestError(400, 21617, "The message body is empty or too long")
    sent = exchange().outbox.keep("sms", to=to, text=body, subject=request.form["From"])
    return jsonify(_shape(sent)), 201


@bp.get("/Messages.json")
def list_messages() -> Response:
    """List SMS, newest first."""
    to = request.args.get("To")
    found = [one for one in reversed(exchange().outbox.all("sms")) if to in (None, one.to)]
    return page_of("messages", [_shape(one) for one in found])


def _shape(sent: Sent) -> dict[str, Any]:
    settings = exchange().settings
    path = f"{rest_shapes.account_path(settings)}/Messages/{sent.sid}"
    when = format_datetime(sent.at)
    return {
        "account_sid": settings.account_sid,
        "api_version": "2010-04-01",
        "body": sent.text,
        "date_created": when,
        "date_sent": when,
        "date_updated": when,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": sent.subject,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": sent.sid,
        "status": "sent",
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": sent.to,
        "uri": f"{path}.json",
    }
