"""What the practice provider is told when it starts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """One account with one number; `speed` is real seconds per virtual second (0 = no waiting).

    With `deliver_to` whatever is signed for an address below `public_url` goes there instead, and
    nothing goes anywhere else: beside a real service no practice webhook leaves the machine.
    """

    account_sid: str
    auth_token: str
    number: str
    voice_url: str
    status_url: str | None = None
    fallback_url: str | None = None
    api_key: str | None = None
    api_secret: str | None = None
    port: int = 8001
    speed: float = 0.0
    public_url: str | None = None
    deliver_to: str | None = None

    @property
    def base_url(self) -> str:
        """Where the REST side of this provider answers."""
        return f"http://127.0.0.1:{self.port}"

    def on_the_wire(self, url: str) -> str | None:
        """Where a webhook for this address goes; None for one that goes nowhere."""
        if self.deliver_to is None:
            return url
        if self.public_url is None or not url.startswith(f"{self.public_url}/"):
            return None
        return self.deliver_to + url.removeprefix(self.public_url)

    def opens(self, username: str, password: str) -> bool:
        """Whether a REST client may come in: account and token, or API key and secret."""
        pairs = [(self.account_sid, self.auth_token)]
        if self.api_key and self.api_secret:
            pairs.append((self.api_key, self.api_secret))
        return (username, password) in pairs
