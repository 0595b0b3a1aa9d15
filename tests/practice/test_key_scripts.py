"""Each prompt takes from a script of keys what it needs."""

import pytest

from practice.keys import Ending, Keys, ScriptError, Speaking


def entries(script, *wishes):
    """The digits and endings of one prompt after another."""
    keys = Keys(script)
    found = [keys.entry(limit=limit, finish=finish) for limit, finish in wishes]
    return [(entry.digits, entry.ending) for entry in found]


@pytest.mark.parametrize(
    ("script", "wishes", "expected"),
    [
        ("21", [(1, ""), (1, "")], [("2", Ending.FULL), ("1", Ending.FULL)]),
        ("2 , 1", [(1, ""), (1, "")], [("2", Ending.FULL), ("1", Ending.FULL)]),
        ("92160 1", [(5, ""), (1, "")], [("92160", Ending.FULL), ("1", Ending.FULL)]),
        ("92 160", [(5, ""), (5, "")], [("92", Ending.PAUSE), ("160", Ending.PAUSE)]),
        ("1234#5", [(None, "#"), (1, "")], [("1234", Ending.FINISHED), ("5", Ending.FULL)]),
        ("#", [(None, "#")], [("", Ending.FINISHED)]),
        ("#", [(1, "")], [("#", Ending.FULL)]),
        ("*", [(5, "")], [("*", Ending.PAUSE)]),
        ("- 1", [(1, ""), (1, "")], [("", Ending.SILENCE), ("1", Ending.FULL)]),
        ("", [(1, "")], [("", Ending.SILENCE)]),
        ("1r3 2", [(2, ""), (1, "")], [("1", Ending.PAUSE), ("2", Ending.FULL)]),
        ("s", [(1, "")], [("", Ending.SPEECH)]),
    ],
)
def test_a_prompt_takes_what_it_needs_and_leaves_the_rest(script, wishes, expected):
    assert entries(script, *wishes) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("", Speaking(5, "#")),
        ("r0", Speaking(0, "#")),
        ("r7", Speaking(7, "#")),
        ("r7/0", Speaking(7, "0")),
        ("r7/-", Speaking(7, "")),
        ("r7h", Speaking(7, "", hangs_up=True)),
        ("r7 h", Speaking(7, "", hangs_up=True)),
    ],
)
def test_a_recording_is_spoken_to_as_planned(script, expected):
    assert Keys(script).speaking() == expected


def test_a_plan_for_a_recording_waits_while_prompts_take_keys():
    keys = Keys("r0 1")
    assert keys.entry(limit=1, finish="").digits == "1"
    assert keys.speaking() == Speaking(0, "#")


def test_a_sign_without_meaning_is_refused():
    with pytest.raises(ScriptError, match="sign 3"):
        Keys("12x")
