"""Faults happen exactly as often as a test ordered them."""

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

ACCOUNT, TOKEN, HOTLINE = "AC" + "1" * 32, "0123456789abcdef0123456789abcdef", "+6621266565"
PERSON = "+66810000009"


def create(world, timeout=10):
    """Make a call; what goes wrong is raised."""
    client = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=timeout))
    client.api.base_url = world.url
    world.toy.pages["/out"] = "<Hangup/>"
    return client.calls.create(to=PERSON, from_=HOTLINE, url=f"{world.toy.url}/out")


def rings(world):
    """How often a telephone rang."""
    return len(world.control("GET", "/ledger"))


@pytest.mark.parametrize(
    ("fault", "status", "rung"),
    [
        ("429", 429, 0),
        ("500_before", 500, 0),
        ("500_after", 500, 1),
        ("400", 400, 0),
        ("401", 401, 0),
    ],
)
def test_a_failing_create_rings_only_where_it_failed_afterwards(world, fault, status, rung):
    world.control("POST", "/faults", {"rest": [fault]})
    with pytest.raises(TwilioRestException) as failed:
        create(world)
    assert failed.value.status == status
    world.until(lambda: rings(world) == rung)
    world.over(create(world).sid)
    assert rings(world) == rung + 1


@pytest.mark.parametrize(("fault", "rung"), [("reset", 1), ("reset_before", 0)])
def test_a_reset_connection_leaves_the_outcome_open(world, fault, rung):
    world.control("POST", "/faults", {"rest": [fault]})
    with pytest.raises(requests.ConnectionError):
        create(world)
    world.until(lambda: rings(world) == rung)


@pytest.mark.parametrize(("fault", "rung"), [("hang", 1), ("hang_before", 0)])
def test_a_hanging_create_lets_go_when_the_faults_are_cleared(world, fault, rung):
    world.control("POST", "/faults", {"rest": [fault]})
    with pytest.raises(requests.Timeout):
        create(world, timeout=0.3)
    world.control("DELETE", "/faults")
    world.until(lambda: rings(world) == rung)


def test_a_page_of_html_stands_where_json_is_expected(world):
    world.control("POST", "/faults", {"rest": ["html"]})
    with pytest.raises(TwilioRestException):
        create(world)
    world.until(lambda: rings(world) == 1)


def recording_url(world):
    """Make a recording and tell where its sound is."""
    world.toy.pages |= {
        "/voice": '<Record action="/done" recordingStatusCallback="/told" '
        'recordingStatusCallbackEvent="completed absent"/>',
        "/done": "<Hangup/>",
    }
    world.call()
    return world.toy.got("/done")[0]["RecordingUrl"] + ".wav"


@pytest.mark.parametrize(
    ("fault", "status", "kind", "size"),
    [
        ("404", 404, "application/json", None),
        ("zero", 200, "audio/x-wav", 0),
        ("short", 200, "audio/x-wav", 40022),
        ("html", 200, "text/html; charset=utf-8", None),
    ],
)
def test_a_broken_store_hands_out_something_else_once(world, fault, status, kind, size):
    url = recording_url(world)
    world.control("POST", "/faults", {"media": [fault]})
    broken = requests.get(url, auth=(ACCOUNT, TOKEN), timeout=10)
    assert (broken.status_code, broken.headers["Content-Type"]) == (status, kind)
    assert size is None or len(broken.content) == size
    assert len(requests.get(url, auth=(ACCOUNT, TOKEN), timeout=10).content) == 80044


def test_a_lost_recording_is_told_as_absent(world):
    world.control("POST", "/faults", {"media": ["absent"]})
    url = recording_url(world)
    assert [form["RecordingStatus"] for form in world.toy.got("/told")] == ["absent"]
    assert requests.get(url, auth=(ACCOUNT, TOKEN), timeout=10).status_code == 404


def test_every_webhook_can_be_sent_twice(world):
    world.toy.pages |= {"/voice": '<Gather action="/key" numDigits="1"/>', "/key": "<Hangup/>"}
    world.control("POST", "/faults", {"webhooks": {"duplicate": 1}})
    world.call(keys="1")
    assert world.toy.paths() == ["/voice", "/voice", "/key", "/key", "/status", "/status"]
    assert world.toy.seen[0] == world.toy.seen[1]
    assert world.control("GET", "/health")["differences"] == []


def test_a_repeated_webhook_that_is_answered_in_another_way_is_noticed(world):
    answers = iter(["<Say>first</Say>", "<Say>second</Say>"])
    world.toy.pages["/voice"] = lambda: next(answers)
    world.control("POST", "/faults", {"webhooks": {"duplicate": 1}})
    world.call()
    difference = world.control("GET", "/health")["differences"][0]
    assert "first" in difference["first"]["body"]
    assert "second" in difference["again"]["body"]


def test_lost_webhooks_never_arrive(world):
    world.toy.pages["/voice"] = "<Hangup/>"
    world.control("POST", "/faults", {"webhooks": {"drop": ["status"]}})
    call = world.call()
    assert world.toy.paths() == ["/voice"]
    assert call["webhooks"][-1]["failure"] == "dropped"


def test_shuffled_events_all_arrive_after_the_call_in_an_order_fixed_by_the_seed(world):
    events = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'
    world.toy.pages["/voice"] = f"<Dial><Number {events}>{PERSON}</Number></Dial><Say>bye</Say>"
    orders = []
    for _ in range(2):
        world.toy.seen.clear()
        world.control("POST", "/faults", {"webhooks": {"shuffle_seed": 3}})
        world.call()
        orders.append([form["CallStatus"] for form in world.toy.got("/leg")])
    assert orders[0] == orders[1] != ["initiated", "ringing", "in-progress", "completed"]
    assert sorted(orders[0]) == ["completed", "in-progress", "initiated", "ringing"]


def test_clearing_the_ledger_cuts_the_calls_that_go_on(world):
    world.toy.pages["/voice"] = "<Gather timeout='60'/>"
    sid = world.control("POST", "/calls", {"keys": "w10"})["sid"]
    world.until(lambda: "real seconds" in str(world.control("GET", f"/calls/{sid}")["transcript"]))
    world.control("DELETE", "/ledger")
    assert world.toy.paths() == ["/voice", "/status"]
    assert world.control("GET", "/health")["active"] == 0


def test_clearing_the_ledger_forgets_everything(world):
    world.toy.pages["/voice"] = f"<Dial>{PERSON}</Dial>"
    world.control("PUT", f"/phones/{PERSON}", {"behaviour": "busy"})
    world.control("POST", "/faults", {"rest": ["429"]})
    world.call()
    world.control("DELETE", "/ledger")
    assert world.control("GET", "/ledger") == []
    assert world.control("GET", "/phones") == {}
    assert world.control("GET", "/webhooks") == []
    assert world.control("GET", "/faults")["rest"] == []
    assert world.control("GET", "/health")["calls"] == 0
