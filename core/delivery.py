"""What may go wrong when something is handed to a service that delivers: mail, LINE, SMS."""

from typing import Final

from core.errors import HotlineError

CONNECT_S: Final = 3
ANSWER_S: Final = 10
TIMEOUT_S: Final = (CONNECT_S, ANSWER_S)


class DeliveryError(HotlineError):
    """It was not delivered, as far as we know; `code` is short and names nobody."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class DeliveryRefused(DeliveryError):
    """The service will not take this message: asking again does not help."""


class DeliveryDelayed(DeliveryError):
    """Not now; the same message may be offered again later."""


class ServiceAway(DeliveryDelayed):
    """The service does not answer, answers nonsense or does not let us in.

    Nobody knows what became of this message, and others would fare no better now.
    """
