"""The service's settings: typed, read from the environment and checked once at start."""

import base64
import binascii
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from core.errors import SettingsError
from core.practice_values import practice_values

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SAFE_HOURS = re.compile(r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")
SHORTEST_TOKEN = 32
SENDER = re.compile(r"[A-Za-z0-9.+_-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
SMS_SENDER = re.compile(r"\+66\d{8,9}|(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}")


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
    smtp_url: str = Field(default="", repr=False)
    mail_from: str = Field(default="", validate_default=True)
    line_channel_token: str = Field(default="", repr=False)
    line_api_base: str = "https://api.line.me"
    line_monthly_budget: int = Field(default=300, ge=0)
    sms_from: str = ""
    port: int = 8000
    voice_port: int | None = None
    practice_port: int = 8001
    practice_phone: Literal["off", "trainees"] = "off"
    practice_account_sid: str = Field(default="", pattern=r"^(AC[0-9a-fA-F]{32})?$")
    practice_auth_token: str = Field(default="", repr=False)

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

    @field_validator("public_url", "twilio_api_base", "line_api_base")
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

    @field_validator("smtp_url", "line_api_base")
    @classmethod
    def _nobody_real_in_practice(cls, value: str, info: ValidationInfo) -> str:
        is_practice = info.data.get("telephony") == "practice"
        if value and is_practice and urlsplit(value).hostname not in LOOPBACK:
            raise ValueError("practice mode sends to this machine only")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        if value and not _is_mail_server(value):
            raise ValueError("must look like smtp://user:password@host:587 or smtps://…")
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str, info: ValidationInfo) -> str:
        if value and not SENDER.fullmatch(value):
            raise ValueError("must be a plain address, such as notices@example.org")
        if info.data.get("smtp_url") and not value:
            raise ValueError("is needed with SMTP_URL")
        return value

    @field_validator("line_channel_token")
    @classmethod
    def _header_safe(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9+/=._-]+", value):
            raise ValueError("must be a channel access token: letters, digits and + / = . _ -")
        return value

    @field_validator("sms_from")
    @classmethod
    def _sms_sender(cls, value: str) -> str:
        if value and not SMS_SENDER.fullmatch(value):
            raise ValueError("must be a registered name of 3 to 11 letters and digits, or +66…")
        return value

    @model_validator(mode="after")
    def _practice_apart(self) -> Self:
        """What a practice phone beside the real telephone needs, and what it may not share."""
        for name, reason in self._practice_faults():
            raise ValueError(f"{name}: {reason}")
        return self

    def _practice_faults(self) -> Iterator[tuple[str, str]]:
        token = self.practice_auth_token
        if self.practice_phone == "off":
            return
        if self.is_practice:
            yield "PRACTICE_PHONE", "practice mode has its practice phone; leave this out"
        if not self.practice_account_sid:
            yield "PRACTICE_ACCOUNT_SID", "is missing or empty"
        if self.practice_account_sid.lower() == self.twilio_account_sid.lower():
            yield "PRACTICE_ACCOUNT_SID", "must be another account than TWILIO_ACCOUNT_SID"
        if len(token) < SHORTEST_TOKEN:
            yield "PRACTICE_AUTH_TOKEN", f"must have at least {SHORTEST_TOKEN} characters"
        if token in (*self.twilio_auth_token, self.twilio_api_secret):
            yield "PRACTICE_AUTH_TOKEN", "must be another secret than the real account's"
        if self.practice_port in (self.port, self.voice_port):
            yield "PRACTICE_PORT", "is taken by the service itself"

    @property
    def is_sqlite(self) -> bool:
        """Whether the one-machine database is in use."""
        return self.database_url.startswith("sqlite")

    @property
    def is_practice(self) -> bool:
        """Whether the telephone is the practice provider."""
        return self.telephony == "practice"

    @property
    def has_practice_beside(self) -> bool:
        """Whether people may practise here while real people phone."""
        return self.practice_phone != "off"

    @property
    def practice_base(self) -> str:
        """Where the practice provider answers: this machine, whatever the real one's address."""
        if self.is_practice:
            return self.twilio_api_base
        return f"http://127.0.0.1:{self.practice_port}"

    def is_practice_account(self, account_sid: str) -> bool:
        """Whether calls of this account are practice: no telephone of it is anybody's."""
        if self.is_practice:
            return account_sid == self.twilio_account_sid
        return self.is_apart(account_sid)

    def is_apart(self, account_sid: str) -> bool:
        """Whether this is the practice account beside the real one: a world of its own."""
        return self.has_practice_beside and account_sid == self.practice_account_sid

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that ring: the real one first, then that of practice beside it."""
        beside = (self.practice_account_sid,) if self.has_practice_beside else ()
        return (self.twilio_account_sid, *beside)

    def account_of(self, account_sid: str) -> "Settings | None":
        """The settings by which an account is spoken to; None for an account that is not ours.

        Of the practice account they hold no secret and no address of the real one.
        """
        if account_sid == self.twilio_account_sid:
            return self
        if not self.is_apart(account_sid):
            return None
        return self.model_copy(
            update={
                "twilio_account_sid": self.practice_account_sid,
                "twilio_auth_token": (self.practice_auth_token,),
                "twilio_api_key": "",
                "twilio_api_secret": "",
                "twilio_api_base": self.practice_base,
            }
        )


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, altchars=b"-_", validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def _is_mail_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    is_user_whole = bool(parts.username) == bool(parts.password)
    return parts.scheme in ("smtp", "smtps") and is_whole and is_bare and is_user_whole


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
        reason = "is missing or empty" if fault["type"] == "missing" else fault["msg"]
        # A fault of several settings together names the one to mend itself.
        of = fault["loc"]
        lines.append(f"{str(of[0]).upper()}: {reason}" if of else _plain(fault))
    return "The service cannot start:\n  " + "\n  ".join(lines)


def _plain(fault: Any) -> str:
    return str(fault["msg"]).removeprefix("Value error, ")
