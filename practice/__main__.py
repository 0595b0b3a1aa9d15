"""The command `python -m practice`: run a provider until it is told to stop."""

import argparse
import logging
import os
import signal
import sys
from types import FrameType

from practice.server import build_server
from practice.settings import Settings

_log = logging.getLogger("practice")


def read_arguments(arguments: list[str]) -> Settings:
    """Read the command line; secrets may come from PRACTICE_AUTH_TOKEN and PRACTICE_API_SECRET."""
    parser = argparse.ArgumentParser(prog="python -m practice", description=__doc__)
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--account-sid", required=True)
    parser.add_argument("--auth-token", default=os.environ.get("PRACTICE_AUTH_TOKEN"))
    parser.add_argument("--api-key")
    parser.add_argument("--api-secret", default=os.environ.get("PRACTICE_API_SECRET"))
    parser.add_argument("--number", required=True, help="the hotline's own number")
    parser.add_argument("--voice-url", required=True)
    parser.add_argument("--status-url")
    parser.add_argument("--fallback-url")
    parser.add_argument("--speed", type=float, default=0.0, help="real seconds per virtual second")
    parser.add_argument("--public-url", help="what the addresses of webhooks begin with")
    parser.add_argument("--deliver-to", help="where on this machine they go instead, and only they")
    found = vars(parser.parse_args(arguments))
    if not found["auth_token"]:
        parser.error("--auth-token or PRACTICE_AUTH_TOKEN is missing")
    if found["deliver_to"] and not found["public_url"]:
        parser.error("--deliver-to needs --public-url")
    return Settings(**found)


def main(arguments: list[str]) -> None:
    """Serve until SIGTERM or SIGINT."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="practice: %(message)s")
    settings = read_arguments(arguments)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    server = build_server(settings)
    _log.info("listening on port %s", settings.port)
    server.serve_forever()


def _stop(number: int, frame: FrameType | None) -> None:
    """Leave at once: calls are threads that may wait for an answer, nothing is kept on disk."""
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
