"""What a head operator hears about a hand-over, in both languages and for every office there is."""

from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import select

from core.database import reading
from core.runtime import Runtime
from core.spoken import emergency_numbers
from ivr.approval_words import ApprovalFacts, Name, question
from ivr.checker import check
from ivr.flow_wording import APPROVAL_PARTS, NOTICE_PARTS
from ivr.loader import load_flow
from ivr.versions import FLOW_FILE
from routing.models import District, Office
from tests.ivr.documents import FLOW

LANGUAGES = ("th", "en")
AREA = Name("สพป.ตรัง เขต 2", "Trang Primary Educational Service Area Office 2")
FACTS = ApprovalFacts("V", Name("กันตัง", "Kantang", "amphoe"), AREA, "person", None)


def test_every_text_of_the_leg_is_there_in_both_languages() -> None:
    assert set(FLOW.approval_leg) == set(APPROVAL_PARTS)
    for name, texts in FLOW.approval_leg.items():
        assert set(texts) == set(LANGUAGES), name
        assert all(text.strip() for text in texts.values()), name


def test_a_flow_from_before_there_was_such_a_leg_still_runs_its_calls() -> None:
    source = FLOW_FILE.read_text(encoding="utf-8")
    start, end = source.index("approval_leg:"), source.index("spoken:")
    older = load_flow(source[:start] + source[end:])
    assert (older.approval_leg, older.notice_leg) == ({}, {})


def test_a_flow_that_was_published_before_notices_rang_is_still_fit() -> None:
    source = FLOW_FILE.read_text(encoding="utf-8")
    start, end = source.index("notice_leg:"), source.index("spoken:")
    assert check(load_flow(source[:start] + source[end:])) == []


def test_every_text_about_a_notice_is_there_in_both_languages() -> None:
    assert set(FLOW.notice_leg) == set(NOTICE_PARTS)
    for name, texts in FLOW.notice_leg.items():
        assert set(texts) == set(LANGUAGES), name
        assert all(text.strip() for text in texts.values()), name


def test_the_question_in_thai() -> None:
    assert question(FACTS, "th", FLOW) == (
        "ศูนย์ความปลอดภัยค่ะ มีเรื่องรอการอนุมัติส่งต่อ ความรุนแรง อำเภอกันตัง "
        "จาก สพป.ตรัง เขต สอง ถึง เจ้าหน้าที่คนหนึ่ง "
        "อนุมัติ กด หนึ่ง ไม่อนุมัติ กด สอง ฟังอีกครั้ง กด สาม"
    )


def test_the_question_in_english() -> None:
    asked = replace(FACTS, group="A", district=None, kind="office", receiver=Name("ก", "Office 12"))
    assert question(asked, "en", FLOW) == (
        "Safety Center. A hand-over waits for your approval. Accident, place not known, "
        "from Trang Primary Educational Service Area Office two to Office twelve. "
        "To approve, press 1. To reject, press 2. To hear it again, press 3."
    )


@pytest.mark.parametrize("group", ["V", "A", "R", "U", "X", None, "strange"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_group_has_words(group: str | None, lang: str) -> None:
    known = group if group in ("V", "A", "R", "U") else "X"
    words = FLOW.approval_leg[f"group_{known}"][lang]
    assert words in question(replace(FACTS, group=group), lang, FLOW)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("person", ("เจ้าหน้าที่คนหนึ่ง", "an officer")), ("committee", ("คณะกรรมการ", "a committee"))],
)
def test_people_are_never_named(kind: str, words: tuple[str, str]) -> None:
    for lang, word in zip(LANGUAGES, words, strict=True):
        assert word in question(replace(FACTS, kind=kind), lang, FLOW)


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("โรงเรียนบ้านหนอง 25", "โรงเรียนบ้านหนอง ยี่สิบห้า"),
        ("โรงเรียนบ้านหนอง ๒๕", "โรงเรียนบ้านหนอง ยี่สิบห้า"),
        ("สายด่วน 1300", "สายด่วน หนึ่งพันสามร้อย"),
        ("ตู้ ปณ. 10300", "ตู้ ปณ. หนึ่ง ศูนย์ สาม ศูนย์ ศูนย์"),
    ],
)
def test_a_number_in_a_name_is_said_as_a_number(name: str, spoken: str) -> None:
    """A voice that says "one three zero zero" where keys are taken may have it pressed."""
    assert Name(name, "").spoken("th") == spoken
    assert emergency_numbers(Name(name, "").spoken("th")) == []


def test_every_office_and_district_can_be_said_where_keys_are_taken(runtime: Runtime) -> None:
    with reading() as session:
        offices = [Name(one.name_th, one.name_en) for one in session.scalars(select(Office))]
        districts = [
            Name(one.name_th, one.name_en, one.kind) for one in session.scalars(select(District))
        ]
    assert len(offices) > 500
    for lang, (place, name) in product(LANGUAGES, enumerate(offices)):
        facts = replace(FACTS, office=name, district=districts[place % len(districts)])
        said = question(facts, lang, FLOW)
        keys = FLOW.approval_leg["keys"][lang]
        assert emergency_numbers(said) == [], said
        assert not any(sign.isdecimal() for sign in said.removesuffix(keys)), said
