"""What the practice provider is told when it starts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """One account with one number; `speed` is real seconds per virtual second (0 = no waiting)."""

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

    @property
    def base_url(self) -> str:
        """Where the REST side of this provider answers."""
        return f"http://127.0.0.1:{self.port}"

    def opens(self, username: str, password: str) -> bool:
        """Whether a REST client may come in: account and token, or API key and secret."""
        pairs = [(self.account_sid, self.auth_token)]
        if self.api_key and self.api_secret:
            pairs.append((self.api_key, self.api_secret))
        return (username, password) in pairs
