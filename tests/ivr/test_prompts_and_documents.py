"""What is said at a node, to whom, and how a document takes the keys."""

import pytest

from ivr.prompts import BLANKS, fill, prompt
from ivr.turns import Reply
from ivr.verbs import Dial, Gather, Record, Redirect, Say
from tests.ivr.conversations import AWAY, NOBODY, ORDINARY, SILENT
from tests.ivr.documents import FLOW
from tests.ivr.made_up_world import REFERENCE, World
from tests.ivr.phone import CALLER, HOTLINE, LINKS, Phone

FACTS = {
    "lang": "th",
    "caller": CALLER,
    "number": "+66810000456",
    "code": "42",
    "given_pin": "8305",
    "reference": REFERENCE,
    "position": 11,
    "followed_status": "done",
    "opens": {"at": "2026-12-07T08:30:00+07:00", "days_ahead": 1},
    "followed_since": "2026-01-01T05:00:00+00:00",
}


@pytest.mark.parametrize(
    ("template", "thai"),
    [
        ("{last4_th}", "ศูนย์ หนึ่ง สอง สาม"),
        ("{number_th}", "ศูนย์ แปด หนึ่ง, ศูนย์ ศูนย์ ศูนย์, ศูนย์ สี่ ห้า หก"),
        ("{code}", "สี่ สอง"),
        ("{code_en}", "four two"),
        ("{pin_th}", "แปด สาม ศูนย์ ห้า"),
        ("{ref_th}", "สี่ แปด สอง, เก้า หนึ่ง สาม, เจ็ด ศูนย์ สี่"),
        ("{position_th}", "สิบเอ็ด"),
        ("{status_th}", "แก้ไขเสร็จแล้ว"),
        ("{date_th}", "วันที่ หนึ่ง มกราคม พุทธศักราช สองพันห้าร้อยหกสิบเก้า"),
        ("{opens_th}", "พรุ่งนี้ เวลา แปด นาฬิกา สามสิบ นาที"),
        ("{retention_th}", FLOW.spoken.retention["th"]),
        ("no blank", "no blank"),
    ],
)
def test_each_blank_is_filled_in_words(template, thai):
    assert fill(template, FACTS, FLOW) == thai


def test_every_blank_has_its_test():
    told = {"last4", "number", "code", "pin", "ref", "position", "retention", "status", "date"}
    assert told | {"opens"} == set(BLANKS)


def test_names_of_places_are_said_as_they_are_written():
    """A name with brackets in it is no blank."""
    odd = {
        "kind_th": "อำเภอ",
        "th": "{code}",
        "en": "{code}",
        "province_th": "ข",
        "province_en": "P",
    }
    facts = FACTS | {"district": odd}
    assert fill("{district_kind_th}{district_th} จังหวัด{province_th}", facts, FLOW) == (
        "อำเภอ{code} จังหวัดข"
    )
    menu = FLOW.nodes["place_pick"]
    assert "{code}" in prompt(menu, facts | {"candidates": [odd, odd]}, FLOW)


@pytest.mark.parametrize(
    ("facts", "variant"),
    [
        ({}, "th"),
        ({"closed": True}, "th_closed"),
        ({"lang": "en", "closed": True}, "en_closed"),
        ({"off_hours": "holiday", "closed": True}, "th_holiday"),
        ({"off_hours": "hours"}, "th_off_hours"),
    ],
)
def test_the_variant_that_fits_is_said(facts, variant):
    node = FLOW.nodes["no_agent"]
    filled = fill(node.texts[variant], FACTS | facts, FLOW)
    assert prompt(node, FACTS | facts, FLOW) == filled


def test_the_line_about_the_pin_is_the_one_that_fits():
    node = FLOW.nodes["reference"]
    own = prompt(node, FACTS | {"pin": "own"}, FLOW)
    assert "ที่เลือกเมื่อกี้" in own
    assert "แปด สาม ศูนย์ ห้า" not in own, "a PIN of one's own is not said aloud"
    assert "แปด สาม ศูนย์ ห้า" in prompt(node, FACTS | {"pin": "given"}, FLOW)


def test_a_menu_takes_one_key_while_it_speaks():
    (gather,) = Phone().verbs
    assert isinstance(gather, Gather)
    assert (gather.num_digits, gather.finish_on_key, gather.timeout_s) == (1, "", 7)
    assert [piece.lang for piece in gather.prompts] == ["th", "en", "mfa"], (
        "the offers of other languages are inside"
    )


def test_a_fixed_number_of_digits_needs_no_finish_key_and_a_free_one_does():
    fixed = Phone().play("3").verbs[-1]
    assert (fixed.num_digits, fixed.finish_on_key) == (9, "")
    free = Phone().play("2", "1", "1", "2").verbs[-1]
    assert (free.num_digits, free.finish_on_key) == (None, "#")


def test_with_listen_first_the_keys_count_after_the_prompt():
    phone = Phone(World(NOBODY)).play("1", "1")
    *spoken, gather = phone.verbs
    assert [type(verb) for verb in spoken] == [Say]
    assert gather.prompts == ()


def test_a_recording_continues_whether_or_not_something_was_said():
    *spoken, record, after = Phone().play(*ORDINARY[:10]).verbs
    assert isinstance(record, Record)
    assert (record.action, record.recording_status_callback) == (LINKS.next_turn, LINKS.recording)
    assert (record.finish_keys, record.max_s, record.play_beep) == ("#*0", 120, True)
    assert (after, len(spoken)) == (Redirect(LINKS.next_turn), 1)


def test_a_dial_shows_the_hotlines_number_and_never_the_callers():
    phone = Phone(World(AWAY)).play("1")
    phone.once(Reply("1"))
    dial = phone.verbs[-1]
    assert isinstance(dial, Dial)
    assert (dial.caller_id, dial.action) == (HOTLINE, LINKS.next_turn)
    assert CALLER not in repr(phone.verbs)


def test_after_silence_the_kind_word_comes_first_and_the_hint_last():
    (gather,) = Phone().play("2", "1", SILENT).verbs
    texts = [piece.text for piece in gather.prompts]
    assert (texts[0], texts[-1]) == (FLOW.errors["no_input"]["th"], FLOW.hint["th"])


def test_while_digits_are_entered_the_hint_is_that_for_digits():
    (gather,) = Phone().play("3", SILENT).verbs
    assert gather.prompts[-1].text == FLOW.hint_digits["th"]
