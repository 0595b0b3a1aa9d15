"""One webhook over the wire: tries, deadlines and the end of patience at 15 seconds."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
)

from practice.overrides import Overrides

# Twilio error 11750: a document may not be larger than this.
BODY_LIMIT = 64 * 1024


@dataclass(frozen=True)
class Letter:
    """A signed request, ready to be sent again byte for byte.

    It was signed for `url` and goes to `to`: "" is the same address, None is nowhere.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    to: str | None = ""


@dataclass(frozen=True)
class Reply:
    """What came back; `failure` is None, 4xx, 5xx, ct, rt or partial (see practice.overrides)."""

    status: int | None = None
    content_type: str = ""
    body: bytes = b""
    failure: str | None = None
    attempts: int = 1
    ms: float = field(default=0.0, compare=False)


def deliver(
    letter: Letter, overrides: Overrides, broken: Callable[[], str | None] = lambda: None
) -> Reply:
    """Send a letter and try again as its overrides say; `broken` names a fault for each try."""
    started = time.monotonic()
    deadline = started + overrides.total_s
    reply = Reply(failure="ct")
    for attempt in range(1, overrides.retries + 2):
        reply = _with_fault(letter, overrides, deadline, broken())
        waited = time.monotonic() - started
        reply = Reply(**{**reply.__dict__, "attempts": attempt, "ms": round(waited * 1000, 1)})
        if not overrides.retries_after(reply.failure) or time.monotonic() >= deadline:
            break
    return reply


def _with_fault(letter: Letter, overrides: Overrides, deadline: float, fault: str | None) -> Reply:
    if fault == "connect":
        return Reply(failure="ct")
    reply = send_once(letter, overrides, deadline)
    return Reply(failure="rt") if fault == "read" else reply


def send_once(letter: Letter, overrides: Overrides, deadline: float) -> Reply:
    """Send a letter once on a connection of its own, without following redirects."""
    if letter.to is None:
        return Reply(failure="ct")
    left = max(deadline - time.monotonic(), 0.05)
    patience = Timeout(connect=min(overrides.connect_s, left), read=min(overrides.read_s, left))
    with PoolManager(num_pools=1) as pool:
        try:
            response = pool.request(
                letter.method,
                letter.to or letter.url,
                body=letter.body,
                headers=letter.headers,
                timeout=patience,
                retries=False,
                redirect=False,
                preload_content=False,
            )
        except (NewConnectionError, ConnectTimeoutError):
            return Reply(failure="ct")
        except HTTPError:
            return Reply(failure="rt")
        return _read(response, deadline)


def _read(response: BaseHTTPResponse, deadline: float) -> Reply:
    body = b""
    try:
        while chunk := response.read1(8192):
            body += chunk
            if len(body) > BODY_LIMIT or time.monotonic() > deadline:
                break
    except ReadTimeoutError:
        return Reply(response.status, body=body, failure="partial" if body else "rt")
    except HTTPError:
        return Reply(response.status, body=body, failure="partial")
    finally:
        response.close()
    late = time.monotonic() > deadline
    kind = response.headers.get("Content-Type", "")
    return Reply(response.status, kind, body, "partial" if late else _failure(response.status))


def _failure(status: int) -> str | None:
    return {4: "4xx", 5: "5xx"}.get(status // 100)
