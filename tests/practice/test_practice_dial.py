"""Dial rings other phones, lets them be asked, and bridges."""

import pytest

from tests.practice.test_practice_rest import client_of

OPERATOR, SECOND = "+66810000002", "+6621000003"
EVENTS = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'
ASK = '<Gather numDigits="1" action="/take"><Say>press 1</Say></Gather><Hangup/>'


def dial(world, phone=None, *, numbers=(OPERATOR,), attributes='timeout="20"', **script):
    """One call that rings numbers with a whisper; the call and what the action was told."""
    nouns = "".join(f'<Number url="/ask" {EVENTS}>{number}</Number>' for number in numbers)
    world.toy.pages |= {
        "/voice": f'<Dial action="/done" callerId="+6621266565" {attributes}>{nouns}</Dial>',
        "/ask": ASK,
        "/take": lambda: "",
        "/done": "<Hangup/>",
    }
    if phone is not None:
        world.control("PUT", f"/phones/{OPERATOR}", phone)
    call = world.call(**script)
    return call, world.toy.got("/done")[0]


def events(world):
    """The statuses of the rung legs, in order."""
    return [form["CallStatus"] for form in world.toy.got("/leg")]


def test_who_presses_one_is_bridged_with_the_caller(world):
    call, done = dial(world)
    assert (done["DialCallStatus"], done["DialBridged"]) == ("completed", "true")
    assert done["DialCallSid"] == call["children"][0]["sid"]
    assert events(world) == ["initiated", "ringing", "in-progress", "completed"]
    assert world.control("GET", "/ledger")[0]["bridged"] is True
    assert call["children"][0]["ended_by"] == "phone"
    assert world.problems() == []


def test_the_whisper_runs_on_the_leg_of_the_phone(world):
    call, _ = dial(world)
    asked = world.toy.got("/ask")[0]
    assert asked["CallSid"] == call["children"][0]["sid"]
    assert asked["ParentCallSid"] == call["sid"]
    assert (asked["Direction"], asked["From"]) == ("outbound-dial", "+6621266565")


@pytest.mark.parametrize("keys", ["", "h"])
def test_who_does_not_press_is_not_bridged(world, keys):
    call, done = dial(world, {"keys": keys})
    assert (done["DialCallStatus"], done["DialBridged"]) == ("completed", "false")
    assert call["children"][0]["status"] == "completed"


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [("no_answer", "no-answer"), ("busy", "busy"), ("failed", "failed")],
)
def test_a_phone_that_is_not_answered_ends_the_dial(world, behaviour, status):
    call, done = dial(world, {"behaviour": behaviour})
    assert (done["DialCallStatus"], done["DialBridged"]) == (status, "false")
    assert call["children"][0]["status"] == status
    assert world.toy.got("/ask") == []


def test_a_phone_that_rings_longer_than_the_timeout_is_no_answer(world):
    _, done = dial(world, {"ring_s": 30})
    assert done["DialCallStatus"] == "no-answer"


def test_a_machine_answers_and_presses_nothing(world):
    _, done = dial(world, {"behaviour": "machine"})
    assert done["DialBridged"] == "false"
    assert world.control("GET", "/ledger")[0]["answered_by"] == "machine_start"


def test_behaviours_follow_one_another(world):
    phone = {"behaviour": "no_answer", "then": ["busy", {"behaviour": "answer", "keys": "1"}]}
    assert dial(world, phone)[1]["DialCallStatus"] == "no-answer"
    world.call()
    world.call()
    assert [form["DialCallStatus"] for form in world.toy.got("/done")] == [
        "no-answer",
        "busy",
        "completed",
    ]


def test_of_phones_that_ring_together_the_first_answer_has_it(world):
    call, done = dial(world, {"ring_s": 9}, numbers=(OPERATOR, SECOND))
    assert [leg["status"] for leg in call["children"]] == ["canceled", "completed"]
    assert done["DialCallSid"] == call["children"][1]["sid"]


def test_phones_in_sequence_ring_one_after_another(world):
    attributes = 'timeout="20" sequential="true"'
    phone = {"behaviour": "busy"}
    call, done = dial(world, phone, numbers=(OPERATOR, SECOND), attributes=attributes)
    assert [leg["status"] for leg in call["children"]] == ["busy", "completed"]
    assert done["DialBridged"] == "true"


