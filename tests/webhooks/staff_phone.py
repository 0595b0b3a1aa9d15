"""The phone of somebody of the staff whom we ring, over HTTP with the provider's signatures."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tests.calls.callback_world import World
from tests.webhooks.telephone import Heard, Provider

W = TypeVar("W", bound=World)


@dataclass
class StaffPhone(Generic[W]):
    """Somebody of the staff whose phone rings, and who follows the documents of that leg."""

    provider: Provider
    world: W
    sid: str = ""
    documents: list[Heard] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ring = self.world.exchange.rings[-1]
        self.sid = self.sid or self.ring["sid"]

    def pick_up(self, **params: str) -> Heard:
        """Answer the phone."""
        return self.ask(self.ring["url"], **params)

    def press(self, keys: str) -> Heard:
        """Press a key, or none."""
        return self.ask(self.documents[-1].action, Digits=keys)

    def ask(self, address: str, **params: str) -> Heard:
        """One request of this leg."""
        response = self.provider.post(address, self.sid, Direction="outbound-api", **params)
        assert response.status_code == 200, response.status
        self.documents.append(Heard(response.data))
        return self.documents[-1]

    def status(self, word: str, sequence: int = 0) -> None:
        """What becomes of the leg."""
        told = {"CallStatus": word, "SequenceNumber": str(sequence)}
        assert self.provider.post(self.ring["status"], self.sid, **told).status_code == 204
