"""Mail, LINE and SMS as they are spoken: what goes over the wire, and what each error means."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.delivery import DeliveryDelayed, DeliveryError, DeliveryRefused, ServiceAway
from core.errors import SettingsError
from core.line import LineApi
from core.mail import Mail, SmtpMailer, compose, mailer
from core.runtime import Runtime
from core.settings import load_settings
from core.sms import sms
from tests.notices.provider import Mailbox, mail_server, outbox, practice
from tests.notices.world import GROUP
from tests.support.stack import free_port

KEY = "123e4567-e89b-12d3-a456-426614174000"
SENDER = "notices@example.org"
MAIL = Mail("malee@example.org", "ศูนย์ความปลอดภัย: เรื่อง 123", "เรื่อง 123\n\nเปิดดู\n.\nhttps://x", KEY)


def test_a_mail_arrives_as_it_was_written() -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as url:
        assert SmtpMailer(url, SENDER).send(MAIL) == f"<{KEY}@example.org>"
    [mail] = mailbox.mails
    assert (mail["Subject"], mail["To"], mail["From"]) == (MAIL.subject, MAIL.to, SENDER)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().split() == MAIL.text.split()
    assert mailbox.to == [[MAIL.to]]


@pytest.mark.parametrize(
    ("planned", "kind", "code"),
    [
        ({"rcpt": ["550 no such user"]}, DeliveryRefused, "550"),
        ({"rcpt": ["450 mailbox busy"]}, DeliveryDelayed, "450"),
        ({"data": ["554 spam"]}, DeliveryRefused, "554"),
        ({"data": ["452 no room"]}, DeliveryDelayed, "452"),
    ],
)
def test_a_mail_server_s_no_is_for_good_or_for_now(
    planned: dict[str, list[str]], kind: type[DeliveryError], code: str
) -> None:
    with mail_server(Mailbox(**planned)) as url, pytest.raises(kind) as refused:
        SmtpMailer(url, SENDER).send(MAIL)
    assert (type(refused.value), refused.value.code) == (kind, code)


def test_a_mail_server_that_is_not_there_is_away() -> None:
    with pytest.raises(ServiceAway):
        SmtpMailer(f"smtp://127.0.0.1:{free_port()}", SENDER).send(MAIL)


def test_a_wrong_password_is_no_fault_of_the_mail() -> None:
    with mail_server(Mailbox()) as url, pytest.raises(ServiceAway) as away:
        SmtpMailer(url.replace("//", "//user:a-password@"), SENDER).send(MAIL)
    assert "a-password" not in str(away.value)


@pytest.mark.parametrize(
    "address",
    [
        *("", "a", "a@b, c@d", "a@b\r\nBcc: c@d", "<a@b>", '"x y"@b', "a@b\n", "ก@example.org"),
        *("a@b c", "a..b@x.th", "somchai.@obec.go.th", ".a@x.th", "a@x..th", "a@.th", "a@x.th."),
        *("=?utf-8?q?a?=@x.th", "=?utf-8?q?=ff?=@x.th"),
    ],
)
def test_anything_but_one_plain_address_is_refused_before_it_is_sent(address: str) -> None:
    with pytest.raises(DeliveryRefused):
        compose(Mail(address, "s", "t", KEY), SENDER)


@given(st.text("aq8=?_-.", min_size=1, max_size=30))
def test_whatever_looks_like_an_address_is_composed_as_it_is_or_refused(local: str) -> None:
    address = f"{local}@example.org"
    with suppress(DeliveryRefused):
        message = compose(Mail(address, "s", "t", KEY), SENDER)
        assert address.encode() in message.as_bytes()


@given(st.text(), st.text())
def test_no_text_starts_another_header(subject: str, text: str) -> None:
    written = "".join(subject.split("\ud800")).encode("utf-8", "replace").decode()
    body = text.encode("utf-8", "replace").decode()
    message = compose(Mail("malee@example.org", written, body, KEY), SENDER)
    head, _, _ = message.as_bytes().partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert len(names) == len(set(names)) == 9


@dataclass
class Answers:
    """A LINE of the test's own: planned statuses, and the requests that it got."""

    statuses: list[int] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def answers() -> Iterator[Answers]:
    told = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            told.keys.append(self.headers["X-Line-Retry-Key"])
            self.send_response(told.statuses.pop(0))
            self.send_header("X-Line-Request-Id", "request")
            self.send_header("X-Line-Accepted-Request-Id", "accepted")
            self.send_header("Location", "https://example.org/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("status", "found"), [(200, "request"), (409, "accepted")])
def test_a_push_that_was_accepted_before_counts_as_sent(
    answers: Answers, status: int, found: str
) -> None:
    answers.statuses = [status]
    assert LineApi(answers.url, "token").push(to=GROUP, text="t", key=KEY) == found
    assert answers.keys == [KEY]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, DeliveryRefused),
        (401, ServiceAway),
        (403, ServiceAway),
        (404, DeliveryRefused),
        (429, DeliveryDelayed),
        (500, ServiceAway),
        (302, ServiceAway),
    ],
)
def test_line_s_no_is_for_good_or_for_now(
    answers: Answers, status: int, kind: type[DeliveryError]
) -> None:
    answers.statuses = [status]
    with pytest.raises(kind) as refused:
        LineApi(answers.url, "token").push(to=GROUP, text="t", key=KEY)
    assert (type(refused.value), refused.value.code) == (kind, str(status))