def test_a_ring_that_the_rest_side_ends_leaves_the_caller_in_the_call(slow_world):
    world = slow_world
    number = f'<Number url="/ask" {EVENTS}>{OPERATOR}</Number>'
    world.toy.pages |= {
        "/voice": f'<Dial action="/done" callerId="+6621266565" timeout="600">{number}</Dial>',
        "/done": "<Hangup/>",
    }
    world.control("PUT", f"/phones/{OPERATOR}", {"ring_s": 900})
    sid = world.control("POST", "/calls", {})["sid"]
    child = world.until(lambda: world.control("GET", f"/calls/{sid}")["children"])[0]["sid"]
    world.until(lambda: "ringing" in events(world))
    client_of(world).calls(child).update(status="canceled")
    call = world.over(sid)
    assert (call["status"], call["children"][0]["status"]) == ("completed", "canceled")
    assert world.toy.got("/done")[0]["DialCallStatus"] == "canceled"
    assert events(world)[-1] == "canceled"


def test_a_caller_who_hangs_up_while_it_rings_cancels_the_ring(world):
    call, done = dial(world, keys="h2")
    assert call["children"][0]["status"] == "canceled"
    assert (done["DialCallStatus"], done["CallStatus"]) == ("canceled", "completed")
    assert call["ended_by"] == "caller"
    assert len(call["documents"]) == 1


def test_without_an_action_the_next_verb_follows(world):
    world.toy.pages["/voice"] = f"<Dial>{OPERATOR}</Dial><Say>goodbye</Say>"
    call = world.call()
    assert world.said(call) == ["goodbye"]


def test_who_sets_no_caller_id_shows_the_callers_number(world):
    world.toy.pages["/voice"] = f"<Dial>{OPERATOR}</Dial>"
    world.call(**{"from": "+66810000001"})
    assert world.control("GET", "/ledger")[0]["from"] == "+66810000001"


def test_a_number_outside_the_practice_world_never_rings(world):
    world.toy.pages["/voice"] = "<Dial>+66891234567</Dial>"
    call = world.call()
    assert call["children"][0]["status"] == "failed"
    assert world.control("GET", "/ledger") == []
    assert world.problems() == [13224]


@pytest.mark.parametrize(
    ("behaviour", "verdict"),
    [("answer", "human"), ("machine", "machine_start"), ("fax", "fax"), ("unknown", "unknown")],
)
def test_the_verdict_about_who_answered_comes_while_the_whisper_runs(world, behaviour, verdict):
    number = f'<Number url="/ask" machineDetection="Enable" amdStatusCallback="/amd">{OPERATOR}'
    world.toy.pages |= {"/voice": f"<Dial>{number}</Number></Dial>", "/ask": ASK, "/take": ""}
    world.control("PUT", f"/phones/{OPERATOR}", {"behaviour": behaviour})
    call = world.call()
    told = world.toy.got("/amd")
    assert [form["AnsweredBy"] for form in told] == [verdict]
    assert told[0]["CallSid"] == call["children"][0]["sid"]
    assert world.toy.paths().index("/amd") > world.toy.paths().index("/ask")


def test_a_whisper_that_cannot_be_had_bridges_nobody(world):
    world.toy.pages |= {
        "/voice": f'<Dial action="/done"><Number url="/nothing">{OPERATOR}</Number></Dial>',
        "/done": "<Hangup/>",
    }
    world.call()
    assert world.toy.got("/done")[0]["DialBridged"] == "false"


def test_a_foreign_caller_id_rings_nobody(world):
    world.toy.pages |= {
        "/voice": f'<Dial callerId="+6621000999" action="/done">{OPERATOR}</Dial>',
        "/done": "<Hangup/>",
    }
    world.call()
    assert world.toy.got("/done")[0]["DialCallStatus"] == "failed"
    assert world.control("GET", "/ledger") == []
    assert world.problems() == [13214]


def test_a_caller_may_hang_up_while_they_talk(world):
    call, done = dial(world, {"talk_s": 600}, keys="h60")
    assert (done["DialCallStatus"], done["DialBridged"]) == ("completed", "true")
    assert (call["ended_by"], call["children"][0]["ended_by"]) == ("caller", "caller")
    assert call["duration"] == 60


def test_the_time_limit_ends_a_talk(world):
    call, done = dial(world, {"talk_s": 600}, attributes='timeLimit="60"')
    assert done["DialBridged"] == "true"
    assert call["children"][0]["ended_by"] == "provider"


def test_what_is_played_is_named_and_takes_its_time(world):
    world.toy.pages["/voice"] = "<Play>https://a.example/hello.mp3</Play><Say>bye</Say>"
    call = world.call(keys="!1")
    assert world.said(call) == ["[plays /hello.mp3]", "bye"]
    assert call["transcript"][-2]["at"] == 3.0
