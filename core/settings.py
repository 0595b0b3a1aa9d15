"""The service's settings: typed, read from the environment and checked once at start."""

import base64
import binascii
import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core.errors import SettingsError

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SAFE_HOURS = re.compile(r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")
SECRETS = ("SECRET_KEY", "DATA_KEYS", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
SHORTEST_TOKEN = 32


class Settings(BaseModel):
    """All settings of one process; field names are the environment's names in lower case."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    var_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    secret_key: str = Field(repr=False, min_length=SHORTEST_TOKEN)
    data_keys: tuple[str, ...] = Field(repr=False)
    safe_hours: str = "08:00-20:00"
    public_url: str
    hotline_number: str = "+6621266565"
    telephony: Literal["twilio", "practice"] = "twilio"
    twilio_account_sid: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$")
    twilio_auth_token: tuple[str, ...] = Field(repr=False)
    twilio_api_key: str = ""
    twilio_api_secret: str = Field(default="", repr=False)
    twilio_api_base: str = "https://api.twilio.com"
    recordings_url: str = ""
    port: int = 8000
    voice_port: int | None = None
    practice_port: int = 8001

    @field_validator("data_keys", "twilio_auth_token", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("data_keys")
    @classmethod
    def _whole_keys(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        if not keys or not all(_is_key(key) for key in keys):
            raise ValueError("each key must be 32 bytes in urlsafe base64, newest first")
        return keys

    @field_validator("twilio_auth_token")
    @classmethod
    def _long_tokens(cls, tokens: tuple[str, ...]) -> tuple[str, ...]:
        # twilio-python validates happily with an empty token, and so would an attacker.
        if not tokens or any(len(token) < SHORTEST_TOKEN for token in tokens):
            raise ValueError(f"each token must have at least {SHORTEST_TOKEN} characters")
        return tokens

    @field_validator("safe_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        if not SAFE_HOURS.match(value) or value[:5] >= value[6:]:
            raise ValueError("must look like 08:00-20:00 and not cross midnight")
        return value

    @field_validator("hotline_number")
    @classmethod
    def _e164(cls, value: str) -> str:
        if not re.fullmatch(r"\+66\d{8,9}", value):
            raise ValueError("must be a Thai number in E.164, such as +6621266565")
        return value

    @field_validator("public_url", "twilio_api_base")
    @classmethod
    def _safe_url(cls, value: str) -> str:
        parts = urlsplit(value)
        # Twilio drops userinfo before it signs, so a URL with a password never validates.
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise ValueError("must be an http(s) URL without user and password")
        if parts.query or parts.fragment:
            raise ValueError("must not have a query or a fragment")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("http is allowed on loopback only; use https")
        return value.rstrip("/")

    @property
    def is_sqlite(self) -> bool:
        """Whether the one-machine database is in use."""
        return self.database_url.startswith("sqlite")

    @property
    def is_practice(self) -> bool:
        """Whether the telephone is the practice provider."""
        return self.telephony == "practice"


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, altchars=b"-_", validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the environment; SettingsError names every variable that is missing or bad."""
    given = dict(os.environ if environ is None else environ)
    values = {
        name: given[name.upper()] for name in Settings.model_fields if given.get(name.upper())
    }
    var_dir = Path(values.get("var_dir", "var")).resolve()
    values["var_dir"] = str(var_dir)
    if values.get("telephony") == "practice":
        values = practice_values(var_dir, values) | values
    values.setdefault("database_url", f"sqlite:///{var_dir}/hotline.db")
    values.setdefault("redis_url", f"unix://{var_dir}/valkey.sock")
    values.setdefault("recordings_url", str(var_dir / "recordings"))
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(_named(error)) from None


def _named(error: ValidationError) -> str:
    lines = []
    for fault in error.errors(include_input=False, include_url=False):
        name = str(fault["loc"][0]).upper()
        reason = "is missing or empty" if fault["type"] == "missing" else fault["msg"]
        lines.append(f"{name}: {reason}")
    return "The service cannot start:\n  " + "\n  ".join(lines)


def practice_values(var_dir: Path, given: Mapping[str, Any]) -> dict[str, str]:
    """Secrets, addresses, hours of practice mode; secrets are made once (practice.json, 0600)."""
    path = var_dir / "practice.json"
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text())
    else:
        kept = _new_secrets()
        var_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(kept, file)
    practice_port = given.get("practice_port", "8001")
    return kept | {
        # A practice call works at any hour (design.md §5).
        "safe_hours": "00:00-24:00",
        "public_url": f"http://127.0.0.1:{given.get('voice_port') or given.get('port', '8000')}",
        "twilio_api_base": f"http://127.0.0.1:{practice_port}",
    }


def _new_secrets() -> dict[str, str]:
    return {
        "secret_key": secrets.token_hex(32),
        "data_keys": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "twilio_account_sid": "AC" + secrets.token_hex(16),
        "twilio_auth_token": secrets.token_hex(16),
    }