def test_line_that_is_not_there_is_away() -> None:
    with pytest.raises(ServiceAway):
        LineApi(f"http://127.0.0.1:{free_port()}", "t").push(to=GROUP, text="t", key=KEY)


def test_an_sms_is_sent_and_found_again_by_number_text_and_time(runtime: Runtime) -> None:
    with practice() as base:
        service = sms(runtime.settings.model_copy(update={"twilio_api_base": base}))
        assert service is not None
        # The service dates by whole seconds: one of this very second is found all the same.
        before = datetime.now(UTC)
        assert service.find(to="+66810000001", text="t", since=before) is None
        sid = service.send(to="+66810000001", text="t")
        assert service.find(to="+66810000001", text="t", since=before) == sid
        assert service.find(to="+66810000001", text="u", since=before) is None
        later = datetime.now(UTC) + timedelta(minutes=1)
        assert service.find(to="+66810000001", text="t", since=later) is None
        with pytest.raises(DeliveryRefused):
            service.send(to="+66891234567", text="t")
        assert [one["text"] for one in outbox(base, "sms")] == ["t"]


def test_practice_mails_stay_in_the_practice_provider(runtime: Runtime) -> None:
    with practice() as base:
        service = mailer(runtime.settings.model_copy(update={"twilio_api_base": base}))
        assert service is not None
        assert service.send(MAIL) == KEY
        [kept] = outbox(base, "mail")
    assert (kept["to"], kept["subject"], kept["text"]) == (MAIL.to, MAIL.subject, MAIL.text)
    with pytest.raises(ServiceAway):
        service.send(MAIL)


GOOD = {
    "SECRET_KEY": "made-up-secret-key-0123456789abcdef",
    "DATA_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "made-up-token-0123456789abcdefghij",
    "PUBLIC_URL": "https://hotline.example.org",
}
MAILING = {"SMTP_URL": "smtps://user:a-password@mail.example.org", "MAIL_FROM": SENDER}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "mail.example.org"),
        ("SMTP_URL", "http://mail.example.org"),
        ("SMTP_URL", "smtp://mail.example.org:99999"),
        ("SMTP_URL", "smtp://mail.example.org/path"),
        ("SMTP_URL", "smtp://user@mail.example.org"),
        ("MAIL_FROM", "The Centre <notices@example.org>"),
        ("MAIL_FROM", "notices@example.org\nBcc: a@b.org"),
        ("MAIL_FROM", ""),
        ("LINE_CHANNEL_TOKEN", "a token"),
        ("LINE_CHANNEL_TOKEN", "token\r\nX: y"),
        ("LINE_API_BASE", "http://line.example.org"),
        ("LINE_MONTHLY_BUDGET", "-1"),
        ("LINE_MONTHLY_BUDGET", "many"),
        ("SMS_FROM", "AB"),
        ("SMS_FROM", "12345"),
        ("SMS_FROM", "+15005550006"),
    ],
)
def test_nonsense_is_named_at_the_start_and_never_shown(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({"VAR_DIR": str(tmp_path), **GOOD, **MAILING, name: value})
    assert f"{name}:" in str(refused.value)
    assert "a-password" not in str(refused.value)


def test_nothing_is_needed_and_nothing_is_sent_without_settings(tmp_path: Path) -> None:
    told = load_settings({"VAR_DIR": str(tmp_path), **GOOD})
    assert (mailer(told), sms(told), told.line_channel_token) == (None, None, "")
    assert "a-password" not in repr(load_settings({"VAR_DIR": str(tmp_path), **GOOD, **MAILING}))


@pytest.mark.parametrize(
    "told", [MAILING, {"LINE_API_BASE": "https://api.line.me"}], ids=["mail", "line"]
)
def test_practice_never_sends_to_anybody_real(tmp_path: Path, told: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="this machine only"):
        load_settings({"TELEPHONY": "practice", "VAR_DIR": str(tmp_path), **told})
