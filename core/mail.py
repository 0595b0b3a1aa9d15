"""E-mail by SMTP: what we ask of it, the adapter by smtplib, and the practice provider's spool.

No mail is ever retried in here. A server that took a mail and died before it said so gets the same
Message-ID again, by which many mail systems drop the second copy.
"""

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

import requests

from core.delivery import (
    ANSWER_S,
    TIMEOUT_S,
    DeliveryDelayed,
    DeliveryError,
    DeliveryRefused,
    ServiceAway,
)
from core.settings import LOOPBACK, Settings

PORTS: Final = {"smtp": 587, "smtps": 465}
# One plain address: no list, no comment, no quoted part, nothing that could start another header.
ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS: Final = re.compile(
    rf"(?=[^@]{{1,64}}@[^@]{{1,189}}\Z){ATOM}(?:\.{ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
)
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class Mail:
    """One mail to one address; `key` is the same whenever the same mail is offered again."""

    to: str = field(repr=False)
    subject: str
    text: str
    key: str


class Mailer(Protocol):
    """What the floors above need from a mail service."""

    def send(self, mail: Mail) -> str:
        """Hand one mail over; returns its Message-ID. DeliveryError when that failed."""


class SmtpMailer:
    """A mail server, spoken to with TLS unless it is on this machine."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._is_tls = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = sender

    def send(self, mail: Mail) -> str:
        """One connection, one mail."""
        message = compose(mail, self._sender)
        try:
            connection = self._connect()
            try:
                connection.sendmail(self._sender, [mail.to], message.as_bytes())
            finally:
                # What was taken is taken, however the connection ends.
                with suppress(smtplib.SMTPException, OSError):
                    connection.quit()
        except (smtplib.SMTPException, OSError) as error:
            raise _ours(error) from None
        return str(message["Message-ID"])

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._is_tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=ANSWER_S, context=context
            )
        else:
            connection = smtplib.SMTP(self._host, self._port, timeout=ANSWER_S)
        try:
            if not self._is_tls and self._host not in LOOPBACK:
                connection.starttls(context=context)  # required: it fails where there is none
            if self._user:
                connection.login(self._user, self._password)
        except BaseException:
            connection.close()
            raise
        return connection


class SpoolMailer:
    """The practice provider keeps the mails, for people and tests to look at."""

    def __init__(self, base: str) -> None:
        self._url = f"{base}/practice/mails"

    def send(self, mail: Mail) -> str:
        """Hand it to the spool."""
        compose(mail, "notices@practice.example")
        body = {"to": mail.to, "subject": mail.subject, "text": mail.text, "key": mail.key}
        try:
            requests.post(self._url, json=body, timeout=TIMEOUT_S).raise_for_status()
        except requests.RequestException as error:
            raise ServiceAway(type(error).__name__) from None
        return mail.key


def compose(mail: Mail, sender: str) -> EmailMessage:
    """The message as it goes over the wire; DeliveryRefused for anything but one plain address."""
    if not ADDRESS.fullmatch(mail.to):
        raise DeliveryRefused("bad_address")
    domain = sender.rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(addr_spec=sender)
    try:
        message["To"] = Address(addr_spec=mail.to)
    except (MessageError, ValueError):
        # What looks like an encoded word, such as "=?utf-8?q?a?=@example.org", is none of ours.
        raise DeliveryRefused("bad_address") from None
    message["Subject"] = " ".join(CONTROL.sub(" ", mail.subject).split())
    message["Date"] = localtime()
    message["Message-ID"] = f"<{mail.key}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, charset="utf-8", cte="base64")
    return message


def mailer(settings: Settings) -> Mailer | None:
    """The mail service in force; None where none is set."""
    if settings.smtp_url:
        return SmtpMailer(settings.smtp_url, settings.mail_from)
    return SpoolMailer(settings.twilio_api_base) if settings.is_practice else None


def _ours(error: Exception) -> DeliveryError:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, _text = next(iter(error.recipients.values()))
        return _by_code(code)
    if isinstance(error, smtplib.SMTPDataError):
        return _by_code(error.smtp_code)
    # Sign-in, sender and connection concern every mail, not this one.
    return ServiceAway(type(error).__name__)


def _by_code(code: int) -> DeliveryError:
    """5xx is for good, 4xx for now (RFC 5321 §4.2.1)."""
    return DeliveryRefused(str(code)) if code >= 500 else DeliveryDelayed(str(code))
