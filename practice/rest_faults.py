"""How the REST side fails when a test ordered it."""

import socket
import struct
from collections.abc import Iterator

from flask import Response, request

from practice import sound
from practice.faults import Faults
from practice.legs import Recording
from practice.rest_shapes import RestError

HANG_S = 120.0
_RESET = struct.pack("ii", 1, 0)


def fail_before(fault: str, faults: Faults) -> Response | None:
    """Fail without doing anything: raises RestError or cuts the connection; None goes on."""
    if fault == "429":
        raise RestError(429, 20429, "Too Many Requests")
    if fault == "400":
        raise RestError(400, 21211, "Invalid 'To' Phone Number")
    if fault == "401":
        raise RestError(401, 20003, "Authenticate")
    if fault == "500_before":
        raise RestError(500, 20500, "Internal Server Error")
    return _break(fault, faults) if fault in ("hang_before", "reset_before") else None


def fail_after(fault: str, faults: Faults) -> Response | None:
    """Fail although everything was done; None where there is no such fault."""
    if fault == "500_after":
        raise RestError(500, 20500, "Internal Server Error")
    if fault == "html":
        return Response("<html><body>Bad Gateway</body></html>", 502, mimetype="text/html")
    return _break(fault, faults) if fault in ("hang", "reset") else None


def _break(fault: str, faults: Faults) -> Response:
    request.get_data()  # the server would wait for what is left unread
    if fault.startswith("hang"):
        faults.cleared.wait(HANG_S)
    return Response(_cut(request.environ["werkzeug.socket"]))


def _cut(connection: socket.socket) -> Iterator[bytes]:
    """A body that never comes: the client sees its connection reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    raise ConnectionResetError
    yield b""  # makes this a generator, which runs only when the answer is written


def media(found: Recording, fault: str) -> Response:
    """Hand out a recording's sound, or what a broken store hands out instead."""
    if found.status != "completed" or fault == "404":
        raise RestError(404, 20404, "The requested resource was not found")
    if fault == "html":
        return Response("<html><body>Sign in</body></html>", mimetype="text/html")
    data = found.sound or sound.wav(found.seconds, found.sid)
    cut = {"zero": 0, "short": len(data) // 2}.get(fault, len(data))
    return Response(data[:cut], mimetype="audio/x-wav")
