"""People with accounts, and a browser without JavaScript for each of them."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from agents.models import Staff
from agents.person import Person
from agents.services import add_staff
from agents.undertakings import current_undertaking
from core.database import transaction

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PASSWORD = "a long day at the desk"
FORM_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@cache
def cheap_hash(password: str) -> str:
    """A hash that costs a test nothing; how it was made stands in it."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


def made_person(
    email: str = "mali@example.org",
    *,
    role: str = "operator",
    office: str = "ESA-9202",
    password: str | None = PASSWORD,
    has_signed: bool = True,
) -> int:
    """A person with one role, or one more role for a known person; the staff id."""
    with transaction() as session:
        staff = add_staff(session, Person(email, "มะลิ ตัวอย่าง", role, office), now=NOW)
        if has_signed:
            staff.undertaking = current_undertaking().version
        if password is not None:
            change = update(Staff).where(Staff.id == staff.id)
            session.execute(change.values(password_hash=cheap_hash(password)))
        return staff.id


@dataclass
class Browser:
    """Reads pages, and sends forms with the token of the page read last."""

    app: Flask
    address: str = "203.0.113.7"
    base: str = "http://127.0.0.1"
    client: FlaskClient = field(init=False)
    form_token: str = ""
    forwarded: str = ""

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str, **headers: str) -> TestResponse:
        """Read a page below /desk."""
        return self._keep(self.client.get(f"/desk{path}", **self._from(headers)))

    def post(self, path: str, /, **fields: str) -> TestResponse:
        """Send a form below /desk; `csrf_token` may be given to send another one."""
        form = {"csrf_token": self.form_token, **fields}
        return self._keep(self.client.post(f"/desk{path}", data=form, **self._from({})))

    def sign_in(
        self, email: str = "mali@example.org", password: str = PASSWORD, **fields: str
    ) -> TestResponse:
        """Read the sign-in page, fill it in, send it."""
        self.get("/sign-in")
        return self.post("/sign-in", email=email, password=password, **fields)

    def cookie(self, name: str) -> str | None:
        """What the browser holds under a name."""
        found = self.client.get_cookie(name, self.host)
        return found.value if found else None

    def hold(self, name: str, value: str) -> None:
        """Put a cookie into the browser."""
        self.client.set_cookie(name, value, domain=self.host)

    @property
    def host(self) -> str:
        """The host whose cookies count."""
        return self.base.rpartition("/")[2]

    def is_signed_in(self) -> bool:
        """Whether the desk opens."""
        answer = self.get("/")
        assert answer.status_code in (200, 303)
        return answer.status_code == 200

    def _from(self, headers: dict[str, str]) -> dict[str, object]:
        return {
            "headers": headers | ({"X-Forwarded-For": self.forwarded} if self.forwarded else {}),
            "base_url": self.base,
            "environ_overrides": {"REMOTE_ADDR": self.address},
        }

    def _keep(self, answer: TestResponse) -> TestResponse:
        found = FORM_TOKEN.search(answer.text) if answer.mimetype == "text/html" else None
        if found:
            self.form_token = found[1]
        return answer
