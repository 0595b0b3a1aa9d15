"""Patani Malay over HTTP: its speakers are rung, the case and its callback bear the language."""

from collections.abc import Callable

import pytest

from agents.profiles import keep_skills
from calls.models import Call, Leg
from cases.models import Case
from core.database import transaction
from tests.webhooks.looking import AGENT_PHONES, agent, legs, rows, the_callback, the_case
from tests.webhooks.telephone import Caller, Person

pytestmark = pytest.mark.backends("postgresql", "sqlite")
Phone = Callable[..., Caller]


def speaks_malay(number: int) -> None:
    staff_id = agent(number)
    with transaction() as session:
        keep_skills(session, staff_id, ["mfa"])


def test_only_a_speaker_is_rung_and_is_told_the_language(phone: Phone) -> None:
    agent()
    speaks_malay(1)
    caller = phone()
    assert "Kami cari orang" in caller.press("5").spoken
    assert caller.press("").rings == [AGENT_PHONES[1]]
    offer = Person(caller.provider, caller.heard).pick_up()
    assert "ภาษามลายูปาตานี" in offer.spoken
    assert caller.dial_over().verbs == ["Gather"]
    assert caller.press("").rings == [AGENT_PHONES[1]], "nobody else is rung for this wait"
    assert the_case().language == "mfa"


def test_without_a_speaker_anybody_is_rung_then_a_message_and_a_callback_bear_the_language(
    phone: Phone,
) -> None:
    agent()
    caller = phone()
    caller.press("5")
    for _ in range(12):
        heard = caller.press("")
        if not heard.rings:
            break
        caller.dial_over()
    assert "Belum ada orang" in caller.heard.spoken
    caller.press("1")
    caller.recorded()
    assert "telefon balik" in caller.heard.spoken
    caller.press("1", "1")
    caller.hang_up()
    assert [case.language for case in rows(Case)] == ["mfa"]
    assert (the_callback().language, the_callback().state) == ("mfa", "due")
    assert rows(Call)[0].language == "mfa"
    assert len(legs()) > 1


def test_in_danger_a_speaker_is_rung_first_and_anybody_after(phone: Phone) -> None:
    agent()
    speaks_malay(1)
    caller = phone()
    assert caller.press("5", "1", "1").rings == [AGENT_PHONES[1]]
    assert caller.dial_over().rings == [AGENT_PHONES[0]]
    assert len(rows(Leg)) == 2
