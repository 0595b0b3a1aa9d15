"""How the telephone company's requests reach the hotline: signed, over its own HTTP routes."""

from collections.abc import Mapping

from flask import Flask

from core import runtime
from tests.webhooks.telephone import Provider

OK, NOTHING_SAID = 200, 204


class Door:
    """The telephone's door; whatever it does not answer as it should is kept as a fault."""

    def __init__(self, app: Flask) -> None:
        self._provider = Provider(app)
        self.requests = 0
        self.faults: list[str] = []

    def document(self, address: str, sid: str, params: Mapping[str, str]) -> bytes:
        """A request for a document."""
        return self._post(address, sid, params, OK)

    def event(self, address: str, sid: str, params: Mapping[str, str]) -> None:
        """News that need no document."""
        self._post(address, sid, params, NOTHING_SAID)

    def _post(self, address: str, sid: str, params: Mapping[str, str], expected: int) -> bytes:
        self.requests += 1
        response = self._provider.post(address, sid, **params)
        if response.status_code != expected:
            self.faults.append(f"{address.partition('#')[0]} answered {response.status_code}")
        return response.data

    @property
    def own_number(self) -> str:
        """The hotline's number."""
        return runtime.current().settings.hotline_number
