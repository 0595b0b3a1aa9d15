"""What strangers send to the console, and how the tests see that it did no harm."""

import re
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from core.database import Base
from tests.support.databases import filled_tables
from webapp.console.guard import UNKNOWN

ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
DIRECTORY = frozenset(
    ("province", "district", "postal_code", "office", "jurisdiction", "directory_version")
)
# Breaks out of text, attributes, text areas and titles; into templates, formats and addresses.
MARKUP = (
    "\"'></textarea></title></option><b-ad onclick=\"alert(1)\" href='javascript:alert(1)'>"
    "{{7*7}}{% raw %}${7*7}%(words)s%s{0}{words} [x](javascript:alert(1)) <!-- &lt;b&gt;"
)
CONTROL = "เด็ก\x00\x01\x08\x0b\x1b[31m\x7f\x85\u2028\u202e\ufeff\ufffe\U000e0041ป.๔\r\rจบ"
SQL = (
    "' OR '1'='1' --",
    "'; DROP TABLE cases; --",
    "1) UNION SELECT password_hash FROM staff --",
    "%' AND pg_sleep(5) AND '%'='",
    "\\'; UPDATE staff SET active = false; --",
    "$$; DELETE FROM staff_roles; $$",
)
WILD = ("%%%%%%%%%%", "_________", "*", "ESA-%", "[a-z]*")
HUGE = "๙" * 5000
NUMBERS = ("0", str(2**31), str(2**63), str(10**40))
SCHEME = re.compile(r"(?:/(?!/)|#|\?|$)")


def rules(app: Flask, method: str) -> list[str]:
    """Every address of the console that takes this method, below /desk; not those of files."""
    return sorted(
        rule.rule.removeprefix("/desk")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk/")
        and method in (rule.methods or ())
        and rule.endpoint not in (UNKNOWN, "desk.static")
        # Needs a practice provider: tests/console/test_phone.py.
        and not rule.rule.startswith("/desk/phone/calls")
    )


def arguments(rule: str) -> set[str]:
    """The names of what stands in an address."""
    return set(ARGUMENT.findall(rule))


def filled(rule: str, values: dict[str, Any]) -> str:
    """The address with these values in it."""
    return ARGUMENT.sub(lambda found: str(values[found[1]]), rule)


HEADERS = {
    *("content-type", "content-length", "content-security-policy", "cache-control", "location"),
    *("content-language", "x-content-type-options", "x-frame-options", "referrer-policy", "vary"),
    *("permissions-policy", "cross-origin-opener-policy", "cross-origin-resource-policy"),
    *("set-cookie", "clear-site-data", "allow", "accept-ranges", "content-disposition"),
    "hx-refresh",
}


class _Reader(HTMLParser):
    """Notes what a page must not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        values = dict(attrs)
        if tag == "b-ad" or (tag == "script" and "src" not in values):
            self.faults.append(f"<{tag}>")
        self.faults += [f"{tag} {name}" for name in values if name.startswith("on")]
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post"):
            if name in values and not SCHEME.match(values[name] or ""):
                self.faults.append(f"{tag} {name}={values[name]}")


def assert_harmless(answer: Any) -> None:
    """No server fault; nothing that was sent became an element, a script, an address, a header."""
    assert answer.status_code < 500
    assert set(answer.headers.keys(lower=True)) <= HEADERS, answer.headers
    location = answer.headers.get("Location", "/desk/")
    assert location.startswith("/desk/"), location
    assert location.isprintable()
    if answer.mimetype == "text/html":
        reader = _Reader()
        html = answer.get_data(as_text=True)
        reader.feed(html)
        reader.close()
        assert reader.faults == []
        assert "49" not in html.partition("{{7*7}}")[2][:20]
        assert len(html) < 300_000


def assert_plain_page(answer: Any, status: int) -> None:
    """A whole page in the reader's language that says what is wrong, and nothing of ours."""
    html = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert html.count("<h1>") == 1
    assert "Traceback" not in html


def rows(engine: Engine, *, without: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Everything that the tables hold, opened, but for the country's directory."""
    wanted = filled_tables(engine) - {*DIRECTORY, *without}
    tables = {name: table for name, table in Base.metadata.tables.items() if name in wanted}
    with engine.connect() as connection:
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(table.select()))
            for name, table in tables.items()
        }
