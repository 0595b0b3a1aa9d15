"""What the engine does with keys, silence, wrong keys, "back", numbers and people who are rung."""

from copy import deepcopy

import pytest

from core.spoken import spoken_keys
from ivr import engine
from ivr.turns import Reply, Save, SetPin
from ivr.verbs import Record, Redirect
from tests.ivr.conversations import AWAY, NOBODY, ORDINARY, SILENT
from tests.ivr.documents import FLOW
from tests.ivr.made_up_world import World
from tests.ivr.phone import LINKS, Phone

TO_POSTAL = ORDINARY[:6]
TO_NUMBER = ("2", "1", "1", "2")


def errors(name, lang="th"):
    return FLOW.errors[name][lang]


def test_a_turn_leaves_the_state_that_came_in_and_repeats_exactly():
    """The phone checks it at every turn of every test; here once in plain sight."""
    phone = Phone().play("2", "1")
    state, before = phone.state, deepcopy(phone.state)
    first = _finish(engine.advance(FLOW, state, Reply("1"), LINKS))
    second = _finish(engine.advance(FLOW, state, Reply("1"), LINKS))
    assert (state, first) == (before, second)


def _finish(run):
    try:
        next(run)
    except StopIteration as done:
        return done.value
    raise AssertionError("the turn asked the world")


def test_silence_is_asked_again_kindly_with_the_hint_and_leads_on_after_its_tries():
    phone = Phone().play("2", "1", SILENT)
    assert errors("no_input") in phone.said
    assert FLOW.hint["th"] in phone.said
    phone.play(SILENT)
    assert phone.node == "sub_v"
    phone.play(SILENT)
    assert phone.node == "agent_queue"


def test_a_wrong_key_is_not_blamed_and_leads_to_a_person_after_three():
    phone = Phone(World(AWAY)).play("2", "1", "8")
    assert errors("no_match") in phone.said
    phone.play("8", "8")
    assert errors("too_many") in phone.transcript()
    assert phone.node == "agent_queue"


def test_silence_and_wrong_keys_are_counted_apart_and_anew_at_each_node():
    phone = Phone().play("2", "8", "8", SILENT, SILENT)
    assert phone.node == "group"
    phone.play("1", "8", "8")
    assert phone.node == "sub_v"


def test_an_exit_without_a_number_of_tries_is_taken_at_once():
    phone = Phone().play(*ORDINARY[:9], "8")
    assert phone.node == "pin_choose"
    assert errors("no_match") not in phone.transcript()


def test_star_repeats_the_prompt_four_times_then_a_person_is_rung():
    phone = Phone(World(AWAY)).play("2", *"****")
    assert phone.node == "group"
    phone.do("*")
    assert phone.node == "agent_queue"


@pytest.mark.parametrize("steps", [(), ("2",), ("2", "1", "1", "1"), (*ORDINARY[:8],)])
def test_zero_rings_a_person_from_every_menu(steps):
    phone = Phone(World(AWAY)).play(*steps, "0")
    assert phone.node == "agent_queue"
    assert len(phone.asked(Save)) == 1


@pytest.mark.parametrize("steps", [("3",), TO_NUMBER, TO_POSTAL])
@pytest.mark.parametrize("keys", ["**", "12**"])
def test_two_stars_ring_a_person_while_a_number_is_entered(steps, keys):
    assert Phone(World(AWAY)).play(*steps, keys).node == "agent_queue"


def test_zero_while_recording_keeps_what_was_said_and_rings_a_person():
    phone = Phone(World(AWAY)).play(*ORDINARY[:10])
    assert isinstance(phone.verbs[-2], Record)
    assert "0" in phone.verbs[-2].finish_keys
    phone.do("speak 0")
    assert (phone.node, phone.facts["recorded"]) == ("agent_queue", True)


def test_a_recording_that_heard_nothing_goes_on_all_the_same():
    phone = Phone().play(*ORDINARY[:10], SILENT)
    assert phone.node == "pin_choose"
    assert "recorded" not in phone.facts
    assert isinstance(Phone().play(*ORDINARY[:10]).verbs[-1], Redirect)


