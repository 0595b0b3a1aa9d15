"""A document is checked against twilio-python's own classes before it is played."""

from xml.etree import ElementTree

import pytest

from practice.twiml_check import check, unreachable


def problems(inner):
    """What is wrong with a document."""
    return check(ElementTree.fromstring(f"<Response>{inner}</Response>"))


@pytest.mark.parametrize(
    "inner",
    [
        "",
        '<Say language="th-TH" voice="Google.th-TH-Standard-A">สวัสดีค่ะ</Say>',
        '<Say>a<break time="1s"/>b</Say>',
        '<Gather numDigits="1" finishOnKey="" actionOnEmptyResult="true"><Say>a</Say></Gather>',
        '<Dial callerId="+6621266565"><Number url="/w" machineDetection="Enable">1</Number></Dial>',
        '<Record maxLength="120" recordingStatusCallback="/r" trim="do-not-trim"/>',
        "<Redirect>/next</Redirect>",
        '<Dial record="do-not-record">+66810000001</Dial>',
    ],
)
def test_proper_twiml_has_no_problem(inner):
    assert problems(inner) == []


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ('<Say voise="a">b</Say>', "Say@voise unknown attribute"),
        ("<Hangup><Say>a</Say></Hangup>", "Hangup/Say not allowed here"),
        ("<Gather><Record/></Gather>", "Gather/Record not allowed here"),
        ("<Foo/>", "Response/Foo not allowed here"),
        ('<Gather timeout="soon"/>', "Gather@timeout has a wrong value"),
        ('<Gather finishOnKey="A"/>', "Gather@finishOnKey has a wrong value"),
        ("<Gather>press</Gather>", "Gather holds text"),
        ("hello", "Response holds text"),
        (f"<Say>{'a' * 4097}</Say>", "Say holds more than 4096 characters"),
    ],
)
def test_every_mistake_is_named(inner, expected):
    assert problems(inner) == [expected]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<Gather/><Redirect>/a</Redirect>", []),
        ("<Dial>1</Dial><Hangup/>", []),
        ("<Hangup/><Say>a</Say>", ["what stands behind Hangup never plays"]),
        ('<Dial action="/a">1</Dial><Hangup/>', ["what stands behind Dial never plays"]),
    ],
)
def test_verbs_that_never_play_are_noticed(inner, expected):
    assert unreachable(ElementTree.fromstring(f"<Response>{inner}</Response>")) == expected


def test_a_root_other_than_response_is_no_twiml():
    assert check(ElementTree.fromstring("<html/>")) == ["html is no Response"]
