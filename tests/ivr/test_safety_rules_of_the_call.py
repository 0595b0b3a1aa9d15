"""The twelve safety rules, as far as the call flow and its engine hold them."""

import pytest

from ivr.flow_safety import grants
from ivr.nodes import Menu, Queue, Record
from ivr.turns import Ring, Save, Turn
from ivr.verbs import Dial, Gather
from ivr.verbs import Record as RecordVerb
from tests.ivr.conversations import AWAY, CONVERSATIONS, NOBODY, ORDINARY, SILENT, THERE
from tests.ivr.documents import FLOW, document_problems, says
from tests.ivr.made_up_world import World
from tests.ivr.phone import Phone

TO_TYPE = {"V1": ("2", "1", "3"), "V8": ("2", "1", "4"), "R2": ("2", "3", "2")}


def granted(phone):
    """What the call permits."""
    return {fact: value for fact, value in phone.facts.items() if grants(fact, value)}


@pytest.mark.parametrize(
    "first", [(), ("1",), ("2",), ("2", "1"), ("2", "1", "3"), ("2", "1", "1")]
)
@pytest.mark.parametrize("people", [NOBODY, AWAY], ids=["nobody", "away"])
def test_safety_rule_01_silence_grants_nothing(first, people):
    """Whatever was pressed, silence from there on permits no call, no window, no recording."""
    phone = Phone(World(people)).play(*first, *[SILENT] * 60)
    assert phone.state.ended
    assert granted(phone) == {}


def test_safety_rule_01_any_time_means_eight_to_eight():
    phone = Phone().play("2", "1", "1", "1", "1")
    assert phone.facts["callback_window"] == "08:00-20:00"


def test_safety_rule_02_a_callback_needs_a_key_pressed_for_it():
    """Only four menus grant a callback, and each says so in its text."""
    granting = {
        name
        for name, node in FLOW.nodes.items()
        if isinstance(node, Menu)
        and any(grants("callback", one.set.get("callback", "")) for one in node.options.values())
    }
    assert granting == {
        "callback_ask", "callback_number_check", "quiet_callback", "urgent_callback",
    }  # fmt: skip


@pytest.mark.parametrize("group", ["1", "2", "3", "4", "5"])
def test_safety_rule_02_the_permission_is_asked_right_after_the_hazard_type(group):
    phone = Phone().play("2", group)
    while phone.node.startswith("sub_"):
        phone.do("1")
    if phone.node in ("now_check", "sensitive", "sensitive_now", "sensitive_mind"):
        phone.do({"now_check": "2", "sensitive_now": "4"}.get(phone.node, "3"))
    assert phone.node == "callback_ask"


def test_safety_rule_02_who_hangs_up_before_the_answer_has_given_no_permission():
    phone = Phone().play("2", "1", "1")
    assert phone.node == "callback_ask"
    assert "callback" not in phone.facts


@pytest.mark.parametrize(
    ("keys", "node"), [(("1", "1"), "urgent_queue"), (("1", "2", "1"), "quiet_ring")]
)
def test_safety_rule_03_danger_rings_after_two_keys_and_unspoken_after_three(keys, node):
    phone = Phone(World(AWAY)).play(*keys[:-1])
    assert phone.asked(Ring) == []
    phone.do(keys[-1])
    first = phone.asked(Ring)[0]
    assert (node in first.alike, first.graver, first.urgent) == (True, (), True)
    kinds = [type(one) for one in phone.world.asked]
    assert kinds.index(Save) < kinds.index(Ring), "the case is there before the first ring"
    assert phone.answered <= 3


def test_safety_rule_03_who_cannot_speak_gets_an_agent_who_is_told_keys_only():
    phone = Phone(World(THERE)).play("1", "2", "1")
    assert all(ring.keys_only for ring in phone.asked(Ring))
    assert "กด หนึ่ง" in FLOW.nodes["quiet_ring"].agent_hears["th"]


@pytest.mark.parametrize("reply", [SILENT, "7"])
def test_safety_rule_03_pressed_danger_then_nothing_rings_as_cannot_speak(reply):
    phone = Phone(World(THERE)).play("1", reply)
    assert "quiet_ring" in phone.state.visits


@pytest.mark.parametrize("name", CONVERSATIONS)
@pytest.mark.parametrize("lang", ["th", "en"])
def test_safety_rule_03_emergency_numbers_are_spoken_only_where_no_key_is_taken(name, lang):
    """The phone checks every document; here it is shown that the numbers are spoken at all."""
    transcript = CONVERSATIONS[name].held(lang).transcript()
    one_nine_one = {"th": "หนึ่ง เก้า หนึ่ง", "en": "1 9 1"}[lang]
    spoken = one_nine_one in transcript
    assert spoken == any(text in transcript for text in _texts_with_numbers(lang))


def _texts_with_numbers(lang):
    nodes = ("lines", "lines_danger")
    waits = [n.wait[lang] for n in FLOW.nodes.values() if isinstance(n, Queue) and n.wait]
    return [FLOW.nodes[name].texts[lang] for name in nodes] + waits


