"""People who are rung, queues that are left, and callers who ask about a report."""

import pytest

from ivr.turns import Anybody, CheckPin, Position, Reply, Ring, Save, SetPin
from ivr.verbs import Dial, Gather, Hangup, Pause, Redirect
from tests.ivr.conversations import AWAY, NOBODY, SILENT, THERE
from tests.ivr.documents import FLOW
from tests.ivr.made_up_world import REFERENCE, Person, World
from tests.ivr.phone import Phone


def test_people_are_rung_one_after_another_until_the_ceiling():
    phone = Phone(World((Person(1), Person(2), Person(3)))).play("1", "1")
    assert [ring.rung for ring in phone.asked(Ring)][:3] == [(), (1,), (1, 2)]
    assert phone.node == "urgent_no_answer"


def test_everybody_was_tried_so_the_round_starts_again():
    phone = Phone(World((Person(1),))).play("1", "1")
    rung = [line for line in phone.lines if "rings" in line]
    assert len(rung) == 3
    assert phone.node == "urgent_no_answer"


def test_a_person_who_takes_the_call_ends_it_kindly():
    phone = Phone(World(THERE)).play("1", "1")
    assert (phone.node, phone.facts["talked"]) == ("goodbye", True)
    assert isinstance(phone.verbs[-1], Hangup)


def test_taken_but_never_joined_rings_on():
    phone = Phone(World(AWAY)).play("2", "0")
    phone.once(Reply())
    assert isinstance(phone.verbs[-1], Dial)
    phone.once(Reply(dial_status="completed", dial_bridged=False))
    assert (phone.node, "talked" in phone.facts) == ("agent_queue", False)


def test_nobody_on_duty_rings_nobody_and_says_so():
    phone = Phone(World(NOBODY)).play("1", "1")
    assert phone.asked(Ring) == []
    assert phone.said == FLOW.nodes["urgent_no_answer"].texts["th_closed"]


class Busy(World):
    """Somebody is on duty, and talking to somebody else."""

    def _ring(self, asked):
        return None


def test_everybody_busy_waits_without_keys_in_danger_and_with_keys_otherwise():
    urgent = Phone(Busy()).play("1")
    urgent.once(Reply("1"))
    assert [type(verb) for verb in urgent.verbs][-2:] == [Pause, Redirect]
    ordinary = Phone(Busy()).play("0", SILENT)
    assert isinstance(ordinary.verbs[-1], Gather)
    assert ordinary.play(*[SILENT] * 12).node == "no_agent"


def test_the_queue_tells_the_position_and_takes_the_wish_for_a_callback():
    phone = Phone(World(AWAY)).play("2", "1", "1", "1", "1", "0")
    assert len(phone.asked(Position)) == 1
    assert "คิวที่ หนึ่ง" in phone.said
    phone.do("1")
    assert (phone.node, "callback" in phone.facts) == ("callback_ask", False)


@pytest.mark.parametrize("key", ["8", "0", "*", "9"])
def test_other_keys_in_the_queue_neither_delay_the_ring_nor_hold_the_caller_for_ever(key):
    phone = Phone(World(AWAY)).play("0")
    assert phone.node == "agent_queue"
    phone.once(Reply(key))
    assert isinstance(phone.verbs[-1], Dial)
    assert Phone(World(AWAY)).play("0", *[key] * 30).node != "agent_queue"


def test_the_case_is_saved_before_anybody_is_rung():
    phone = Phone(World(THERE)).play("2", "1", "3", "1")
    kinds = [type(asked) for asked in phone.world.asked]
    assert kinds.index(Save) < kinds.index(Anybody) < kinds.index(Ring)


def test_rung_in_vain_too_often_the_call_ends_by_the_numbers_that_answer():
    phone = Phone(World(NOBODY)).play(*["0"] * 12)
    assert phone.state.ended
    assert FLOW.nodes["lines"].texts["th"] in phone.transcript()


def test_back_from_a_queue_the_call_goes_on_where_it_stopped():
    phone = Phone(World(NOBODY)).play("2", "1", "0", "1")
    assert phone.node == "sub_v"
    phone = Phone(World(NOBODY)).play("2", "1", "1", "1", "1", "0", "1")
    assert phone.node == "level"


# ---- asking about a report


def test_reference_and_pin_open_the_status_and_nothing_else():
    phone = Phone().play("3", REFERENCE, "7315")
    assert phone.asked(CheckPin) == [CheckPin(REFERENCE, "7315")]
    assert "กำลังแก้ไข" in phone.said
    assert (phone.node, phone.facts["followed_case"]) == ("follow_status", True)


@pytest.mark.parametrize("reference", ["482913705", "123", "๔๘๒๙๑๓๗๐๔"])
def test_a_mistyped_reference_asks_nothing_of_the_world(reference):
    phone = Phone().play("3", reference)
    assert (phone.node, phone.world.asked) == ("follow_ref", [])
    assert phone.play(reference, reference).node == "follow_no_ref"


def test_a_wrong_pin_three_times_leads_to_a_person():
    phone = Phone(World(AWAY)).play("3", REFERENCE, "1111", "2222", "3333")
    assert phone.node == "agent_queue"
    assert "followed_case" not in phone.facts


def test_a_proved_case_is_not_gone_back_over():
    """Else a new report in the same call would be neither a case nor an addition."""
    phone = Phone(World(NOBODY)).play("3", REFERENCE, "7315", "9")
    assert (phone.node, phone.state.misses) == ("follow_status", 1)
    assert phone.play("0", "1").node == "follow_notice"


def test_an_addition_is_recorded_behind_a_yes_and_no_new_reference_is_told():
    phone = Phone().play("3", REFERENCE, "7315", "1", "1", "speak")
    assert phone.state.ended
    assert phone.asked(SetPin) == []
