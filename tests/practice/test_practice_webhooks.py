"""Webhooks are signed, retried as their fragment says, and led to the fallback address."""

import threading

import pytest
import requests
from flask import Response, request
from twilio.request_validator import RequestValidator

from practice.delivery import Reply
from practice.overrides import read_overrides
from practice.signing import sent_url, signature, with_query

GOOD = "<Say>hello</Say>"


def failing(times, status, page=GOOD):
    """A page that fails so many times before it is given."""
    left = [status] * times
    return lambda: Response("no", left.pop(0)) if left else page


def lead_to(world, fragment, page):
    """Let the first document lead to a page with a fragment, then phone."""
    world.toy.pages |= {
        "/voice": f"<Redirect>/next{fragment}</Redirect>",
        "/next": page,
        "/fallback": GOOD,
    }
    return world.call()


def test_a_call_comes_with_every_documented_parameter(world):
    world.toy.pages["/voice"] = GOOD
    call = world.call(**{"from": "anonymous"})
    form = world.toy.got("/voice")[0]
    assert form["CallSid"] == call["sid"]
    assert (form["From"], form["To"], form["Direction"]) == ("anonymous", "+6621266565", "inbound")
    assert form["CallStatus"] == "ringing"
    assert {"AccountSid", "ApiVersion", "Called", "Caller", "StirVerstat"} <= set(form)


def test_the_status_at_the_end_counts_seconds_and_begun_minutes(world):
    world.toy.pages["/voice"] = "<Pause length='61'/>"
    world.call()
    form = world.toy.got("/status")[0]
    assert (form["CallStatus"], form["CallDuration"], form["Duration"]) == ("completed", "61", "2")
    assert (form["SequenceNumber"], form["CallbackSource"]) == ("0", "call-progress-events")


def test_a_get_webhook_signs_its_query(world):
    world.toy.pages |= {"/voice": '<Redirect method="GET">/next?a=%E0%B8%81</Redirect>'}
    world.toy.pages["/next"] = lambda: f"<Say>{request.args['CallStatus']}</Say>"
    assert world.said(world.call()) == ["in-progress"]


def test_fragment_user_and_https_port_are_not_signed():
    assert sent_url("https://u:p@a.example:8443/x?y=1#rc=2") == "https://a.example:8443/x?y=1"
    signed = signature("t", "https://a.example:8443/x", {"A": "1"})
    assert RequestValidator("t").validate("https://a.example/x", {"A": "1"}, signed)
    assert with_query("http://a.example/x?y=1", {"A": "ก"}) == "http://a.example/x?y=1&A=%E0%B8%81"


@pytest.mark.parametrize(
    ("fragment", "failures", "tries", "reaches"),
    [
        ("", 1, 1, False),
        ("#rc=2&amp;rp=ct,rt,5xx", 2, 3, True),
        ("#rc=2&amp;rp=ct,rt,5xx", 3, 3, False),
        ("#rc=1&amp;rp=all", 1, 2, True),
        ("#rc=0&amp;rp=all", 1, 1, False),
    ],
)
def test_a_failure_is_retried_only_where_the_fragment_says_so(
    world, fragment, failures, tries, reaches
):
    call = lead_to(world, fragment, failing(failures, 500))
    assert len(world.toy.got("/next")) == tries
    assert ("/fallback" in world.toy.paths()) is not reaches
    assert world.said(call) == ["hello"]


def test_retries_carry_the_same_token(world):
    lead_to(world, "#rc=2&amp;rp=all", failing(2, 503))
    tokens = {s.headers["I-Twilio-Idempotency-Token"] for s in world.toy.seen if s.path == "/next"}
    assert len(tokens) == 1


def test_a_slow_answer_is_given_up_after_the_read_timeout(world):
    released = threading.Event()
    world.toy.pages["/slow"] = lambda: (released.wait(5), GOOD)[1]
    call = lead_to(world, "#rt=200&amp;rc=1&amp;rp=rt", world.toy.pages["/slow"])
    released.set()
    slow = next(w for w in call["webhooks"] if w["url"].endswith("/next"))
    assert (slow["failure"], slow["attempts"]) == ("rt", 2)
    assert call["ended_by"] == "hotline"
    assert "/fallback" in world.toy.paths()


def test_an_answer_that_breaks_off_is_not_retried(world):
    broken = Response(iter([b"<Response><Say>hel"]), mimetype="text/xml")
    broken.headers["Content-Length"] = "400"
    call = lead_to(world, "#rc=3&amp;rp=all", broken)
    assert len(world.toy.got("/next")) == 1
    assert "/fallback" in world.toy.paths()
    assert call["webhooks"][1]["failure"] == "partial"


def test_a_wrong_fragment_in_a_document_is_told_and_the_default_holds(world):
    call = lead_to(world, "#rc=77", GOOD)
    assert world.said(call) == ["hello"]
    assert world.problems() == [0]


def test_the_defaults_are_one_retry_of_the_connection_in_fifteen_seconds():
    found, wrong = read_overrides("")
    assert (found.connect_s, found.read_s, found.total_s, found.retries) == (5.0, 15.0, 15.0, 1)
    assert (found.causes, wrong) == ({"ct"}, [])
    assert not found.retries_after(Reply(500, failure="5xx").failure)


