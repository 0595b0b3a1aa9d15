"""Faults to plant in the flow: the place to be named, words of the message, the change."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import yaml

from ivr.loader import FLOW_FILE

SOURCE = FLOW_FILE.read_text(encoding="utf-8")
RAW = yaml.load(SOURCE, yaml.CSafeLoader)
Raw = dict[str, Any]


def planted(change: Callable[[Raw, Raw], Any]) -> str:
    """The flow file with one change; it gets the whole file and its nodes."""
    raw = deepcopy(RAW)
    change(raw, raw["nodes"])
    return yaml.dump(raw, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)


def option(node: Raw, key: str, **values: Any) -> None:
    """Change one option of a node."""
    node["options"][key] |= values


def replace(node: Raw, text: str, old: str, new: str) -> None:
    """Change a part of one text, which must be there."""
    assert old in node[text]
    node[text] = node[text].replace(old, new)


def say_191_in_menu(raw, nodes):
    nodes["sub_a2"]["th"] += " โทร หนึ่ง เก้า หนึ่ง"


def lead_round_without_asking(raw, nodes):
    nodes["after_save"]["else"] = "save_case"


def lead_silence_round(raw, nodes):
    nodes["follow_no_ref"]["on_no_input"]["next"] = "follow_ref"


def lead_wrong_keys_round(raw, nodes):
    nodes["sub_a"]["on_no_match"] = {"after_tries": 2, "next": "sub_a2"}
    nodes["sub_a2"]["on_no_match"] = {"after_tries": 2, "next": "sub_a"}


def add_sixth_key(raw, nodes):
    nodes["group"]["options"]["6"] = {"label": "more", "next": "sub_v"}
    nodes["group"]["th"] += " เพิ่ม กด หก"
    nodes["group"]["en"] += " More, press 6."


def add_lonely_node(raw, nodes):
    nodes["lonely"] = {"type": "say", "th": "ไม่มีใคร", "en": "Nobody.", "next": "goodbye"}


def add_loose_record(raw, nodes):
    nodes["story_record"]["needs"] = "no_group"


FAULTS: dict[str, tuple[str, str, Callable[[Raw, Raw], Any]]] = {
    "unknown target": (
        "sub_r", '"sub_x"', lambda _, n: option(n["sub_r"], "1", next="sub_x")),
    "unknown start": (
        "start", "no node", lambda raw, _: raw.update(start="nowhere")),
    "unreachable node": (
        "lonely", "no way leads here", add_lonely_node),
    "no silence exit": (
        "callback_ask", "on_no_input",
        lambda raw, n: (
            raw.pop("on_no_input"),
            [one.setdefault("on_no_input", {"next": "to_person"}) for name, one in n.items()
             if name != "callback_ask" and one["type"] in ("menu", "any_key", "dynamic_menu",
                                                           "digits")],
            n["callback_ask"].pop("on_no_input"),
        )),
    "no wrong-key exit": (
        "level", "on_no_match",
        lambda raw, n: (
            raw.pop("on_no_match"),
            [one.setdefault("on_no_match", {"next": "to_person"}) for name, one in n.items()
             if name != "level" and one["type"] in ("menu", "any_key", "dynamic_menu", "digits")],
        )),
    "a round that asks nothing": (
        "save_case", "without asking", lead_round_without_asking),
    "silence goes round": (
        "follow_ref", "silent caller", lead_silence_round),
    "wrong keys go round": (
        "sub_a", "wrong keys", lead_wrong_keys_round),
    "the guard leads to a queue": (
        "loop_guard.queue_next", "queue",
        lambda raw, _: raw["loop_guard"].update(queue_next="agent_queue")),
    "six keys": (
        "group", "6 keys", add_sixth_key),
    "a key of every menu is taken": (
        "ref_offer", "key 9",
        lambda _, n: n["ref_offer"]["options"].update({"9": {"label": "x", "next": "goodbye"}})),
    "news before the key for danger": (
        "front", "danger", lambda raw, _: raw["front"].update(en="Hello. Some news first.")),
    "news after another key": (
        "front", "danger", lambda raw, _: replace(raw["front"], "th", "กด หนึ่ง", "กด สอง")),
    "spoken, not accepted": (
        "sub_a2", "not accepted", lambda _, n: n["sub_a2"]["options"].pop("2")),
    "accepted, not spoken in English": (
        "now_check", "not said: en 2",
        lambda _, n: replace(n["now_check"], "en", "No, press 2.", "")),
    "accepted, not spoken in Thai": (
        "now_check", "not said: th 2",
        lambda _, n: replace(n["now_check"], "th", "ไม่ใช่ กด สอง", "ไม่ใช่")),
    "another key in a variant": (
        "no_agent", "th 3",
        lambda _, n: replace(n["no_agent"], "th_closed", "กด สาม", "กด สี่")),
    "another last key in a made menu": (
        "place_pick", "last",
        lambda _, n: replace(n["place_pick"], "en_last", "press 5", "press 4")),
    "a blank that does not exist": (
        "level", "{level}", lambda _, n: replace(n["level"], "en", "press 5.", "press 5. {level}")),
    "a blank that is not filled yet": (
        "sub_r", "{number}", lambda _, n: replace(n["sub_r"], "th", "กด สี่", "กด สี่ {number_th}")),
    "caller's number without a guard": (
        "quiet_callback", "{last4}",
        lambda _, n: (n["quiet_callback"].pop("guard"), n["quiet_callback"].pop("guard_else"),
                      replace(n["quiet_callback"], "en", "this number", "{last4}"))),
    "unknown condition": (
        "level", '"level_known"', lambda _, n: n["level"].update(skip_when=["level_known"])),
    "unknown condition of a rule": (
        "to_person", '"calm"', lambda _, n: n["to_person"]["rules"][0].update({"if": "calm"})),
    "unknown rule": (
        "place_postal", '"any_code"', lambda _, n: n["place_postal"].update(validate="any_code")),
    "a branch that never comes": (
        "follow_ref", '"known"',
        lambda _, n: n["follow_ref"]["branch"].update(known="follow_pin")),
    "a result without a branch": (
        "pin_choose", '"too_easy"', lambda _, n: n["pin_choose"]["branch"].pop("too_easy")),
    "a skip without a target": (
        "level", "skip_next", lambda _, n: n["level"].pop("skip_next")),
    "language missing in a node": (
        "conflict", "en (prompt)", lambda _, n: n["conflict"].pop("en")),
    "language missing in a variant": (
        "place_postal", "th (quiet)", lambda _, n: n["place_postal"].pop("th_quiet")),
    "language missing in an error": (
        "errors.no_match", "th", lambda raw, _: raw["errors"]["no_match"].pop("th")),
    "language missing in a hint": (
        "hint_digits", "en", lambda raw, _: raw["hint_digits"].pop("en")),
    "language missing on the live leg": (
        "live_leg.offer", "en", lambda raw, _: raw["live_leg"]["offer"].pop("en")),
    "a person who is needed elsewhere is not told": (
        "live_leg", "(gives_way)", lambda raw, _: raw["live_leg"].pop("gives_way")),
    "nobody is told how long a talk may last": (
        "live_leg", "(limit)", lambda raw, _: raw["live_leg"].pop("limit")),
    "language missing on a callback's leg": (
        "callback_legs.caller.hello", "th",
        lambda raw, _: raw["callback_legs"]["caller"]["hello"].pop("th")),
    "language missing on the approval leg": (
        "approval_leg.keys", "th", lambda raw, _: raw["approval_leg"]["keys"].pop("th")),
    "text missing on the approval leg": (
        "approval_leg", "too_late", lambda raw, _: raw["approval_leg"].pop("too_late")),
    "wrong key on the approval leg": (
        "approval_leg.keys", "th 4", lambda raw, _: raw["approval_leg"]["keys"].update(
            th="อนุมัติ กด หนึ่ง ไม่อนุมัติ กด สอง ฟังอีกครั้ง กด สี่")),
    "strange blank on the approval leg": (
        "approval_leg.question", "{ref}", lambda raw, _: raw["approval_leg"]["question"].update(
            en="{hazard}, {ref}")),
    "emergency number on the approval leg": (
        "approval_leg.too_late", "191", lambda raw, _: raw["approval_leg"]["too_late"].update(
            en="Call one nine one.")),
    "language missing on the leg about a notice": (
        "notice_leg.heard", "en", lambda raw, _: raw["notice_leg"]["heard"].pop("en")),
    "text missing on the leg about a notice": (
        "notice_leg", "several", lambda raw, _: raw["notice_leg"].pop("several")),
    "wrong key on the leg about a notice": (
        "notice_leg.again_key", "th 4", lambda raw, _: raw["notice_leg"]["again_key"].update(
            th="ให้โทรใหม่ในอีก {minutes} นาที กด สี่")),
    "strange blank on the leg about a notice": (
        "notice_leg.one", "{name}", lambda raw, _: raw["notice_leg"]["one"].update(
            en="A matter for {name}.")),
    "language missing in a status": (
        "status_words.done", "en", lambda raw, _: raw["status_words"]["done"].pop("en")),
    "language missing in the line about the PIN": (
        "reference", "pin_line.own", lambda _, n: n["reference"]["pin_line"]["own"].pop("th")),
    "language missing in what an agent hears": (
        "quiet_ring", "agent_hears", lambda _, n: n["quiet_ring"]["agent_hears"].pop("en")),
    "nothing to say": (
        "goodbye", "any language",
        lambda _, n: [n["goodbye"].pop(lang) for lang in ("th", "en", "mfa")]),
    "a language that nobody can count in": (
        "languages.xx", "no words for",
        lambda raw, _: raw["languages"].update(xx={**raw["languages"]["mfa"]})),
    "a language that is begun and says no first words": (
        "group", "mfa (head)",
        lambda _, n: n["group"].update(
            mfa="Tekan satu, tekan dua, tekan tiga, tekan empat, tekan lima.")),
    "an end without a save": (
        "story_ask", "without a save", lambda _, n: option(n["story_ask"], "2", next="goodbye")),
    "a queue that does not save first": (
        "silent_hold", "without a save", lambda _, n: n["silent_hold"].pop("save_first")),
    "emergency number in a Thai menu": (
        "sub_a2", "191", say_191_in_menu),
    "emergency number in an English entry": (
        "follow_ref", "1669", lambda _, n: n["follow_ref"].update(en="Call 1 6 6 9.")),
    "emergency number in an error": (
        "errors.no_input", "1323",
        lambda raw, _: raw["errors"]["no_input"].update(th="โทร หนึ่ง สาม สอง สาม")),
    "emergency number in a queue that takes keys": (
        "agent_queue", "1300",
        lambda _, n: n["agent_queue"].update(en="You are number {position}. Call 1 3 0 0. If you "
                                                "would rather be called back, press 1.")),
    "keys count right after the numbers": (
        "ref_offer", "lines_danger", lambda _, n: n["ref_offer"].pop("listen_first")),
    "keys count right after the numbers of a queue": (
        "urgent_no_answer", "urgent_queue",
        lambda _, n: n["urgent_no_answer"].pop("listen_first")),
    "a recording on another condition": (
        "story_record", "without a yes", add_loose_record),
    "a recording without any condition": (
        "urgent_record", "needs", lambda _, n: n["urgent_record"].pop("needs")),
    "consent by silence": (
        "follow_notice", "recording_consent",
        lambda _, n: n["follow_notice"]["on_no_input"]["set"].update(recording_consent=True)),
    "consent by any key": (
        "silent_check", "recording_consent",
        lambda _, n: n["silent_check"]["any"]["set"].update(recording_consent=True)),
    "callback by silence": (
        "callback_ask", "callback",
        lambda _, n: n["callback_ask"]["on_no_input"]["set"].update(callback="this_number")),
    "callback by a wrong key": (
        "callback_ask", "callback",
        lambda _, n: n["callback_ask"].update(
            on_no_match={"next": "after_callback", "set": {"callback": "this_number"}})),
    "callback by arriving": (
        "callback_no_number", "callback",
        lambda _, n: n["callback_no_number"].update(set={"callback": "other_number"})),
    "window by silence": (
        "callback_time", "callback_window",
        lambda _, n: n["callback_time"]["on_no_input"]["set"].update(
            callback_window="08:00-20:00")),
    "window by a rule": (
        "after_number", "callback_window",
        lambda _, n: n["after_number"]["rules"][0]["set"].update(callback_window="now")),
    "digit characters in Thai": (
        "story_record", "digit characters",
        lambda _, n: replace(n["story_record"], "th", "สองนาที", "2 นาที")),
    "an English option the other way round": (
        "sub_r", "press 1 if",
        lambda _, n: replace(n["sub_r"], "en", "Not cared for, press 1.",
                             "Press 1 if not cared for.")),
    "two English options in a sentence": (
        "now_check", "no option",
        lambda _, n: replace(n["now_check"], "en", "press 1. No", "press 1, no")),
    "a review that waits for nothing": (
        "story_record", "no playback",
        lambda _, n: n["story_record"].update(review="save_case")),
    "a playback that plays nothing": (
        "story_listen", "plays nothing", lambda _, n: n["story_review"].pop("plays")),
    "a menu with nothing to play": (
        "story_ask", "nothing to play",
        lambda _, n: option(n["story_ask"], "1", next="story_review")),
    "a review that nobody is told of": (
        "follow_add", "not said: en",
        lambda _, n: replace(n["follow_add"], "en", "press star", "press hash")),
    "a delete that counts as a save": (
        "story_delete", "without a save", lambda _, n: n["story_delete"].update(next="goodbye")),
    "a further place that nobody asked for": (
        "place_confirm", "{further_district}",
        lambda _, n: replace(n["place_confirm"], "en", "{district_en}", "{further_district_en}")),
    "a further place of another question": (
        "place_more_confirm", "{further_district}",
        lambda _, n: n["place_more"].update(validate="known_postal_code")),
    "a school that nobody asked for": (
        "place_confirm", "{school}",
        lambda _, n: replace(n["place_confirm"], "en", "{district_en}", "{school_en}")),
    "another way to nowhere": (
        "place_postal", '"another way"',
        lambda _, n: n["place_postal"]["on_other_way"].update(next="place_speech")),
    "words judged by no rule": (
        "place_school", '"place_by_sound"',
        lambda _, n: n["place_school"].update(hears="place_by_sound")),
    "words that lead nowhere": (
        "place_school", 'place_by_name says "one_named"',
        lambda _, n: n["place_school"]["branch"].pop("one_named")),
    "who cannot speak is asked to say something": (
        "place_school", "cannot speak",
        lambda _, n: [n["place_school"].pop(f"{lang}_quiet") for lang in ("th", "en")]),
    "a province that nobody said": (
        "place_confirm", "{said_province}",
        lambda _, n: replace(n["place_confirm"], "en", "{district_en}", "{said_province_en}")),
    "a label missing": (
        "sub_a", "key 4", lambda _, n: n["sub_a"]["options"]["4"].pop("label")),
    "an unknown error text": (
        "place_postal", '"postal_unknown"',
        lambda _, n: n["place_postal"]["branch"]["unknown"].update(say="postal_unknown")),
    "an unknown priority": (
        "sensitive", '"high"', lambda _, n: n["sensitive"].update(priority="high")),
    "an unknown word": (
        "level", "skip_whn", lambda _, n: n["level"].update(skip_whn=["quiet"])),
}  # fmt: skip
