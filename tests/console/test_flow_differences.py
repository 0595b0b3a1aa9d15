"""How two versions of the flow differ, as a reader is told."""

from flask import Flask

from ivr.flow_cards import card_of
from ivr.loader import load_flow
from ivr.versions import built_in_source, current_flow
from webapp.console.flow_differences import differences
from webapp.console.language import gettext

OPTION = "vehicle, set: {subcat: A3}, next: callback_ask"


def changed(*pairs: tuple[str, str]) -> list[tuple[str, str, tuple[tuple[str, str, str], ...]]]:
    source = built_in_source()
    for old, new in pairs:
        assert old in source, old
        source = source.replace(old, new, 1)
    made = differences(card_of(current_flow()), card_of(load_flow(source)))
    return [(one.name, one.kind, one.parts) for one in made]


def test_the_same_flow_differs_in_nothing(app: Flask) -> None:
    with app.test_request_context():
        assert changed() == []


def test_words_options_and_settings_that_changed_are_told_with_before_and_after(
    app: Flask,
) -> None:
    with app.test_request_context():
        found = changed(
            ('"For English, press 4."', '"English, press 4."'),
            (OPTION, "car, set: {subcat: A3}, next: now_check"),
            ("key_s: 7", "key_s: 9"),
            ("That's okay. Take your time.", "Take your time."),
        )
        option = gettext("key %(key)s") % {"key": "1"}
        after_thai = gettext("After the Thai prompt")
        assert found == [
            (
                "welcome",
                "changed",
                ((f"{after_thai} (en)", "For English, press 4.", "English, press 4."),),
            ),
            (
                "sub_a",
                "changed",
                (
                    (f"{option} · car", "", "→ now_check (subcat A3)"),
                    (f"{option} · vehicle", "→ callback_ask (subcat A3)", ""),
                ),
            ),
            (
                "errors.no_input",
                "changed",
                ((f"{gettext('Prompt')} (en)", "That's okay. Take your time.", "Take your time."),),
            ),
            (gettext("Settings of the flow"), "changed", (("timing.key_s", "7", "9"),)),
        ]


def test_a_new_node_and_one_that_is_gone_are_told_whole(app: Flask) -> None:
    new = '  new_end:\n    type: end\n    th: "ลาก่อน"\n    en: "Bye."\n  goodbye:\n'
    with app.test_request_context():
        added = changed(("  goodbye:\n", new))
        assert [(name, kind) for name, kind, _ in added] == [("new_end", "added")]
        assert {after for _, _, after in added[0][2]} == {"ลาก่อน", "Bye."}
        source = built_in_source().replace("  goodbye:\n", new, 1)
        gone = differences(card_of(load_flow(source)), card_of(current_flow()))
        assert [(one.name, one.kind, one.kind_word) for one in gone] == [
            ("new_end", "removed", gettext("removed"))
        ]