def test_hash_tells_more_and_returns_to_the_question():
    for way_back in ("1", "9", SILENT):
        phone = Phone().play("2", "1", "#")
        assert phone.node == "notice_more"
        assert phone.do(way_back).node == "sub_v"


@pytest.mark.parametrize("key", ["9", "#"])
def test_no_way_back_and_no_notice_once_danger_was_pressed(key):
    phone = Phone(World(AWAY)).play("2", "1", "2", "1")
    assert phone.node == "danger_now"
    assert "quiet_ring" in phone.do(key).state.visits


def test_nine_goes_back_and_forgets_that_answer_only():
    phone = Phone().play("2", "1", "1", "1", "1")
    assert phone.node == "level"
    phone.do("9")
    assert (phone.node, phone.facts["callback"]) == ("callback_time", "this_number")
    assert "callback_window" not in phone.facts
    phone.play("9")
    assert (phone.node, "callback" in phone.facts) == ("callback_ask", False)
    assert phone.state.answers.keys() == {"welcome", "group", "sub_v"}


def test_nine_forgets_the_district_that_was_entered():
    """Else a caller who corrects a postal code and hangs up would be sent to the wrong office."""
    phone = Phone().play(*TO_POSTAL, "99110", "9")
    assert phone.node == "place_postal"
    assert phone.facts.keys().isdisjoint({"district", "candidates", "postal_code", "place"})
    phone.play("99120", "2")
    assert phone.facts["district"]["en"] == "Khao Tuayang"
    phone.do("9")
    assert (phone.node, "district" in phone.facts) == ("place_pick", False)


def test_no_forgets_the_district_and_its_province():
    phone = Phone().play(*TO_POSTAL, "99110", "2")
    assert phone.node == "place_postal"
    assert phone.facts.keys().isdisjoint({"district", "candidates", "postal_code", "place"})


def test_a_second_no_to_the_district_asks_no_third_time():
    phone = Phone().play(*TO_POSTAL, "99110", "2", "99110", "2")
    assert (phone.node, "district" in phone.facts) == ("conflict", False)


def test_nothing_to_go_back_to_is_a_wrong_key():
    phone = Phone().play("9")
    assert (phone.node, phone.state.misses) == ("welcome", 1)


def test_what_was_saved_or_rung_is_not_gone_back_over():
    phone = Phone(World(NOBODY)).play("2", "1", "0")
    assert phone.node == "no_agent"
    assert phone.do("9").node == "no_agent"


def test_a_pin_that_was_kept_is_not_gone_back_over():
    """The case has that PIN; another one chosen later would open nothing."""
    phone = Phone().play(*ORDINARY[:11], "5924", "9")
    assert phone.node == "reference"
    assert [asked.pin for asked in phone.asked(SetPin)] == ["5924"]


def test_the_reference_is_said_again_on_demand_and_the_pin_is_kept_once():
    phone = Phone().play(*ORDINARY[:11], "*", "1", "1", "1")
    assert phone.node == "reference"
    assert [asked.pin for asked in phone.asked(SetPin)] == ["8305"]
    assert phone.do("1").node == "goodbye"


@pytest.mark.parametrize(
    ("entry", "pin"), [("5924", "own"), ("*", "given"), (SILENT, "given"), ("0000", None)]
)
def test_the_pin_is_the_callers_own_or_given(entry, pin):
    phone = Phone().play(*ORDINARY[:11], entry)
    assert phone.facts.get("pin") == pin
    if pin is None:
        assert errors("pin_too_easy") in phone.said
        assert phone.do("1111").facts["pin"] == "given"


@pytest.mark.parametrize(
    "number",
    [
        "1900123456#",
        "191",
        "0212665#",
        "021266565#",
        "+14155550100",
        "０８１０００００４５",
        "1" * 11,
    ],
)
def test_a_number_that_may_not_be_dialled_is_asked_again(number):
    phone = Phone().play(*TO_NUMBER, number)
    assert (phone.node, "number" in phone.facts) == ("callback_number", False)
    assert errors("number_invalid") in phone.said


