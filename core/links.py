"""Addresses that we hand to the provider."""

from typing import Literal

from core import runtime

# Connection overrides are fragments: never sent back, never signed (telephony.md §1.1). Without
# them Twilio does not retry a 5xx at all, and a callback that meets a restart is simply gone.
FRAGMENTS = {
    "twiml": "#ct=2000&rt=4500&rc=2&rp=ct,rt,5xx",
    "event": "#rc=5&rp=all",
}


def public_url(path: str, kind: Literal["twiml", "event"]) -> str:
    """The absolute address of `path` with the retry rules of its kind."""
    return f"{runtime.current().settings.public_url}{path}{FRAGMENTS[kind]}"
