"""What must be asked: few questions, in both languages, for every group and every type."""

import pytest

from cases.must_ask import FILE, GROUPS, BadQuestions, Question, must_ask, read_questions
from cases.taxonomy import shipped_types

SHIPPED = FILE.read_text(encoding="utf-8")
EVERY_CASE = [
    *((group, None) for group in GROUPS),
    *((row["hazard_group"], code) for code, row in shipped_types().items()),
]
SAFE_NOW = "Are you safe right now, and can you talk?"
REACH_SAFELY = "How and when can we reach you safely?"


def english(hazard_group: str | None, hazard_type: str | None) -> str:
    """All that is asked about such a case, in English."""
    return " ".join(question.en for question in must_ask(hazard_group, hazard_type))


@pytest.mark.parametrize(("group", "hazard_type"), EVERY_CASE)
def test_every_case_has_a_few_questions_and_safety_comes_first(
    group: str, hazard_type: str | None
) -> None:
    asked = must_ask(group, hazard_type)
    assert 3 <= len(asked) <= 6
    assert asked[0].en == SAFE_NOW
    assert asked[-1].en == REACH_SAFELY


@pytest.mark.parametrize(("group", "hazard_type"), EVERY_CASE)
def test_no_question_blames_or_asks_for_nationality_or_identity(
    group: str, hazard_type: str | None
) -> None:
    unwanted = ("why", "nationality", "passport", "identity card", "your name", "describe")
    assert [word for word in unwanted if word in english(group, hazard_type).casefold()] == []
    thai = " ".join(question.th for question in must_ask(group, hazard_type))
    assert [word for word in ("ทำไม", "สัญชาติ", "บัตรประชาชน") if word in thai] == []


@pytest.mark.parametrize(("group", "hazard_type"), [("V", "V1"), ("R", "R2")])
def test_after_an_assault_nobody_is_asked_what_was_done(group: str, hazard_type: str) -> None:
    """Only whether the child is away from that person, and whether a doctor is wanted."""
    own = must_ask(group, hazard_type)[1]
    assert own.en.startswith("You need not tell what was done.")
    assert own.th.startswith("ไม่ต้องเล่าว่าถูกทำอะไร")
    assert "away from that person now" in own.en
    assert "doctor" in own.en


def test_thoughts_of_self_harm_are_asked_directly_right_after_safety() -> None:
    asked = must_ask("U", "U1")
    assert "hurting yourself" in asked[1].en
    assert "is somebody with you?" in asked[2].en


def test_what_is_not_known_yet_and_what_the_file_lacks_get_the_questions_of_their_group() -> None:
    assert must_ask(None, None) == must_ask("X", None) == must_ask("X", "X")
    assert must_ask("Q", None) == must_ask("X", None)
    assert must_ask("V", "V9") == must_ask("V", None)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("  U9:\n", "  Z9:\n", "types: missing or unknown: U9, Z9"),
        ("  X: []\n", "", "types: missing or unknown: X"),
        ("  R:\n", "  Q:\n", "groups: missing or unknown: Q, R"),
        ('en: "Has it happened before?"', 'en: ""', "needs a Thai and an English text"),
        ("  X: []", '  X: [{th: "ก", en: "a"}, {th: "ข", en: "b"}]', "X asks 8"),
        ("  R0:\n", '  R0:\n    - {th: "เคยเกิดขึ้นมาก่อนไหม", en: "Has it happened before?"}\n', "R0"),
    ],
    ids=["unknown type", "missing type", "unknown group", "no English", "too many", "twice"],
)
def test_a_list_that_is_not_whole_is_refused_by_name(old: str, new: str, named: str) -> None:
    assert old in SHIPPED
    with pytest.raises(BadQuestions, match=named):
        read_questions(SHIPPED.replace(old, new))


def test_a_question_is_a_pair_of_texts() -> None:
    assert must_ask("A", "A5")[0] == Question("ตอนนี้ปลอดภัยไหม พูดสะดวกไหม", SAFE_NOW)