def test_a_number_that_is_not_confirmed_is_never_permitted():
    """It stays a person's decision; only "no number" and "no call" are pressed answers."""
    phone = Phone().play(*TO_NUMBER, "0810000456", SILENT, SILENT)
    assert (phone.facts["callback"], phone.node) == ("unanswered", "level")
    assert Phone().play(*TO_NUMBER, SILENT, SILENT).facts["callback"] == "unanswered"
    assert Phone().play(*TO_NUMBER, "*").facts["callback"] == "none"


def test_a_denied_number_is_typed_again_and_given_up_in_the_end():
    phone = Phone().play(*TO_NUMBER, *("0810000456", "2") * 3, "0810000456")
    assert (phone.node, "callback" in phone.facts) == ("level", False)


def test_the_other_number_is_read_back_and_then_asked_for_a_safe_time():
    phone = Phone().play(*TO_NUMBER, "0810000456#")
    assert "ศูนย์ แปด หนึ่ง, ศูนย์ ศูนย์ ศูนย์, ศูนย์ สี่ ห้า หก" in phone.said
    phone.do("1")
    assert (phone.node, phone.facts["number"]) == ("callback_time", "+66810000456")


@pytest.mark.parametrize("entry", ["99999", "9911", "abcde", "๙๙๑๑๐"])
def test_an_unknown_postal_code_is_asked_again_once_then_the_call_moves_on(entry):
    phone = Phone().play(*TO_POSTAL, entry)
    assert phone.node == "place_postal"
    assert errors("code_unknown") in phone.said
    assert (phone.do(entry).node, phone.facts["place"]) == ("conflict", "unknown")


def test_who_cannot_speak_is_asked_for_the_postal_code_only_once():
    phone = Phone(World(NOBODY)).play("1", "2", "1", "2")
    assert phone.node == "place_postal"
    assert phone.said == FLOW.nodes["place_postal"].texts["th_quiet"]
    assert phone.do("99999").node == "ref_offer"


def test_a_code_of_several_districts_offers_them_and_none_of_these():
    phone = Phone().play(*TO_POSTAL, "99120")
    assert "บึงทดลอง" in phone.said
    assert "เขาตัวอย่าง" in phone.said
    assert phone.do("3").node == "place_pick", "a key between the last district and the last option"
    assert phone.do("5").facts["place"] == "unknown"


def test_the_welcome_changes_language_there_and_back():
    phone = Phone().do("4")
    assert (phone.facts["lang"], phone.node) == ("en", "welcome")
    assert phone.do("4").facts["lang"] == "th"


def test_round_and_round_at_the_welcome_ends_at_a_person():
    assert Phone(World(AWAY)).play("4", "4", "4", "4").node == "agent_queue"


def test_head_and_announcement_are_spoken_once_a_call():
    phone = Phone().play("2", SILENT, "9", "2")
    head = FLOW.nodes["group"].texts["th_head"]
    assert phone.transcript().count(head) == 1
    assert phone.transcript().count(FLOW.announce.texts["th"]) == 1


NEWS = {"th": "ทราบเรื่องน้ำท่วมแล้ว", "en": "We know about the flood."}


def heard(phone):
    """How often each language's announcement was said so far."""
    return [phone.transcript().count(text) for text in NEWS.values()]


def test_an_announcement_is_said_once_in_each_language_and_again_for_who_asks():
    phone = Phone(announcement=NEWS)
    assert heard(phone) == [1, 0]
    assert heard(phone.do(SILENT)) == [1, 0]
    assert heard(phone.do("4")) == [1, 1]
    assert heard(phone.do("*")) == [1, 2]
    assert heard(phone.play("2", "9")) == [1, 2]


def test_safety_rule_03_keys_count_during_an_announcement_and_danger_is_named_before_it():
    phone = Phone(announcement=NEWS)
    (gather,) = phone.verbs
    said = [one.text for one in gather.prompts]
    assert said[:2] == [FLOW.front["th"], NEWS["th"]]
    assert spoken_keys(said[0], "th") == {"1"}
    assert phone.do("1").node == "danger_now"


def test_a_call_without_an_announcement_hears_the_usual_welcome():
    phone = Phone()
    assert FLOW.front["th"] not in phone.transcript()
    assert FLOW.nodes["welcome"].texts["th_announced"] not in phone.transcript()
