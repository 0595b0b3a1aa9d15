"""The REST side answers as Twilio publishes it: twilio-python reads every answer."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

ACCOUNT, TOKEN, HOTLINE = "AC" + "1" * 32, "0123456789abcdef0123456789abcdef", "+6621266565"
PERSON = "+66810000009"


def client_of(world, user=ACCOUNT, password=TOKEN):
    """twilio-python, pointed at the provider."""
    client = Client(user, password, ACCOUNT, http_client=TwilioHttpClient(timeout=10))
    client.api.base_url = world.url
    return client


@pytest.fixture
def client(world):
    """twilio-python, signed in with account and token."""
    return client_of(world)


def create(world, client, **more):
    """Make a call to a person who hears one document."""
    world.toy.pages.setdefault("/out", "<Say>hello</Say><Hangup/>")
    return client.calls.create(to=PERSON, from_=HOTLINE, url=f"{world.toy.url}/out", **more)


def test_a_created_call_rings_once_and_plays_its_document(world, client):
    made = create(world, client)
    assert (made.status, made.direction, made.to) == ("queued", "outbound-api", PERSON)
    call = world.over(made.sid)
    assert world.said(call) == ["hello"]
    assert [ring["to"] for ring in world.control("GET", "/ledger")] == [PERSON]
    found = client.calls(made.sid).fetch()
    assert (found.status, found.duration, found.parent_call_sid) == ("completed", "1", None)
    assert found.start_time.tzinfo is not None


def test_a_created_call_reports_the_events_that_were_asked_for(world, client):
    events = ["initiated", "ringing", "answered", "completed"]
    url = f"{world.toy.url}/progress"
    made = create(world, client, status_callback=url, status_callback_event=events)
    world.over(made.sid)
    told = world.toy.got("/progress")
    statuses = [form["CallStatus"] for form in told]
    assert statuses == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in told] == ["0", "1", "2", "3"]


def test_without_a_list_of_events_only_the_end_is_reported(world, client):
    made = create(world, client, status_callback=f"{world.toy.url}/progress")
    world.over(made.sid)
    assert [form["CallStatus"] for form in world.toy.got("/progress")] == ["completed"]


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [("no_answer", "no-answer"), ("busy", "busy"), ("failed", "failed")],
)
def test_a_created_call_that_nobody_answers_never_asks_for_a_document(
    world, client, behaviour, status
):
    world.control("PUT", f"/phones/{PERSON}", {"behaviour": behaviour})
    made = create(world, client)
    assert world.over(made.sid)["status"] == status
    assert world.toy.paths() == []


@pytest.mark.parametrize(("ring_s", "status"), [(14, "completed"), (15, "no-answer")])
def test_a_ring_lasts_five_seconds_longer_than_it_was_asked_to(world, client, ring_s, status):
    world.control("PUT", f"/phones/{PERSON}", {"ring_s": ring_s})
    made = create(world, client, timeout=10)
    assert world.over(made.sid)["status"] == status


@pytest.mark.parametrize(("behaviour", "verdict"), [("answer", "human"), ("fax", "fax")])
def test_detection_puts_its_verdict_into_the_first_request(world, client, behaviour, verdict):
    world.control("PUT", f"/phones/{PERSON}", {"behaviour": behaviour})
    made = create(world, client, machine_detection="Enable")
    world.over(made.sid)
    assert world.toy.got("/out")[0]["AnsweredBy"] == verdict
    assert client.calls(made.sid).fetch().answered_by == verdict


def test_asynchronous_detection_sends_its_verdict_to_an_address_of_its_own(world, client):
    world.toy.pages["/out"] = "<Pause length='10'/>"
    made = create(
        world,
        client,
        machine_detection="Enable",
        async_amd="true",
        async_amd_status_callback=f"{world.toy.url}/amd",
    )
    world.over(made.sid)
    assert "AnsweredBy" not in world.toy.got("/out")[0]
    assert [form["AnsweredBy"] for form in world.toy.got("/amd")] == ["human"]


def test_a_document_may_come_with_the_order(world, client):
    made = client.calls.create(to=PERSON, from_=HOTLINE, twiml="<Response><Say>hi</Say></Response>")
    assert world.said(world.over(made.sid)) == ["hi"]


def test_a_phone_is_taken_out_of_a_talk(slow_world):
    slow_world.control("PUT", f"/phones/{PERSON}", {"ring_s": 0, "talk_s": 900})
    slow_world.toy.pages |= {"/voice": f"<Dial>{PERSON}</Dial>", "/alone": "<Say>a</Say>"}
    sid = slow_world.control("POST", "/calls", {})["sid"]
    show = f"/calls/{sid}"
    slow_world.until(lambda: slow_world.control("GET", show)["bridged"])
    child = slow_world.control("GET", show)["children"][0]["sid"]
    client_of(slow_world).calls(child).update(url=f"{slow_world.toy.url}/alone")
    assert slow_world.said(slow_world.over(child)) == ["a"]
    assert slow_world.over(sid)["ended_by"] == "hotline"


def test_calls_are_found_by_number_status_and_time(world, client):
    before = datetime.now(UTC) - timedelta(minutes=1)
    made = create(world, client)
    world.over(made.sid)

    def sids(**wish):
        return [call.sid for call in client.calls.list(**wish)]

    assert sids(to=PERSON, start_time_after=before) == [made.sid]
    assert sids(to=PERSON, from_=HOTLINE, status="completed") == [made.sid]
    assert sids(to=PERSON, start_time_before=before) == []
    assert sids(to="+66810000001") == []


def test_long_lists_come_in_pages(world, client):
    for _ in range(5):
        create(world, client)
    assert len({call.sid for call in client.calls.list(page_size=2)}) == 5
    assert len(client.calls.list(page_size=2, limit=3)) == 3


def test_a_waiting_caller_is_sent_to_another_document(world, client):
    world.toy.pages |= {
        "/voice": "<Gather numDigits='1' timeout='60'/><Say>alone</Say>",
        "/found": "<Say>here</Say>",
    }
    sid = world.control("POST", "/calls", {"keys": "w10"})["sid"]
    world.until(lambda: client.calls(sid).fetch().status == "in-progress")
    world.until(lambda: "real seconds" in str(world.control("GET", f"/calls/{sid}")["transcript"]))
    client.calls(sid).update(url=f"{world.toy.url}/found")
    assert world.said(world.over(sid)) == ["here"]


def test_a_running_call_is_ended_by_rest(world, client):
    world.toy.pages["/voice"] = "<Gather timeout='60'/>"
    sid = world.control("POST", "/calls", {"keys": "w10"})["sid"]
    world.until(lambda: "real seconds" in str(world.control("GET", f"/calls/{sid}")["transcript"]))
    client.calls(sid).update(status="completed")
    call = world.over(sid)
    assert (call["status"], call["ended_by"]) == ("completed", "api")


def test_in_real_time_an_order_of_rest_does_not_wait_for_a_pause_to_end(slow_world):
    slow_world.toy.pages["/voice"] = "<Say>a</Say><Pause length='900'/>"
    sid = slow_world.control("POST", "/calls", {})["sid"]
    client = client_of(slow_world)
    slow_world.until(lambda: client.calls(sid).fetch().status == "in-progress")
    client.calls(sid).update(status="completed")
    assert slow_world.over(sid)["ended_by"] == "api"


def test_a_person_who_was_called_is_joined_with_another(world, client):
    other = "+66810000008"
    world.toy.pages |= {
        "/out": '<Gather numDigits="1" action="/join"><Say>press 1</Say></Gather>',
        "/join": f'<Dial callerId="{HOTLINE}" action="/done">'
        f'<Number url="/hello">{other}</Number></Dial>',
        "/hello": '<Gather numDigits="1" action="/empty"><Say>line 4 2</Say></Gather><Hangup/>',
        "/empty": "",
        "/done": "<Hangup/>",
    }
    call = world.over(create(world, client).sid)
    assert world.toy.got("/done")[0]["DialBridged"] == "true"
    assert world.toy.got("/hello")[0]["ParentCallSid"] == call["sid"]
    rings = world.control("GET", "/ledger")
    assert [(ring["to"], ring["from"], ring["bridged"]) for ring in rings] == [
        (PERSON, HOTLINE, True),
        (other, HOTLINE, True),
    ]


def test_a_call_that_still_rings_is_canceled(slow_world):
    slow_world.control("PUT", f"/phones/{PERSON}", {"ring_s": 900})
    client = client_of(slow_world)
    made = create(slow_world, client, timeout=600)
    slow_world.until(lambda: client.calls(made.sid).fetch().status == "ringing")
    client.calls(made.sid).update(status="canceled")
    assert slow_world.over(made.sid)["status"] == "canceled"
    assert slow_world.toy.paths() == []


def test_an_ended_call_cannot_be_changed(world, client):
    made = create(world, client)
    world.over(made.sid)
    with pytest.raises(TwilioRestException) as refused:
        client.calls(made.sid).update(status="completed")
    assert (refused.value.status, refused.value.code) == (400, 21220)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": "+66891234567"}, 21211),
        ({"to": "191"}, 21211),
        ({"from_": "+66810000001"}, 21210),
        ({"url": "ftp://a.example/x"}, 21205),
        ({"url": "https://a_b.example/x"}, 21205),
        ({"timeout": 900}, 20001),
        ({"method": "PUT"}, 20001),
        ({"twiml": "<Response/>"}, 21218),
        ({"status_callback_event": ["later"], "status_callback": "https://a.example"}, 21626),
    ],
)
def test_a_wrong_order_is_refused_with_twilios_number_and_rings_nobody(world, client, change, code):
    wish = {"to": PERSON, "from_": HOTLINE, "url": "https://a.example/x"} | change
    with pytest.raises(TwilioRestException) as refused:
        client.calls.create(**wish)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert world.control("GET", "/ledger") == []


def test_an_api_key_opens_the_account_and_anything_else_does_not(world):
    assert client_of(world, "SK" + "2" * 32, "secret").calls.list() == []
    for user, password in [(ACCOUNT, "wrong"), ("SK" + "2" * 32, "")]:
        stranger = client_of(world, user, password)
        with pytest.raises(TwilioRestException) as refused:
            stranger.calls("CA" + "0" * 32).fetch()
        assert (refused.value.status, refused.value.code) == (401, 20003)
        # A list that fails raises the plain parent class.
        with pytest.raises(TwilioException):
            stranger.calls.list()


def test_what_does_not_exist_is_not_found(world, client):
    for resource in (client.calls("CA" + "0" * 32), client.recordings("RE" + "0" * 32)):
        with pytest.raises(TwilioRestException) as refused:
            resource.fetch()
        assert (refused.value.status, refused.value.code) == (404, 20404)


def test_a_recording_is_fetched_and_deleted(world, client):
    world.toy.pages |= {"/voice": '<Record action="/done"/>', "/done": "<Hangup/>"}
    call = world.call()
    found = client.recordings.list(call_sid=call["sid"])[0]
    assert (found.status, found.duration, found.source) == ("completed", "5", "RecordVerb")
    assert requests.get(found.media_url, auth=(ACCOUNT, TOKEN), timeout=10).content[:4] == b"RIFF"
    assert requests.get(found.media_url, timeout=10).status_code == 401
    assert client.recordings(found.sid).delete() is True
    with pytest.raises(TwilioRestException) as refused:
        client.recordings(found.sid).fetch()
    assert refused.value.status == 404
