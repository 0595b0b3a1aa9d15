"""LINE Messaging API: a push to one group, with the key that makes a repeat harmless.

https://developers.line.biz/en/docs/messaging-api/retrying-api-request/ : a request with a retry key
is accepted once within 24 hours; a second one gets 409 and is not delivered again.
"""

from typing import Protocol

import requests

from core.delivery import (
    TIMEOUT_S,
    DeliveryDelayed,
    DeliveryRefused,
    ServiceAway,
)
from core.settings import Settings

NOT_LET_IN = (401, 403)


class Line(Protocol):
    """What the floors above need from LINE."""

    def push(self, *, to: str, text: str, key: str) -> str:
        """Push one text to a group; returns LINE's id of the request."""


class LineApi:
    """LINE by its HTTP API; the practice provider speaks the same."""

    def __init__(self, base: str, token: str) -> None:
        self._url = f"{base}/v2/bot/message/push"
        self._headers = {"Authorization": f"Bearer {token}"}

    def push(self, *, to: str, text: str, key: str) -> str:
        """POST /v2/bot/message/push; 409 says that it was accepted before."""
        try:
            answer = requests.post(
                self._url,
                json={"to": to, "messages": [{"type": "text", "text": text}]},
                headers={**self._headers, "X-Line-Retry-Key": key},
                timeout=TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise ServiceAway(type(error).__name__) from None
        if answer.status_code == 409:
            return answer.headers.get("X-Line-Accepted-Request-Id", "")
        _check(answer.status_code)
        return answer.headers.get("X-Line-Request-Id", "")


def line(settings: Settings) -> Line | None:
    """LINE as it is set; None where no token is."""
    if not settings.line_channel_token:
        return None
    return LineApi(settings.line_api_base, settings.line_channel_token)


def _check(status: int) -> None:
    if status == 200:
        return
    if status == 429:  # too fast, or the month's messages are used up
        raise DeliveryDelayed("429")
    if 400 <= status < 500 and status not in NOT_LET_IN:
        raise DeliveryRefused(str(status))
    raise ServiceAway(str(status))
