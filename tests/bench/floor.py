"""The floor: the least that any webhook costs, a bare Flask view that checks the signature.

Run as a process of its own, `tests.bench.floor:create_floor()`, on the very servers that run us.
"""

import os
from pathlib import Path

from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator

DOCUMENT = Path(__file__).with_name("floor.xml").read_bytes()


def create_floor() -> Flask:
    """One route that answers whatever the account of TWILIO_AUTH_TOKEN has signed."""
    app = Flask("floor", static_folder=None)
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])

    @app.post("/ivr/turn/<token>/<int:number>")
    def turn(token: str, number: int) -> Response:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(request.url, request.form, signature):
            abort(403)
        return Response(DOCUMENT, content_type="text/xml; charset=utf-8")

    @app.get("/healthz")
    def alive() -> Response:
        return Response("alive")

    return app
