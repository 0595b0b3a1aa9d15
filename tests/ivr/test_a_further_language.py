"""A language is added by data alone: texts in the flow, words beside it."""

import re
from typing import Any

import pytest
import yaml

from ivr.checker import check
from ivr.loader import FLOW_FILE, load_flow
from ivr.nodes import Flow
from ivr.turns import Anybody, Reply, Ring
from ivr.verbs import Dial
from ivr.words import date, digits, number
from tests.ivr.conversations import AWAY, ORDINARY
from tests.ivr.documents import FLOW, says
from tests.ivr.made_up_world import Person, World
from tests.ivr.phone import Phone

SPEAKER = Person(7, takes=True, speaks="mfa")


def translated(part: Any) -> Any:
    """Everything that is said in English, in the further language as well."""
    if isinstance(part, list):
        return [translated(one) for one in part]
    if not isinstance(part, dict):
        return part
    whole = {key: translated(value) for key, value in part.items()}
    for key, value in part.items():
        if isinstance(value, str) and re.fullmatch("en(_[a-z_]+)?", str(key)):
            text = value.replace("press", "tekan").replace("star", "bintang")
            whole["mfa" + key[2:]] = text.replace("pin_line_en", "pin_line_mfa")
    return whole


@pytest.fixture(scope="module")
def whole() -> Flow:
    raw = translated(yaml.safe_load(FLOW_FILE.read_text(encoding="utf-8")))
    raw["languages"]["mfa"]["partial"] = False
    raw["nodes"]["welcome"]["mfa_tail"] = [
        {"lang": "th", "text": "ภาษาไทย กด สี่"},
        {"lang": "mfa", "text": "Melayu, tekan lima."},
    ]
    raw["nodes"]["welcome"]["options"]["4"]["set"]["lang"] = {"th": "en", "en": "th", "mfa": "th"}
    return load_flow(yaml.safe_dump(raw, allow_unicode=True))


def test_texts_and_words_are_all_that_a_language_needs(whole: Flow) -> None:
    assert check(whole) == []
    phone = Phone(flow=whole, lang="mfa").play(*ORDINARY)
    assert phone.state.ended
    assert all(say.lang == "mfa" for say in says(phone.verbs))


def test_what_is_missing_of_a_language_is_said_place_by_place(whole: Flow) -> None:
    raw = yaml.safe_load(FLOW_FILE.read_text(encoding="utf-8"))
    raw["languages"]["mfa"]["partial"] = False
    faults = check(load_flow(yaml.safe_dump(raw, allow_unicode=True)))
    places = {fault.place for fault in faults}
    assert {"welcome", "group", "errors.system", "announce", "status_words.received"} <= places
    assert "goodbye" not in places


def test_where_a_partial_language_has_no_text_thai_is_said_in_the_thai_voice() -> None:
    phone = Phone(lang="mfa").play("3")
    assert {say.lang for say in says(phone.verbs)} == {"th"}
    assert FLOW.nodes["follow_ref"].texts["th"] in phone.said


def test_numbers_and_dates_are_said_by_the_words_of_the_language() -> None:
    assert number(42, "mfa") == "empat puluh dua"
    assert number(2569, "mfa") == "dua ribu lima ratus enam puluh sembilan"
    assert digits("405", "mfa") == "empat kosong lima"
    assert FLOW.languages["mfa"].partial
    since = Phone().world.followed.popitem()[1].since
    assert date(since, "mfa") == "tiga Mac dua ribu dua puluh enam"


def test_only_who_speaks_the_language_is_rung_for_it() -> None:
    phone = Phone(World((*AWAY, SPEAKER))).play("5")
    phone.once(Reply())
    assert phone.asked(Anybody)[-1].speaks == "mfa"
    assert phone.asked(Ring)[-1].speaks == "mfa"
    assert isinstance(phone.verbs[-1], Dial)
    assert phone.state.rung == [SPEAKER.staff_id]


def test_where_nobody_speaks_it_anybody_is_rung_and_speakers_are_preferred() -> None:
    phone = Phone(World(AWAY)).play("5")
    assert phone.node == "agent_queue"
    phone.once(Reply())
    assert (phone.asked(Ring)[-1].speaks, phone.asked(Ring)[-1].prefers) == (None, "mfa")


@pytest.mark.parametrize("key", ["1", ""])
def test_the_way_of_danger_and_of_silence_is_as_before(key: str) -> None:
    """Who chose a language and then presses danger is led as all are, and silence as before."""
    before = Phone(World(AWAY)).play(key)
    assert before.node == {"1": "danger_now", "": "welcome"}[key]
    chosen = Phone(World((SPEAKER,))).play("5", "1")
    assert (chosen.node, chosen.facts["danger"]) == ("danger_now", True)