def test_safety_rule_03_after_the_numbers_the_next_prompt_is_heard_out():
    phone = CONVERSATIONS["danger_unspoken_nobody_on_duty"]
    call = Phone(World(phone.people)).play(*phone.steps[:-1])
    assert call.node == "ref_offer"
    assert isinstance(call.verbs[-1], Gather)
    assert call.verbs[-1].prompts == ()


def test_safety_rule_04_no_recording_is_offered_again_after_a_no():
    """Refused in the queue's menu, then all the way to the saved case."""
    phone = Phone(World(AWAY)).play("2", "1", "3", "1", "2")
    assert phone.facts["recording_consent"] is False
    phone.play("3", "1", "99110", "1", "2")
    assert phone.node == "pin_choose"
    assert "(records" not in phone.transcript()
    assert "story_ask" not in phone.state.visits


def test_safety_rule_04_every_recording_stands_behind_a_yes():
    records = [node for node in FLOW.nodes.values() if isinstance(node, Record)]
    assert records
    assert {node.needs for node in records} == {"recording_consent"}


@pytest.mark.parametrize("reply", ["2", "3", "7", "5"])
def test_safety_rule_04_any_other_key_at_the_question_is_no_recording(reply):
    phone = Phone().play(*ORDINARY[:9], reply)
    assert phone.facts["recording_consent"] is False
    assert phone.node == "pin_choose"


def test_safety_rule_04_who_cannot_speak_is_never_asked_to():
    phone = Phone(World(AWAY)).play("1", "2", "1", "1", "99110", "1", SILENT)
    assert phone.state.ended
    assert not any(isinstance(FLOW.nodes[name], Record) for name in phone.state.visits)


@pytest.mark.parametrize("hazard_type", TO_TYPE)
@pytest.mark.parametrize("answer", ["3", SILENT])
def test_safety_rule_07_the_conflict_is_asked_and_stays_unanswered(hazard_type, answer):
    """The flow names the types for which that counts as yes."""
    phone = Phone(World(NOBODY)).play(*TO_TYPE[hazard_type])
    go_on = "4" if phone.node == "sensitive_now" else "3"
    phone.play(go_on, "3", "1", "99110", "1")
    assert (phone.node, phone.facts["subcat"]) == ("conflict", hazard_type)
    phone.do(answer)
    assert phone.facts["conflict"] == "unanswered"
    assert hazard_type in FLOW.conflict.unanswered_is_yes


def test_safety_rule_11_a_silent_call_stands_between_danger_and_the_ordinary():
    assert FLOW.priorities == ("normal", "silent", "urgent")
    phone = Phone(World(AWAY)).play(SILENT, SILENT, SILENT, SILENT)
    assert (phone.node, phone.facts["priority"]) == ("silent_hold", "silent")
    assert [save.silent_event for save in phone.asked(Save)] == [True]


@pytest.mark.parametrize("silences", [2, 4, 5])
@pytest.mark.parametrize("key", ["1", "5", "0", "#", "*"])
def test_safety_rule_11_one_key_lifts_a_silent_call(silences, key):
    phone = Phone(World(AWAY)).play(*[SILENT] * silences, key)
    assert (phone.node, phone.facts["quiet"], phone.facts["priority"]) == (
        "quiet_what", True, "urgent",
    )  # fmt: skip


def test_safety_rule_11_silence_after_a_telling_key_keeps_the_case():
    """Silent at "is it happening now?": what was told is a case, not a silent event."""
    phone = Phone(World(NOBODY)).play("2", "1", "2", *[SILENT] * 4)
    assert phone.node == "silent_end"
    assert [save.silent_event for save in phone.asked(Save)] == [False]


def test_safety_rule_12_an_ordinary_report_needs_eleven_answers_at_most():
    phone = Phone(World(NOBODY)).play(*ORDINARY)
    assert phone.state.ended
    assert phone.answered <= 11


@pytest.mark.parametrize("lang", ["th", "en"])
def test_safety_rule_12_nationality_is_never_asked_and_the_story_only_once(lang):
    texts = " ".join(
        text
        for node in FLOW.nodes.values()
        for key, text in node.texts.items()
        if key.startswith(lang)
    ).lower()
    for word in ("nationality", "citizen", "passport", "สัญชาติ", "ต่างด้าว", "เชื้อชาติ", "บัตรประชาชน"):
        assert word not in texts
    phone = Phone(World(AWAY), lang=lang).play("2", "1", "3", "1", "1", "speak")
    phone.play("3", "1", "99110", "1", "2")
    assert phone.node == "pin_choose", "the story told while nobody answered is not asked again"


def test_the_checks_of_a_document_find_what_they_look_for():
    """A check that never fails proves nothing."""
    phone = Phone(World(NOBODY)).play(*ORDINARY[:10])
    assert isinstance(phone.verbs[-2], RecordVerb)
    turn = Turn(phone.state, phone.verbs)
    turn.state.facts["recording_consent"] = None
    assert "records without a yes" in document_problems(turn)
    assert [type(verb) for verb in phone.verbs if isinstance(verb, Dial)] == []
    assert says(phone.verbs)