@pytest.mark.parametrize("fragment", ["ct=50", "rc=9", "rp=often", "tries=2", "rt=16000"])
def test_a_wrong_fragment_is_noticed(fragment):
    assert read_overrides(fragment)[1] != []


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (Response("no", 500), 11200),
        (Response("moved", 302, {"Location": "/voice"}), 11200),
        (Response("hello", mimetype="text/plain"), 12300),
        (Response("<Response><Say>", mimetype="text/xml"), 12100),
        (Response("", mimetype="text/xml"), 12100),
        (Response("<!DOCTYPE a><Response/>", mimetype="text/xml"), 12100),
        ("<Say voise='a'>b</Say>", 12200),
        ("<Enqueue>room</Enqueue>", 12200),
        ('<Dial record="record-from-answer">+66810000002</Dial>', 12200),
        (f"<Say>{'a' * 4097}</Say>", 12200),
        (f"<!--{'a' * 66000}-->", 11750),
    ],
    ids=str,
)
def test_a_bad_document_is_noted_and_leads_to_the_fallback_once(world, page, code):
    world.toy.pages |= {"/voice": page, "/fallback": GOOD}
    call = world.call()
    told = world.toy.got("/fallback")
    assert [form["ErrorCode"] for form in told] == [str(code)]
    assert world.problems() == [code]
    assert world.said(call) == ["hello"]


def test_a_call_without_a_working_fallback_ends_by_the_provider(world):
    world.toy.pages |= {"/voice": Response("no", 500), "/fallback": Response("no", 500)}
    call = world.call()
    assert (call["status"], call["ended_by"]) == ("completed", "provider")
    assert world.toy.got("/status")[0]["CallStatus"] == "completed"


def test_a_redirect_that_goes_round_and_round_is_cut(world):
    world.toy.pages["/voice"] = "<Redirect>/voice</Redirect>"
    call = world.call()
    assert call["ended_by"] == "provider"


def test_reject_refuses_a_call_before_it_is_answered(world):
    world.toy.pages["/voice"] = '<Reject reason="busy"/>'
    assert world.call()["status"] == "busy"


@pytest.mark.parametrize(("fault", "requests_seen"), [("connect", 1), ("read", 2)])
def test_a_broken_connection_for_one_document_is_retried(world, fault, requests_seen):
    world.toy.pages |= {
        "/voice": '<Gather action="/key#rc=1&amp;rp=ct,rt" numDigits="1"/>',
        "/key": GOOD,
    }
    call = world.call(keys="1", connection=[{"document": 2, "fault": fault}])
    assert len(world.toy.got("/key")) == requests_seen
    assert world.said(call) == ["hello"]


def test_a_replay_sends_the_same_bytes_with_the_same_signature(world):
    world.toy.pages["/voice"] = GOOD
    world.call()
    again = world.control("POST", "/replay", {"index": 0})
    assert (again["status"], again["same"]) == (200, True)
    first, second = (seen for seen in world.toy.seen if seen.path == "/voice")
    assert first == second


def test_a_replay_that_is_answered_in_another_way_is_told(world):
    answers = iter(["<Say>first</Say>", "<Say>second</Say>"])
    world.toy.pages["/voice"] = lambda: next(answers)
    world.call()
    again = world.control("POST", "/replay", {"index": 0})
    assert again["same"] is False
    assert "second" in again["body"]


def test_many_callers_at_once_each_have_a_call_of_their_own(world):
    world.toy.pages |= {"/voice": '<Gather action="/key" numDigits="1"/>', "/key": GOOD}
    sids = [world.control("POST", "/calls", {"keys": "1"})["sid"] for _ in range(30)]
    calls = [world.over(sid) for sid in sids]
    assert all(world.said(call) == ["hello"] for call in calls)
    assert {form["CallSid"] for form in world.toy.got("/status")} == set(sids)


def test_the_control_side_answers_only_under_the_name_of_this_machine(world):
    foreign = {"Host": "practice.example"}
    answer = requests.get(f"{world.url}/practice/ledger", headers=foreign, timeout=10)
    assert answer.status_code == 403


def test_the_control_side_refuses_what_it_does_not_know(world):
    for path, data in [
        ("/calls", {"keys": "x"}),
        ("/calls", {"number": 1}),
        ("/faults", {"rest": ["strike"]}),
    ]:
        answer = requests.post(f"{world.url}/practice{path}", json=data, timeout=10)
        assert answer.status_code == 400, path
    for phone in [{"behaviour": "sing"}, {"colour": "red"}, {"ring_s": "long"}, {"keys": "x"}]:
        inside = f"{world.url}/practice/phones/+66810000001"
        assert requests.put(inside, json=phone, timeout=10).status_code == 400, phone
    assert requests.get(f"{world.url}/practice/calls/CA0", timeout=10).status_code == 404
    assert requests.post(f"{world.url}/practice/replay", json={}, timeout=10).status_code == 404
    outside = f"{world.url}/practice/phones/+66891234567"
    assert requests.put(outside, json={"behaviour": "busy"}, timeout=10).status_code == 400
