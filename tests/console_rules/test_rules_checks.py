"""A text of rules is checked and tried: every fault with its line, what changes, what moves."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from core.runtime import Runtime
from tests.console_cases.people import Desk, opened_case
from tests.console_rules.texts import ADMIN, EVERYTHING, checked, newest, text_of, token_in
from tests.support.web_doors import web_doors
from webapp.console.rules_edit import LONGEST_TEXT

Hire = Callable[..., Desk]


@pytest.fixture
def app(runtime: Runtime) -> Iterator[Flask]:
    """Nothing here changes the directory."""
    yield from web_doors(runtime.settings.secret_key)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "there is no office ESA-4099"), ("th", "ไม่มีหน่วยงานรหัส ESA-4099")],
)
def test_a_fault_names_its_line_and_rule_in_the_readers_language(
    language: str, said: str, desk_of: Hire
) -> None:
    bad = EVERYTHING.replace("send_to: desk", "send_to: ESA-4099")
    html = checked(desk_of(ADMIN, language=language), bad)
    line = {"en": "Line 4", "th": "บรรทัดที่ 4"}[language]
    assert f"<strong>{line}</strong>" in html
    assert "everything: " in html
    assert said in html
    assert "<code>send_to: ESA-4099</code>" in html
    assert token_in(html) == ""


HOSTILE = [
    ("", "the list rules is missing"),
    ("[" * 5000, "nested too deeply"),
    ("&a [*a]", "names with values are wanted here"),
    ("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nrules: [*c]", "is not known here"),
    (EVERYTHING.replace("ทุก", '"\\0').replace("ศูนย์", 'x"'), "cannot be seen nor kept"),
    (EVERYTHING + "    valid_from: 2569-01-01\n", "must be one of the common era"),
    (EVERYTHING + "    valid_from: 0001-01-01\n", "must be one of the common era"),
    ("rules:\n" + "  - x\n" * 501, "500 rules at most"),
    ("!!python/object/apply:os.system [ls]", "names with values are wanted here"),
    ("rules: []\n\x07", "cannot be read as YAML"),
    ("<script>alert(1)</script>", "names with values are wanted here"),
]


@pytest.mark.parametrize(("text", "said"), HOSTILE, ids=[text[:12] for text, _ in HOSTILE])
def test_a_hostile_text_is_refused_like_any_other(text: str, said: str, desk_of: Hire) -> None:
    html = checked(desk_of(ADMIN), text)
    assert said in html
    assert "<script>alert" not in html
    assert newest() == 0


def test_of_very_many_faults_the_first_are_shown(desk_of: Hire) -> None:
    many = ", ".join(["1"] * 9000)
    html = checked(desk_of(ADMIN), EVERYTHING.replace("{}", f"{{district: [{many}]}}"))
    assert "9000 faults" in html
    assert "Only the first of them are shown." in html
    assert html.count("there is no place") == 50


def test_a_text_without_measure_is_refused(desk_of: Hire) -> None:
    desk = desk_of(ADMIN)
    form = {"base": "0", "last": "100", "do": "check"}
    answer = desk.post("/rules/edit", text="x" * (LONGEST_TEXT + 1), **form)
    assert "The text is too long" in text_of(answer, 400)


@pytest.mark.parametrize("form", [{"base": "x"}, {"base": "-1"}, {"last": "1000000"}, {"last": ""}])
def test_fields_that_nobody_types_must_be_ours(form: dict[str, str], desk_of: Hire) -> None:
    whole = {"text": EVERYTHING, "base": "0", "last": "100", "do": "check"}
    assert desk_of(ADMIN).post("/rules/edit", **(whole | form)).status_code == 400


def test_a_check_says_what_would_change_and_what_would_move(desk_of: Hire) -> None:
    made = opened_case()
    html = checked(desk_of(ADMIN, ("supervisor", "HQ")), EVERYTHING)
    assert "a new rule" in html
    assert "1 of 1 cases would go elsewhere." in html
    assert "Trang Primary Educational Service Area Office 2 (ESA-9202)" in html
    assert made.reference in html
    assert newest() == 0


def test_who_sees_no_case_sees_numbers_alone(desk_of: Hire) -> None:
    made = opened_case()
    html = checked(desk_of(ADMIN), EVERYTHING)
    assert "1 of 1 cases would go elsewhere." in html
    assert made.reference not in html


def test_safety_rule_07_a_case_that_the_reader_must_not_know_is_not_even_counted(
    desk_of: Hire,
) -> None:
    made = opened_case(excluded="HQ")
    html = checked(desk_of(ADMIN, ("supervisor", "HQ")), EVERYTHING)
    assert "0 of 0 cases would go elsewhere." in html
    assert made.reference not in html
