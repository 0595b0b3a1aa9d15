"""The made-up people of practice can sign in with what `make run` prints; in earnest nobody can."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from agents.models import Staff
from agents.people import PEOPLE
from cases.handover_models import Handover
from cases.services import load_taxonomy
from core.database import reading, transaction
from core.runtime import Runtime, configure
from routing.importer import KINDS, load_files
from tests.console.people import Browser, made_person
from tests.console_cases.people import opened_case
from webapp import doors, practice_data
from webapp.commands import practice_sign_ins
from webapp.practice_scene import set_scene

TRANG = "trang.one@practice.example"


@pytest.fixture
def practice(own_runtime: Runtime) -> Flask:
    """The doors on a database of their own, with a made-up person and somebody else."""
    made_person(TRANG, password=None)
    made_person("mali@example.org", password=None)
    app = Flask("hotline-test", static_folder=None)
    app.secret_key = own_runtime.settings.secret_key
    doors.register(app, "all")
    return app


def seed() -> None:
    """What `practice seed` does."""
    with transaction() as session:
        practice_data.seed(session)


def hashes() -> dict[str, str | None]:
    """Everybody's password hash by e-mail."""
    with reading() as session:
        rows = session.execute(select(Staff.email, Staff.password_hash))
        return {row.email: row.password_hash for row in rows}


def test_made_up_people_sign_in_with_the_printed_password(practice: Flask) -> None:
    seed()
    printed = practice.test_cli_runner().invoke(practice_sign_ins).output
    assert practice_data.password() in printed
    assert f"{TRANG:<36} operator        ESA-9202" in printed
    assert "mali@example.org" not in printed
    visitor = Browser(practice)
    assert visitor.sign_in(TRANG, practice_data.password()).status_code == 303
    assert visitor.is_signed_in()


def test_seeding_again_changes_no_password(practice: Flask) -> None:
    seed()
    before = hashes()
    seed()
    assert hashes() == before
    assert before["mali@example.org"] is None


def test_in_earnest_nobody_gets_a_password(own_runtime: Runtime, practice: Flask) -> None:
    configure(own_runtime.settings.model_copy(update={"telephony": "twilio"}))
    seed()
    assert set(hashes().values()) == {None}
    refused = practice.test_cli_runner().invoke(practice_sign_ins)
    assert refused.exit_code == 1
    assert practice_data.password() not in refused.output


def test_the_scene_asks_once_for_a_hand_over_in_words_of_its_own(own_runtime: Runtime) -> None:
    phoned: list[str] = []

    def phone(keys: str) -> str:
        phoned.append(keys)
        return opened_case().reference

    with transaction() as session:
        load_files(session, [practice_data.PEOPLE_FILE], kinds=(*KINDS, PEOPLE))
        load_taxonomy(session)
    for _ in range(2):
        set_scene(phone)
    with reading() as session:
        [asked] = session.scalars(select(Handover)).all()
    assert len(phoned) == 2
    assert re.search("[ก-๙]{5}", asked.reason)
