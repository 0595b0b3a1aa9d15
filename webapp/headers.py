"""Headers that every answer of this service bears."""

from flask import Flask, Response, request

from webapp.problems import PREFIX

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TELEPHONE = "/ivr/"
HTTPS_ONLY = "max-age=31536000; includeSubDomains"
# Personal data and signs of life are never kept by anything in between.
NEVER_STORED = (PREFIX, "/healthz", "/readyz", "/metrics")


def register(app: Flask) -> None:
    """Add the headers to each answer that does not set its own."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    if request.path.startswith(TELEPHONE):
        return response  # no browser reads these, and they are made at every key press
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
    if request.path.startswith(NEVER_STORED):
        response.headers["Cache-Control"] = "no-store"
    return response
