"""The explainer's page: the office, every step and the ladder, for an address of codes alone."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from agents.roles import ROLES
from core.runtime import Runtime, configure
from routing.reasons import CATALOGUE
from tests.console_cases.people import Desk
from tests.support.web_doors import web_doors
from webapp.console.explain_page import stage_of

Hire = Callable[..., Desk]
# Texts that are filled into reasons, and are none themselves.
WORDS = {"amphoe", "khet", "province", "capital"}


@pytest.fixture
def app(runtime: Runtime) -> Any:
    """Nothing here changes the directory; hours count, which in practice they do not."""
    settings = runtime.settings.model_copy(update={"telephony": "twilio"})
    configure(settings, runtime.engine)
    yield from web_doors(settings.secret_key)
    configure(runtime.settings, runtime.engine)


def html_of(desk: Desk, address: str) -> str:
    answer = desk.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return str(answer.get_data(as_text=True))


@pytest.mark.parametrize("role", ROLES)
def test_everybody_who_is_signed_in_may_ask(role: str, desk_of: Hire) -> None:
    desk = desk_of((role, "ESA-9202"))
    html = html_of(desk, "/explain?group=V&district=9209")
    assert "Trang Primary Educational Service Area Office 2" in html
    assert 'href="/desk/explain"' in html


ASKED = [
    ("group=V&district=9209", "ESA-9202", "serves Ratsada District"),
    ("group=V&district=9209&staff=yes", "OBEC", "Staff may be involved"),
    ("group=V&type=V1&district=9209", "OBEC", "Staff may be involved"),
    ("group=V&type=V1&district=9209&staff=no", "ESA-9202", "Nothing speaks against"),
    ("group=V&district=9209&danger=yes&at=2026-11-20T23:00", "HQ", "outside its hours"),
    ("group=V&district=9209&danger=yes&at=2026-11-20T10:00", "ESA-9202", "is open at that"),
    ("group=V&district=3001", "HQ", "Several offices may serve"),
    ("group=V&province=40", "HQ", "Only Khon Kaen is known"),
    ("group=X", "HQ", "The place is not known"),
    ("group=V&district=9999", "HQ", "no place with the code 9999"),
    ("group=V&district=4001&level=secondary", "SESA-22", "Level as reported: secondary"),
    ("group=V&school=1092000001&district=9209", "ESA-9202", "1092000001"),
]


@pytest.mark.parametrize(("asked", "office", "shows"), ASKED, ids=[one[0] for one in ASKED])
def test_an_address_answers_with_the_office_and_why(
    asked: str, office: str, shows: str, desk_of: Hire
) -> None:
    html = html_of(desk_of(("operator", "ESA-9202")), f"/explain?{asked}")
    assert f'<span class="code">{office}</span></h2>' in html
    assert shows in html


def test_the_ladder_marks_who_gets_it_and_says_why_others_do_not(desk_of: Hire) -> None:
    html = html_of(desk_of(("operator", "ESA-9202")), "/explain?group=V&district=9209&staff=yes")
    ladder = html.partition('id="ladder"')[2]
    assert ladder.index('class="chosen"') < ladder.index('class="skipped"')
    skipped = ladder.partition('class="skipped"')[2]
    assert "ESA-9202" in skipped
    assert "Staff may be involved, so the report does not go to" in skipped


def test_candidates_stand_under_the_office_above_them(desk_of: Hire) -> None:
    html = html_of(desk_of(("operator", "ESA-9202")), "/explain?group=V&district=3001")
    assert html.partition('id="ladder"')[2].count('class="candidate"') == 7


TYPED = [
    ("place=92160", "group=V&district=9209"),
    ("place=รัษฎา", "group=V&district=9209"),
    ("place=อำเภอรัษฎา จังหวัดตรัง", "group=V&district=9209"),
    ("place=ratsada", "group=V&district=9209"),
    ("place=๙๒๐๙", "group=V&district=9209"),
    ("place=40", "group=V&province=40"),
    ("place=&staff=yes", "group=V&staff=yes"),
    ("place=9209&day=21/11/2569&time=09:30", "group=V&district=9209&at=2026-11-21T09:30"),
    ("place=9209&day=2026-11-21&time=", "group=V&district=9209&at=2026-11-21T12:00"),
]


@pytest.mark.parametrize(("typed", "codes"), TYPED, ids=[one[0] for one in TYPED])
def test_what_is_typed_becomes_codes_in_the_address(typed: str, codes: str, desk_of: Hire) -> None:
    answer = desk_of(("agent", "HQ")).get(f"/explain?group=V&{typed}")
    assert answer.status_code == 303
    assert answer.headers["Location"].replace("%3A", ":") == f"/desk/explain?{codes}"


WRONG = [
    ("place=เฉลิมพระเกียรติ", "Several places fit", "district=8023"),
    ("place=Atlantis", "No district or province is called this", 'value="Atlantis"'),
    ("day=31/02/2569", "Write the day like", "31/02/2569"),
    ("day=&time=25:00", "Write the time like", "25:00"),
    ("place=&type=A1", "belongs to another matter", "A1"),
    ("place=&school=%3Cb%3E", "digits and letters only", "&lt;b&gt;"),
]


@pytest.mark.parametrize(("typed", "said", "kept"), WRONG, ids=[one[0] for one in WRONG])
def test_what_cannot_be_read_is_said_beside_the_field_and_kept(
    typed: str, said: str, kept: str, desk_of: Hire
) -> None:
    answer = desk_of(("agent", "HQ")).get(f"/explain?group=V&{typed}")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert said in html
    assert kept in html


@pytest.mark.parametrize(
    "address",
    ["group=Z", "group=V&evil=1", "group=V&at=someday", "district=4001", "group=V&type=X9"],
)
def test_an_address_that_means_nothing_shows_the_form(address: str, desk_of: Hire) -> None:
    answer = desk_of(("agent", "HQ")).get(f"/explain?{address}")
    assert answer.status_code == 400
    assert "This address cannot be used" in answer.get_data(as_text=True)


def test_an_empty_form_answers_nothing(desk_of: Hire) -> None:
    html = html_of(desk_of(("agent", "HQ")), "/explain")
    assert 'id="answer"' not in html
    assert '<details class="card question" open>' in html


def test_every_reason_belongs_to_a_stage() -> None:
    texts = {one for one in CATALOGUE.keys() if "_" in one} - WORDS  # noqa: SIM118
    assert {one for one in texts if stage_of(one) is None} == {"kindergarten_primary"}


def test_who_is_not_signed_in_is_asked_to(app: Flask) -> None:
    assert app.test_client().get("/desk/explain?group=V").status_code == 303
