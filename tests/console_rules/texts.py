"""What tests of the rules' pages share: a text of rules, and what a page says to it."""

import re
from typing import Any

from core.database import reading
from routing.rule_versions import read_rules
from tests.console_cases.people import Desk

ADMIN = ("admin", "HQ")
TOKEN = re.compile(r'name="token" value="(\w*)"')
EVERYTHING = """\
rules:
  - name: everything
    when: {}
    send_to: desk
    th: ทุกเรื่องมาที่ศูนย์
    en: Everything goes to the centre.
"""


def newest() -> int:
    with reading() as session:
        return read_rules(session).version


def text_of(answer: Any, status: int = 200) -> str:
    html = str(answer.get_data(as_text=True))
    assert answer.status_code == status, html
    return html


def checked(desk: Desk, text: str, base: int = 0, **more: str) -> str:
    """A text as the page says after a check."""
    answer = desk.post("/rules/edit", text=text, base=base, last="100", do="check", **more)
    return text_of(answer, answer.status_code)


def token_in(html: str) -> str:
    found = TOKEN.search(html)
    assert found is not None
    return found[1]
