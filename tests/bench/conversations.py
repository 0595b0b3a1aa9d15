"""What the driver's callers do: each yields a request and is sent the document it got."""

import secrets
from collections.abc import Generator, Iterator

from tests.bench.wire import Account, next_address, recording_address

Conversation = Generator[bytes, str, None]
# Numbers that ring nobody; the first hundred belong to the practice people.
CALLERS = [f"+66810000{number:03}" for number in range(100, 1000)]
ENDED = {"CallDuration": "61", "SequenceNumber": "3"}


class CallFailed(Exception):
    """The service did not answer as a service does that works."""


def floor(account: Account, count: int) -> Conversation:
    """The same few key presses again and again, signed beforehand."""
    addresses = (f"/ivr/turn/{number:016x}/1" for number in range(16))
    sids = (f"CA{number:032x}" for number in range(16))
    ready = [
        account.request(address, account.about(sid, CALLERS[0]) | {"Digits": "2"})
        for address, sid in zip(addresses, sids, strict=True)
    ]
    for number in range(count):
        yield ready[number % len(ready)]


class Callers:
    """Callers with numbers and sids of their own; those who have been answered wait to press."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._numbers: Iterator[str] = iter(())
        self._waiting: list[tuple[dict[str, str], str]] = []

    def _next_number(self) -> str:
        number = next(self._numbers, None)
        if number is None:
            self._numbers = iter(CALLERS)
            return next(self._numbers)
        return number

    def _new_call(self) -> dict[str, str]:
        return self.account.about("CA" + secrets.token_hex(16), self._next_number())

    def ring(self) -> Conversation:
        """Phone the hotline and listen to the welcome."""
        call = self._new_call()
        document = yield self.account.request("/ivr/voice", call)
        self._waiting.append((call, _must_ask(document)))

    def press(self, keys: tuple[str, ...]) -> Conversation:
        """Press keys in a call that was answered before; none of them may open a case."""
        call, address = self._waiting.pop()
        for key in keys:
            document = yield self.account.request(address, call | {"Digits": key})
            address = _must_ask(document)

    def whole(self, keys: tuple[str, ...]) -> Conversation:
        """A call from the first ring to its last status; `r5` speaks where it is recorded."""
        call = self._new_call()
        document = yield self.account.request("/ivr/voice", call)
        for key in keys:
            address = _must_ask(document)
            told = recording_address(document)
            if told is None:
                document = yield self.account.request(address, call | {"Digits": key})
                continue
            recorded = _recorded(key)
            document = yield self.account.request(address, call | recorded | {"Digits": "#"})
            yield self.account.request(told, call | recorded | {"RecordingStatus": "completed"})
        if next_address(document) is not None:
            raise CallFailed("the keys do not lead to the end of the call")
        yield self.account.request("/ivr/status", call | ENDED | {"CallStatus": "completed"})


def _recorded(key: str) -> dict[str, str]:
    sid = "RE" + secrets.token_hex(16)
    return {
        "RecordingSid": sid,
        "RecordingUrl": f"http://127.0.0.1/Recordings/{sid}",
        "RecordingDuration": key.removeprefix("r"),
    }


def _must_ask(document: str) -> str:
    address = next_address(document)
    if address is None:
        raise CallFailed(f"no key is asked for here: {document[:300]}")
    return address
