"""Each verb as exact XML, and texts that must not break a document."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.twiml import LONGEST_SAY, render
from ivr.verbs import Dial, Gather, Hangup, Number, Pause, Play, Record, Redirect, Say
from practice.twiml_check import check
from tests.ivr.documents import FLOW

LANGUAGES = FLOW.languages
HEAD = '<?xml version="1.0" encoding="UTF-8"?><Response>'
THAI = '<Say language="th-TH" voice="Google.th-TH-Standard-A">สวัสดีค่ะ</Say>'
EVENTS = "initiated ringing answered completed"

TABLE = [
    ([], '<?xml version="1.0" encoding="UTF-8"?><Response />'),
    ([Say("สวัสดีค่ะ", "th")], THAI),
    ([Say("Hello.", "en")], '<Say language="en-US" voice="Polly.Joanna">Hello.</Say>'),
    ([Pause(3)], '<Pause length="3" />'),
    ([Play("https://h.example/m/x")], "<Play>https://h.example/m/x</Play>"),
    (
        [Gather((Play("https://h.example/m/x"),), "https://h.example/1")],
        (
            '<Gather action="https://h.example/1" actionOnEmptyResult="true" finishOnKey="" '
            'input="dtmf" method="POST" numDigits="1" timeout="7">'
            "<Play>https://h.example/m/x</Play></Gather>"
        ),
    ),
    (
        [Redirect("https://h.example/ivr/voice")],
        '<Redirect method="POST">https://h.example/ivr/voice</Redirect>',
    ),
    ([Hangup()], "<Hangup />"),
    (
        [Gather((Say("สวัสดีค่ะ", "th"), Pause(1)), "https://h.example/1", 1, 7)],
        (
            '<Gather action="https://h.example/1" actionOnEmptyResult="true" finishOnKey="" '
            f'input="dtmf" method="POST" numDigits="1" timeout="7">{THAI}'
            '<Pause length="1" /></Gather>'
        ),
    ),
    (
        [Gather((), "https://h.example/1", None, 5, "#")],
        (
            '<Gather action="https://h.example/1" actionOnEmptyResult="true" finishOnKey="#" '
            'input="dtmf" method="POST" timeout="5" />'
        ),
    ),
    (
        [Record("https://h.example/2", "https://h.example/ivr/recording", 120, 10, "#0")],
        (
            '<Record action="https://h.example/2" finishOnKey="#0" maxLength="120" method="POST" '
            'playBeep="true" recordingStatusCallback="https://h.example/ivr/recording" '
            'recordingStatusCallbackEvent="completed absent" recordingStatusCallbackMethod="POST" '
            'timeout="10" trim="do-not-trim" />'
        ),
    ),
    (
        [
            Dial(
                "https://h.example/3",
                (
                    Number(
                        "+66810000001",
                        "https://h.example/leg/a/0",
                        "https://h.example/leg-status/a",
                    ),
                ),
                "+6621266565",
                20,
                3600,
            )
        ],
        (
            '<Dial action="https://h.example/3" callerId="+6621266565" method="POST" '
            'timeLimit="3600" '
            'timeout="20"><Number method="POST" statusCallback="https://h.example/leg-status/a" '
            f'statusCallbackEvent="{EVENTS}" statusCallbackMethod="POST" '
            'url="https://h.example/leg/a/0">+66810000001</Number></Dial>'
        ),
    ),
    (
        [
            Dial(
                "https://h.example/3",
                (
                    Number(
                        "+66810000001",
                        "https://h.example/l",
                        "https://h.example/s",
                        machine_detection=True,
                        amd_status_callback="https://h.example/amd",
                    ),
                ),
                "+6621266565",
            )
        ],
        (
            '<Dial action="https://h.example/3" callerId="+6621266565" method="POST" '
            'timeLimit="3600" '
            'timeout="30"><Number amdStatusCallback="https://h.example/amd" '
            'amdStatusCallbackMethod="POST" machineDetection="Enable" method="POST" '
            'statusCallback="https://h.example/s" '
            f'statusCallbackEvent="{EVENTS}" statusCallbackMethod="POST" '
            'url="https://h.example/l">+66810000001</Number></Dial>'
        ),
    ),
]


def parsed(verbs):
    return ElementTree.fromstring(render(verbs, LANGUAGES))


@pytest.mark.parametrize(("verbs", "inner"), TABLE)
def test_each_verb_is_written_exactly_so(verbs, inner):
    expected = inner if inner.startswith("<?xml") else f"{HEAD}{inner}</Response>"
    assert render(verbs, LANGUAGES).decode() == expected
    assert check(ElementTree.fromstring(expected)) == []


def test_verbs_stand_in_their_order():
    verbs = [Say("a", "en"), Pause(1), Say("b", "th"), Hangup()]
    assert [one.tag for one in parsed(verbs)] == ["Say", "Pause", "Say", "Hangup"]


@given(st.text())
def test_whatever_is_said_the_document_parses(text):
    (said,) = parsed([Say(text, "th")])
    assert len(said.text or "") <= LONGEST_SAY


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("a\x00b\x08c\x1b[0md\x7f", "abc[0md"),
        ("a\ud800b\ufffec\uffff", "abc"),
        ("<Hangup/> & \"quotes\" ]]>", "<Hangup/> & \"quotes\" ]]>"),
        ("เด็กชาย ๑ กล้า", "เด็กชาย ๑ กล้า"),
    ],
)  # fmt: skip
def test_characters_that_xml_forbids_are_left_out_and_the_others_kept(text, spoken):
    (said,) = parsed([Say(text, "th")])
    assert (said.text, list(said)) == (spoken, [])
    (gather,) = parsed([Gather((Say(text, "en"),), "https://h.example/1")])
    assert gather[0].text == spoken


def test_a_text_is_cut_where_the_provider_would_refuse_it():
    body = render([Say("ก" * 5000, "th")], LANGUAGES)
    assert ElementTree.fromstring(body)[0].text == "ก" * 4096
    assert len(body) < 64_000
