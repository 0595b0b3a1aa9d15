"""Puts both sides on one port of this machine."""

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from practice import control, line, messages
from practice.exchange import Exchange, build_exchange
from practice.settings import Settings

HOST = "127.0.0.1"


class QuietHandler(WSGIRequestHandler):
    """Writes no access log: addresses hold telephone numbers."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Write nothing."""

    def connection_dropped(
        self, error: BaseException, environ: dict[str, object] | None = None
    ) -> None:
        """Close: a connection that was cut on purpose takes no further request."""
        self.close_connection = True


def build_app(exchange: Exchange) -> Flask:
    """Both sides of a provider as one web application."""
    app = Flask("practice", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["exchange"] = exchange
    app.register_blueprint(messages.bp)
    app.register_blueprint(line.bp)
    app.register_blueprint(control.bp)
    return app


def build_server(settings: Settings) -> BaseWSGIServer:
    """A server that listens already and is served by `serve_forever`; port 0 is no choice."""
    app = build_app(build_exchange(settings))
    return make_server(HOST, settings.port, app, threaded=True, request_handler=QuietHandler)
