"""A practice provider on a real socket, and a mail server, for the services of notices."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Thread
from typing import Any

import requests
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from core import runtime
from practice.server import build_server
from practice.settings import Settings as PracticeSettings
from tests.support.stack import free_port


@contextmanager
def practice() -> Iterator[str]:
    """The practice provider with this runtime's account; gives its address."""
    ours, port = runtime.current().settings, free_port()
    settings = PracticeSettings(
        account_sid=ours.twilio_account_sid,
        auth_token=ours.twilio_auth_token[0],
        number=ours.hotline_number,
        voice_url="http://127.0.0.1:1/",
        port=port,
    )
    server = build_server(settings)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def outbox(base: str, kind: str) -> list[dict[str, Any]]:
    """What the practice provider keeps of a kind."""
    found: list[dict[str, Any]] = requests.get(
        f"{base}/practice/outbox", params={"kind": kind}, timeout=5
    ).json()
    return found


@dataclass
class Mailbox:
    """Takes mails; an answer that was planned is given instead of "250 OK"."""

    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Take or refuse a recipient."""
        if self.rcpt:
            return self.rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take or refuse a mail."""
        if self.data:
            return self.data.pop(0)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.raw.append(content)
        self.to.append(list(envelope.rcpt_tos))
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@contextmanager
def mail_server(mailbox: Mailbox, **options: Any) -> Iterator[str]:
    """A mail server on this machine; gives its SMTP_URL."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()
