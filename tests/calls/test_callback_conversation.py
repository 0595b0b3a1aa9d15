"""The two legs of a callback as the provider meets them: documents, turns, outcomes."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest

from calls.policy import current_policy
from cases.exclusions import exclude_person
from core.database import transaction
from ivr.callback_legs import LISTEN_S
from tests.calls.callback_world import World
from tests.calls.exchange import CALLER, new_sid

POLICY = current_policy()
TELLING = (
    "ศูนย์ความปลอดภัย",
    "สายด่วน",
    "กระทรวง",
    "แจ้งเรื่อง",
    "hotline",
    "ministry",
    "safety",
    "report",
)


def spoken(document: ET.Element) -> str:
    """Everything that a document says."""
    return " ".join(say.text or "" for say in document.iter("Say"))


def verbs(document: ET.Element) -> list[str]:
    """Its verbs in order, without what is nested."""
    return [verb.tag for verb in document]


def test_the_operator_hears_a_neutral_offer_and_takes_it_with_one(world: World) -> None:
    world.owe()
    key, sid = world.ring_operator()
    offer = world.document(key, 0, sid)
    assert verbs(offer) == ["Gather", "Hangup"]
    assert "กด หนึ่ง" in spoken(offer)
    assert not any(word in spoken(offer) for word in TELLING)
    dial = world.document(key, 1, sid, Digits="1").find("Dial")
    assert dial is not None
    [number] = dial
    [attempt] = world.attempts
    assert dial.get("callerId") == "+6621266565"
    assert dial.get("timeout") == str(POLICY.caller_ring_s)
    assert f"/ivr/leg/{key}/2#" in (dial.get("action") or "")
    assert number.text == CALLER
    assert f"/ivr/leg/{attempt.caller_leg_key}/0#" in (number.get("url") or "")
    assert f"/ivr/leg-status/{attempt.caller_leg_key}#" in (number.get("statusCallback") or "")
    assert f"/ivr/leg-amd/{attempt.caller_leg_key}#" in (number.get("amdStatusCallback") or "")
    assert number.get("machineDetection") == "Enable"
    assert (world.callback.state, world.callback.tries) == ("dialling_caller", 0)


@pytest.mark.parametrize("rings", ["operator", "caller"])
def test_safety_rule_07_who_is_shut_out_while_it_rings_never_talks_to_the_caller(
    world: World, rings: str
) -> None:
    world.owe()
    if rings == "operator":
        key, sid = world.ring_operator()
        world.body(key, 0, sid)
    else:
        _, _, key, sid = world.ring_caller()
        world.body(key, 0, sid, AnsweredBy="human")
    with transaction() as session:
        exclude_person(session, world.case_id, world.attempts[0].staff_id or 0)
    document = world.document(key, 1, sid, Digits="1")
    assert verbs(document)[-1] == "Hangup"
    assert document.find("Dial") is None
    assert world.callback.state != "connected"
    if rings == "operator":
        assert world.attempts[0].outcome == "operator_no_answer"
        assert (world.callback.state, world.callback.tries) == ("due", 0)


def test_an_operator_of_a_quiet_caller_is_told_to_ask_by_keys_first(world: World) -> None:
    """3a.3: a caller who could not speak stays quiet when called."""
    world.owe(quiet=True, said={"keys_only": True})
    key, sid = world.ring_operator()
    world.body(key, 0, sid)
    taken = world.document(key, 1, sid, Digits="1")
    assert verbs(taken) == ["Say", "Say", "Dial"]
    assert "ใช่ กด หนึ่ง" in spoken(taken)


@pytest.mark.parametrize("keys", [["2"], ["", ""], ["hangup"]])
def test_an_operator_who_does_not_take_it_makes_room_for_the_next(
    world: World, keys: list[str]
) -> None:
    world.owe()
    key, sid = world.ring_operator()
    world.body(key, 0, sid)
    for turn, digits in enumerate(keys, start=1):
        document = world.document(key, turn, sid, Digits=digits)
    assert verbs(document) == ["Hangup"]
    assert world.attempts[0].outcome == "operator_no_answer"
    assert (world.callback.state, world.callback.tries) == ("due", 0)


def test_safety_rule_05_a_human_hears_only_the_code_and_the_keys(world: World) -> None:
    """3a.5: not the ministry, not the topic, not that anyone called."""
    world.owe(said={"language": "en"})
    _, _, key, sid = world.ring_caller()
    hello = world.document(key, 0, sid, AnsweredBy="human")
    assert spoken(hello) == (
        "Hello, this is line four two. Can talk, press 1. Not now, press 2. "
        "Wrong person, press 3. Do not call again, press 9."
    )
    assert not any(word in spoken(hello).lower() for word in TELLING)


def test_a_thai_hello_has_no_digit_characters(world: World) -> None:
    world.owe()
    _, _, key, sid = world.ring_caller()
    said = spoken(world.document(key, 0, sid, AnsweredBy="human"))
    assert "สี่ สอง" in said
    assert not any(char.isdigit() for char in said)
    assert not any(word in said for word in TELLING)


def test_until_the_verdict_the_leg_is_silent_and_the_verdict_may_come_by_itself(
    world: World,
) -> None:
    world.owe()
    _, _, key, sid = world.ring_caller()
    silence = world.document(key, 0, sid)
    assert (verbs(silence), spoken(silence)) == (["Gather", "Hangup"], "")
    assert silence[0].get("timeout") == str(LISTEN_S)
    world.amd(key, "human")
    assert "สี่ สอง" in spoken(world.document(key, 1, sid))


@pytest.mark.parametrize(
    "verdict", ["machine_start", "machine_end_beep", "fax", "unknown", "robot"]
)
@pytest.mark.parametrize("way", ["request", "callback"])
def test_safety_rule_05_machine_fax_and_unknown_hear_not_one_word(
    world: World, verdict: str, way: str
) -> None:
    """3a.5: an abuser may listen to the machine."""
    world.owe()
    operator, operator_sid, key, sid = world.ring_caller()
    heard = ""
    if way == "callback":
        heard += spoken(world.document(key, 0, sid))
        world.amd(key, verdict)
        last = world.document(key, 1, sid)
    else:
        last = world.document(key, 0, sid, AnsweredBy=verdict)
    assert (heard + spoken(last), verbs(last)) == ("", ["Hangup"])
    world.body(operator, 2, operator_sid, DialCallStatus="completed", DialBridged="false")
    assert world.attempts[0].outcome == "machine"
    assert world.attempts[0].identity == "unconfirmed"
    assert world.callback.state == "retry"


def test_no_verdict_at_all_ends_in_silence(world: World) -> None:
    world.owe()
    _, _, key, sid = world.ring_caller()
    documents = [world.document(key, turn, sid) for turn in range(4)]
    assert [verbs(one)[0] for one in documents] == ["Gather", "Gather", "Gather", "Hangup"]
    assert "".join(spoken(one) for one in documents) == ""
    assert world.attempts[0].outcome == "machine"


def test_key_one_joins_the_two_and_confirms_the_person(world: World) -> None:
    world.owe()
    operator, operator_sid, key, sid = world.ring_caller()
    world.body(key, 0, sid, AnsweredBy="human")
    assert verbs(world.document(key, 1, sid, Digits="1")) == []
    assert world.callback.state == "connected"
    assert world.attempts[0].identity == "confirmed"
    over = world.document(operator, 2, operator_sid, DialCallStatus="completed", DialBridged="true")
    assert verbs(over) == ["Hangup"]
    assert (world.attempts[0].outcome, world.callback.state) == ("reached", "done")
    assert world.callback.escalate_at is None
    assert world.timeline()[-3:] == ["callback_connected", "callback_attempt", "callback_done"]


@pytest.mark.parametrize(
    ("key", "outcome", "state"),
    [("2", "not_now", "retry"), ("3", "wrong_person", "decision"), ("9", "stopped", "stopped")],
)
def test_the_other_keys_hang_up_without_a_word(
    world: World, key: str, outcome: str, state: str
) -> None:
    world.owe()
    operator, operator_sid, leg, sid = world.ring_caller()
    world.body(leg, 0, sid, AnsweredBy="human")
    last = world.document(leg, 1, sid, Digits=key)
    assert (verbs(last), spoken(last)) == (["Hangup"], "")
    world.body(operator, 2, operator_sid, DialCallStatus="completed", DialBridged="false")
    assert (world.attempts[0].outcome, world.callback.state) == (outcome, state)


def test_silence_at_the_hello_is_asked_twice_then_left_for_another_time(world: World) -> None:
    world.owe()
    _, _, leg, sid = world.ring_caller()
    world.body(leg, 0, sid, AnsweredBy="human")
    assert "สี่ สอง" in spoken(world.document(leg, 1, sid))
    last = world.document(leg, 2, sid)
    assert (verbs(last), spoken(last)) == (["Hangup"], "")
    assert (world.attempts[0].outcome, world.callback.state) == ("no_answer", "retry")


def test_safety_rule_06_stop_ends_the_dialling_and_a_later_permission_works(
    world: World,
) -> None:
    """3a.6: the case stays and a person decides; only a new key lets it ring again."""
    head = world.operator(2, role="head_operator")
    world.owe(said={"window": "12:00-16:00"})
    other, first_case = world.callback_id, world.case_id
    world.report()
    world.wish()
    _, _, leg, sid = world.ring_caller()
    world.body(leg, 0, sid, AnsweredBy="human")
    world.body(leg, 1, sid, Digits="9")
    assert world.callback.state == "stopped"
    world.case_id, world.callback_id = first_case, other
    assert world.callback.state == "stopped"
    assert ("callback_stopped", head, None) in world.notices()
    world.later(24 * 3600 * 3)
    assert world.ripe() == []
    renewed = world.wish()
    assert world.ripe() == [renewed]


def test_the_same_or_an_older_turn_gets_the_present_answer_byte_for_byte(world: World) -> None:
    world.owe()
    key, sid = world.ring_operator()
    offer = world.body(key, 0, sid)
    assert world.body(key, 0, sid, Digits="1") == offer
    dial = world.body(key, 1, sid, Digits="1")
    for turn, digits in ((1, "1"), (1, "2"), (0, ""), (1, "")):
        assert world.body(key, turn, sid, Digits=digits) == dial
    assert len(world.attempts) == 1
    assert world.callback.state == "dialling_caller"


def test_a_second_call_for_a_leg_is_hung_up_on_and_changes_nothing(world: World) -> None:
    """B43: a key of a leg is good for one call."""
    world.owe()
    key, sid = world.ring_operator()
    world.body(key, 0, sid)
    before = world.leg(key)
    assert verbs(world.document(key, 1, new_sid(), Digits="1")) == ["Hangup"]
    after = world.leg(key)
    assert (after.turn, after.answer, after.call_sid) == (before.turn, before.answer, sid)
    assert world.callback.state == "dialling_operator"


def test_an_unknown_key_and_a_turn_from_nowhere_write_nothing(world: World) -> None:
    world.owe()
    key, sid = world.ring_operator()
    assert verbs(world.document("nobody", 0, sid)) == ["Hangup"]
    assert verbs(world.document(key, 7, sid, Digits="1")) == ["Hangup"]
    assert world.leg(key).turn == 0


def test_the_callers_hours_are_looked_at_again_when_the_operator_accepts(world: World) -> None:
    """Nobody is rung outside the window because an operator took long."""
    world.owe(said={"window": "08:00-12:00"})
    world.now = datetime(2026, 11, 20, 4, 57, tzinfo=UTC)
    key, sid = world.ring_operator()
    world.body(key, 0, sid)
    world.now = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
    refused = world.document(key, 1, sid, Digits="1")
    assert (verbs(refused), refused.find("Dial")) == (["Say", "Hangup"], None)
    assert world.attempts[0].caller_rung_at is None
    assert world.callback.due_at == datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def test_the_kept_answer_is_sealed(world: World) -> None:
    world.owe()
    operator, _, _, _ = world.ring_caller()
    kept = world.leg(operator).answer
    assert kept is not None
    assert CALLER.encode() not in kept
